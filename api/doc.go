// Package api holds what travels over Spika's HTTP interface: one Go type for
// every schema of docs/api/openapi.yaml, with keys in the same order. It holds
// no logic and knows nothing of servers or clients; both are built on it.
//
// Times are Unix milliseconds. A pointer is null where a reply has nothing to
// say and may be left nil in a request; slices are never null in a reply.
package api
