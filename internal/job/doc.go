// Package job makes the server's calls to the outside: it plans and delivers
// what devices are pushed, tries again what failed, and holds the HTTP client
// for addresses that others than the operator choose. It must not know how
// anything is stored, nor the wire names of a message.
package job
