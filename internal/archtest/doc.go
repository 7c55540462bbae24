// Package archtest holds the tests of the repository itself: who may import
// whom, how long things may get, what must be documented, which words must not
// appear. It looks at the files as text and syntax only, and knows nothing of
// what the code does. An exception stands in a table beside the rule, with its
// reason; an exception that is not needed any more fails as well.
package archtest
