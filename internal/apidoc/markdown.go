package apidoc

import (
	"html"
	"html/template"
	"regexp"
	"strings"
)

// The descriptions are written in a small part of Markdown: paragraphs, lists,
// headings, fenced code, and within a line code, bold, emphasis and links.

// toHTML writes a description as HTML. Everything in it is escaped first.
func toHTML(text string) template.HTML {
	var b strings.Builder
	for _, block := range blocks(text) {
		writeBlock(&b, block)
	}
	return template.HTML(b.String()) //nolint:gosec // every text in it was escaped by inline or html.EscapeString
}

// blocks cuts a text at empty lines, but for those within fenced code.
func blocks(text string) [][]string {
	var out [][]string
	var block []string
	end := func() {
		if len(block) > 0 {
			out = append(out, block)
		}
		block = nil
	}
	fenced := false
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		fence := strings.HasPrefix(line, "```")
		if fence && !fenced || line == "" && !fenced {
			end()
		}
		if fence || line != "" || fenced {
			block = append(block, line)
		}
		if fence && fenced {
			end()
		}
		fenced = fenced != fence
	}
	end()
	return out
}

func writeBlock(b *strings.Builder, lines []string) {
	first := lines[0]
	switch {
	case strings.HasPrefix(first, "```"):
		b.WriteString("<pre tabindex=\"0\"><code>" + html.EscapeString(strings.Trim(strings.Join(lines[1:], "\n"), "`\n")) + "</code></pre>")
	case strings.HasPrefix(first, "#"):
		b.WriteString("<h3>" + inline(strings.TrimLeft(first, "# ")) + "</h3>")
	case strings.HasPrefix(first, "- "):
		b.WriteString("<ul>")
		for _, item := range strings.Split("\n"+strings.Join(lines, "\n"), "\n- ")[1:] {
			b.WriteString("<li>" + inline(item) + "</li>")
		}
		b.WriteString("</ul>")
	default:
		b.WriteString("<p>" + inline(strings.Join(lines, "\n")) + "</p>")
	}
}

var (
	codeForm  = regexp.MustCompile("`([^`]+)`")
	boldForm  = regexp.MustCompile(`\*\*([^*]+)\*\*`)
	emForm    = regexp.MustCompile(`\*([^*\s][^*]*)\*`)
	linkForm  = regexp.MustCompile(`\[([^\]]+)\]\(([^)\s]+)\)`)
	safeStart = regexp.MustCompile(`^(https?://|#|/)`)
)

// inlineHTML is inline for what is one line by nature, like a type's note.
func inlineHTML(text string) template.HTML {
	return template.HTML(inline(text)) //nolint:gosec // inline escapes it
}

// inline writes what stands within a paragraph. What is code stays as it is.
func inline(text string) string {
	var b strings.Builder
	rest := 0
	for _, at := range codeForm.FindAllStringSubmatchIndex(text, -1) {
		b.WriteString(emphasize(text[rest:at[0]]))
		b.WriteString("<code>" + html.EscapeString(text[at[2]:at[3]]) + "</code>")
		rest = at[1]
	}
	b.WriteString(emphasize(text[rest:]))
	return b.String()
}

func emphasize(text string) string {
	text = html.EscapeString(text)
	text = boldForm.ReplaceAllString(text, "<strong>$1</strong>")
	text = emForm.ReplaceAllString(text, "<em>$1</em>")
	return linkForm.ReplaceAllStringFunc(text, func(link string) string {
		m := linkForm.FindStringSubmatch(link)
		target := strings.Replace(m[2], "#operation/", "#", 1)
		if !safeStart.MatchString(target) {
			return m[1]
		}
		return `<a href="` + target + `">` + m[1] + `</a>`
	})
}
