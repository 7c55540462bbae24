package crash

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// straceCommand traces a program and all its threads, the calls by which data
// gets to files and sockets and from sockets, with every byte in hexadecimal and
// with what each descriptor stands for.
func straceCommand(out string) []string {
	return []string{
		"strace", "-f", "-yy", "-xx", "-s", "200000", "-o", out,
		"-e", "trace=write,writev,pwrite64,pwritev,pwritev2,sendto,sendmsg,fsync,fdatasync,sync_file_range,read,recvfrom",
	}
}

// traced is one system call of a traced program. The tracer stops a thread
// where it enters a call and again where it leaves it, and so its lines are in an
// order that causes and effects keep.
type traced struct {
	name   string
	file   string // a path, or like TCP:[127.0.0.1:80->127.0.0.1:4711]
	data   []byte // what was written or read
	result int64
	begin  int // the line on which it was entered
	end    int // the line on which it was left
}

var (
	straceLine  = regexp.MustCompile(`^(\d+) +(.*)$`)
	straceBegun = regexp.MustCompile(`^(.*) <unfinished \.\.\.>$`)
	straceEnded = regexp.MustCompile(`^<\.\.\. \w+ resumed>(.*)$`)
	straceCall  = regexp.MustCompile(`^(\w+)\(\d+<(.*?)>([,)].*) += (-?\d+)`)
	straceText  = regexp.MustCompile(`"((?:\\x[0-9a-f]{2})*)"`)
)

// readStrace reads a trace. It leaves out what is no whole call on a descriptor.
func readStrace(r io.Reader) ([]traced, error) {
	var out []traced
	type part struct {
		text string
		line int
	}
	begun := map[string]part{} // by thread
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 64<<20)
	for n := 1; lines.Scan(); n++ {
		m := straceLine.FindStringSubmatch(lines.Text())
		if m == nil {
			return nil, fmt.Errorf("line %d is no line of a trace: %.80q", n, lines.Text())
		}
		thread, text, begin := m[1], m[2], n
		if half := straceBegun.FindStringSubmatch(text); half != nil {
			begun[thread] = part{half[1], n}
			continue
		}
		if half := straceEnded.FindStringSubmatch(text); half != nil {
			text, begin = begun[thread].text+half[1], begun[thread].line
			delete(begun, thread)
		}
		call, err := parseTraced(text)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		if call.name != "" {
			call.begin, call.end = begin, n
			out = append(out, call)
		}
	}
	slices.SortStableFunc(out, func(a, b traced) int { return a.begin - b.begin })
	return out, lines.Err()
}

func parseTraced(text string) (traced, error) {
	m := straceCall.FindStringSubmatch(text)
	if m == nil {
		return traced{}, nil // a signal, an end, a call that was never left
	}
	var data strings.Builder
	for _, s := range straceText.FindAllStringSubmatch(m[3], -1) {
		data.WriteString(s[1])
	}
	file, err := unhexPath(m[2])
	if err != nil {
		return traced{}, err
	}
	bytes, err := hex.DecodeString(strings.ReplaceAll(data.String(), `\x`, ""))
	if err != nil {
		return traced{}, err
	}
	result, err := strconv.ParseInt(m[4], 10, 64)
	return traced{name: m[1], file: file, data: bytes, result: result}, err
}

// unhexPath decodes a descriptor's name, which is in hexadecimal for files and
// plain for sockets.
func unhexPath(s string) (string, error) {
	if !strings.HasPrefix(s, `\x`) {
		return s, nil
	}
	s, _, _ = strings.Cut(s, "<") // what kind of device it is
	b, err := hex.DecodeString(strings.ReplaceAll(s, `\x`, ""))
	return string(b), err
}
