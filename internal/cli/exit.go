package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"spika/client"
	"spika/internal/chat"
)

// The exit codes.
const (
	exitOK       = 0
	exitFailed   = 1 // something the command needs did not work: network, disk, database
	exitUsage    = 2 // the command line, a setting or a value is wrong
	exitNotFound = 3 // there is no such person, room or key
	exitRefused  = 4 // it is not allowed, or clashes with what is there
)

// exitCodes is for the documentation.
const exitCodes = `| code | meaning |
|---|---|
| 0 | done |
| 1 | something that the command needs did not work: the network, the disk, the database, the server |
| 2 | the command line, a setting or a value is wrong; trying again does not help |
| 3 | there is no such person, room or key |
| 4 | refused: a key or token is not valid, something is not allowed, or it clashes with what is there |
`

// usageError says that the command line or a setting is wrong.
type usageError struct{ message string }

func (e *usageError) Error() string { return e.message }

func usagef(format string, args ...any) error { return &usageError{fmt.Sprintf(format, args...)} }

// fail tells an error and gives its exit code.
func (e *env) fail(err error) int {
	code := exitCode(err)
	if !e.json {
		fmt.Fprintf(e.Err, "spika: %s\n", oneLine(err))
		return code
	}
	out := struct {
		Error  string `json:"error"`
		Exit   int    `json:"exit"`
		Status int    `json:"status,omitzero"` // HTTP status of a server's refusal
	}{Error: oneLine(err), Exit: code}
	if refused, ok := errors.AsType[*client.Error](err); ok {
		out.Error, out.Status = refused.Message, refused.Status
	}
	_ = writeJSON(e.Err, out) // there is nowhere left to tell that it failed
	return code
}

// oneLine gives an error's text, which drivers spread over several lines, as one.
func oneLine(err error) string {
	var b strings.Builder
	for line := range strings.Lines(err.Error()) {
		if b.Len() > 0 && !strings.HasSuffix(b.String(), ":") {
			b.WriteByte(';')
		}
		b.WriteString(" " + strings.TrimSpace(line))
	}
	return strings.TrimSpace(b.String())
}

func exitCode(err error) int {
	if _, ok := errors.AsType[*usageError](err); ok {
		return exitUsage
	}
	if refused, ok := errors.AsType[*client.Error](err); ok {
		return exitOfStatus(refused.Status)
	}
	switch chat.CodeOf(err) {
	case chat.Invalid, chat.TooLarge:
		return exitUsage
	case chat.NotFound:
		return exitNotFound
	case chat.Unauthorized, chat.Forbidden, chat.Conflict:
		return exitRefused
	case chat.Internal, chat.TooMany, chat.Unavailable:
	}
	return exitFailed
}

func exitOfStatus(status int) int {
	switch status {
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge:
		return exitUsage
	case http.StatusNotFound:
		return exitNotFound
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusConflict:
		return exitRefused
	}
	return exitFailed
}

// print says what came of a command: as text, or with --json as one object.
func (e *env) print(text string, object any) error {
	if e.json {
		return writeJSON(e.Out, object)
	}
	_, err := fmt.Fprintln(e.Out, text)
	return err
}

func writeJSON(w io.Writer, object any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(object)
}
