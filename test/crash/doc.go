// Package crash proves that the server keeps what it has answered. Its tests run
// the built program as an operator would, kill it under load with a signal that
// cannot be caught, and look for anything lost, doubled or half there; and they
// trace its system calls for the flush between storing and answering. They know
// the HTTP interface and the tables, and nothing of the server's code. Other tests
// of this package leave the server alone and fail what is around it: its disk, its
// database, its clients.
//
// They were tried on servers with a fault put in, and failed on each: one that
// does not flush (SQLite's synchronous OFF and NORMAL, PostgreSQL sessions that do
// not ask for it), answers before the commit, tells events before the commit,
// writes a room's newest number one transaction late, does not read what a
// listener missed from the database, or reads one event too many.
//
// SPIKA_CRASH_KILLS sets how many kills under load there are for each database,
// SPIKA_CRASH_SEED what chance starts from. The same seed makes the same choices;
// what they hit is up to the machine.
package crash
