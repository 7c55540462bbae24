package apidoc

import (
	"net/http"
	"strings"
)

// anyBase stands for the server's address until the page is asked for.
const anyBase = "https://spika.invalid"

// curl gives a command that makes the request.
func (d *description) curl(op operation, security *value) string {
	parts := []string{"curl -sS"}
	if op.Method != http.MethodGet && (op.Method != http.MethodPost || op.Body == nil) {
		parts[0] += " -X " + op.Method
	}
	if strings.Contains(d.kindOf(op), "event-stream") {
		parts[0] += " -N"
	}
	parts[0] += " " + shell(anyBase+strings.NewReplacer("{", "", "}", "").Replace(exampled(op.Path)))
	if header := d.header(security); header != "" {
		parts = append(parts, "-H "+shell(header))
	}
	if op.Body != nil && strings.HasPrefix(op.Body.Kind, "application/json") {
		parts = append(parts, "-H 'Content-Type: application/json'")
		if example, err := parse([]byte(op.Body.Example)); err == nil {
			parts = append(parts, "-d "+shell(example.line()))
		}
	}
	return strings.Join(parts, " \\\n  ")
}

// kindOf gives the media type of an operation's success.
func (*description) kindOf(op operation) string {
	for _, r := range op.Replies {
		if r.Status == "200" {
			return r.Kind
		}
	}
	return ""
}

// exampled puts numbers in for a path's parameters.
func exampled(path string) string {
	var out []string
	for segment := range strings.SplitSeq(path, "/") {
		switch {
		case !strings.HasPrefix(segment, "{"):
		case strings.Contains(strings.ToLower(segment), "time") || strings.Contains(segment, "lastUpdate"):
			segment = "0"
		default:
			segment = "5"
		}
		out = append(out, segment)
	}
	return strings.Join(out, "/")
}

// header gives the header that carries the first credentials an operation takes.
func (d *description) header(security *value) string {
	if security == nil || len(security.items) == 0 || len(security.items[0].keys) == 0 {
		return ""
	}
	s := d.root.at("components", "securitySchemes", security.items[0].keys[0])
	if s.text("in") != "header" {
		return ""
	}
	value := "YOUR_TOKEN"
	if strings.Contains(s.text("description"), "API key") {
		value = "YOUR_API_KEY"
	}
	return s.text("name") + ": " + value
}

// shell quotes a word for a shell.
func shell(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }
