// Package docs runs what the documents tell readers to run: an example that is
// pasted must work. It knows the documents and the HTTP interface, and nothing of
// the server's code.
package docs
