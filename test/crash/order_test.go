package crash

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
)

// A made-up trace, a line for each element: what stands between quotes is put
// into hexadecimal as the tracer does.
const (
	header  = `7 pwrite64(5<"/d/spika.db-wal">, "....\x00\x00\x00\x00................", 24, 32) = 24`
	lastOne = `7 pwrite64(5<"/d/spika.db-wal">, "....\x00\x00\x00\x09................", 24, 32) = 24`
	page    = `7 pwrite64(5<"/d/spika.db-wal">, "...<text>...", 4096, 56) = 4096`
	other   = `7 pwrite64(5<"/d/spika.db-wal">, "............", 4096, 56) = 4096`
	flush   = `7 fdatasync(5<"/d/spika.db-wal">)        = 0`
	answer  = `8 write(9<TCP:[127.0.0.1:80->127.0.0.1:4711]>, "HTTP/1.1 200 OK\r\n\r\n<text>", 25) = 25`
)

func TestOrderInLog(t *testing.T) {
	tests := []struct {
		name  string
		lines []string
		want  string // part of the complaint; empty: none
	}{
		{"in order", []string{header, other, lastOne, page, flush, answer}, ""},
		{"the text is not in the last frame", []string{header, page, lastOne, other, flush, answer}, ""},
		{"calls that overlap", []string{
			lastOne, page,
			`7 fsync(5<"/d/spika.db-wal"> <unfinished ...>`,
			`8 read(9<TCP:[127.0.0.1:80->127.0.0.1:4711]>, 0xc000, 1) = -1 EAGAIN (Resource temporarily unavailable)`,
			`7 <... fsync resumed>) = 0`,
			answer,
		}, ""},
		{"answered, then flushed", []string{lastOne, page, answer, flush}, "answered on line 3 of the trace, and stored by line 4"},
		{"answered during the flush", []string{
			lastOne, page, `7 fsync(5<"/d/spika.db-wal"> <unfinished ...>`, answer, `7 <... fsync resumed>) = 0`,
		}, "answered on line 4 of the trace, and stored by line 5"},
		{"never flushed", []string{lastOne, page, answer}, "never flushed"},
		{"another file is flushed", []string{lastOne, page, `7 fsync(5<"/d/spika.db">) = 0`, answer}, "never flushed"},
		{"the flush fails", []string{lastOne, page, `7 fsync(5<"/d/spika.db-wal">) = -1 EIO (Input/output error)`, answer}, "never flushed"},
		{"flushed amid the transaction", []string{header, page, flush, answer, lastOne, other, flush}, "answered on line 4 of the trace, and stored by line 7"},
		{"flushed before the write is over", []string{
			lastOne, `7 pwrite64(5<"/d/spika.db-wal">, "<text>", 4096, 56 <unfinished ...>`, `8 fsync(5<"/d/spika.db-wal">) = 0`,
			`7 <... pwrite64 resumed>) = 4096`, answer,
		}, "never flushed"},
		{"without an end", []string{header, page, flush, answer}, "never ended"},
		{"not written", []string{lastOne, other, flush, answer}, "never written"},
		{"not answered", []string{lastOne, page, flush}, "answered 0 times"},
		{"answered twice", []string{lastOne, page, flush, answer, answer}, "answered 2 times"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { checkOrder(t, test.lines, inLog, test.want) })
	}
}

func TestOrderInPostgres(t *testing.T) {
	const (
		hello  = `7 write(5<TCP:[127.0.0.1:4000->127.0.0.1:5432]>, "synchronous_commit\x00on\x00", 99) = 99`
		insert = `7 write(5<TCP:[127.0.0.1:4000->127.0.0.1:5432]>, "...<text>...", 99) = 99`
		commit = `7 write(5<TCP:[127.0.0.1:4000->127.0.0.1:5432]>, "Q....commit\x00", 12) = 12`
		done   = `7 read(5<TCP:[127.0.0.1:4000->127.0.0.1:5432]>, "C....COMMIT\x00Z....I", 512) = 18`
		begun  = `7 read(5<TCP:[127.0.0.1:4000->127.0.0.1:5432]>, "C....BEGIN\x00Z....T", 512) = 17`
		others = `7 read(6<TCP:[127.0.0.1:4001->127.0.0.1:5432]>, "C....COMMIT\x00Z....I", 512) = 18`
	)
	tests := []struct {
		name  string
		lines []string
		want  string
	}{
		{"in order", []string{hello, insert, begun, commit, done, answer}, ""},
		{"answered before the commit", []string{hello, insert, answer, commit, done}, "answered on line 3 of the trace, and stored by line 5"},
		{"the commit is not answered", []string{hello, insert, commit, begun, answer}, "never answered a commit"},
		{"another session's commit", []string{hello, insert, commit, others, answer}, "never answered a commit"},
		{"an earlier commit", []string{hello, commit, done, insert, answer}, "never answered a commit"},
		{"nothing asked for a flush", []string{insert, commit, done, answer}, "did not ask for synchronous_commit"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { checkOrder(t, test.lines, server{suffix: ":5432]"}.committed, test.want) })
	}
}

func checkOrder(t *testing.T, lines []string, stored func([]traced, string) (int, error), want string) {
	t.Helper()
	var trace bytes.Buffer
	for _, line := range lines {
		fmt.Fprintln(&trace, inHex(t, line))
	}
	calls, err := readStrace(&trace)
	if err != nil {
		t.Fatal(err)
	}
	err = inOrder(calls, answers(calls), "<text>", stored)
	if (want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %q", err, want)
	}
}

// inHex puts what stands between quotes into hexadecimal, and takes the quotes
// off a path.
func inHex(t *testing.T, line string) string {
	t.Helper()
	parts := strings.Split(line, `"`)
	for i := 1; i < len(parts); i += 2 {
		text := strings.NewReplacer(`\x00`, "\x00", `\x09`, "\x09", `\r`, "\r", `\n`, "\n").Replace(parts[i])
		var b strings.Builder
		for _, c := range []byte(text) {
			b.WriteString(`\x` + hex.EncodeToString([]byte{c}))
		}
		parts[i] = `"` + b.String() + `"`
		if strings.HasSuffix(parts[i-1], "<") {
			parts[i] = b.String()
		}
	}
	return strings.Join(parts, "")
}
