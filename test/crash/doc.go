// Package crash proves that the server keeps what it has answered. Its tests run
// the built program as an operator would, kill it under load with a signal that
// cannot be caught, and look for anything lost, doubled or half there; and they
// trace its system calls for the flush between storing and answering. They know
// the HTTP interface and the tables, and nothing of the server's code.
package crash
