// Package conformance holds the HTTP interface to its word: black-box tests of
// everything that docs/api/openapi.yaml and the contract of the Messaging API
// promise, which every reply and event is also validated against. It knows a
// server's address and how people get into it, and nothing of how a server works
// inside.
//
// By default the tests build and start the real program, on SQLite and, where
// SPIKA_TEST_POSTGRES names a database, on PostgreSQL. Against another server:
//
//	SPIKA_CONFORMANCE_URL        its address, which may be below a path
//	SPIKA_CONFORMANCE_PROVISION  the program with the flags it takes beside the
//	                             server, like "spika --data ./data"; or
//	SPIKA_CONFORMANCE_TOKEN      a session token of the team's owner
//
// What such a server cannot be asked to do (to restart, to let a month pass) is
// skipped there. Its limits for addresses have to be out of the way, as all
// requests come from one: --sign-in-attempts 10000 --file-misses 10000. The tests
// leave people and rooms behind.
//
// The file pass.list names every test that has passed. It only grows: a name
// that no longer passes fails the run, and so does one that is missing; "go test
// ./test/conformance -update" adds those. The file facts.list says which of them
// show what the tests of earlier servers assert.
package conformance
