// openapijson turns the API's description from YAML into JSON, with its keys in
// the same order. It reads the YAML from standard input.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"

	"go.yaml.in/yaml/v4"
)

func main() {
	log.SetFlags(0)
	if err := run(os.Stdin, os.Stdout); err != nil {
		log.Fatal("openapijson: ", err)
	}
}

func run(in io.Reader, out io.Writer) error {
	text, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return err
	}
	var b bytes.Buffer
	if err := write(&b, &doc); err != nil {
		return err
	}
	var lines bytes.Buffer // a line for each value, so that changes are seen
	if err := json.Indent(&lines, b.Bytes(), "", ""); err != nil {
		return err
	}
	lines.WriteByte('\n')
	_, err = out.Write(lines.Bytes())
	return err
}

func write(b *bytes.Buffer, n *yaml.Node) error {
	switch n.Kind {
	case yaml.DocumentNode:
		return write(b, n.Content[0])
	case yaml.MappingNode:
		return writeAll(b, "{}", n.Content, func(i int) string { return separators[i%2] })
	case yaml.SequenceNode:
		return writeAll(b, "[]", n.Content, func(int) string { return "," })
	case yaml.ScalarNode:
		return writeScalar(b, n)
	}
	return fmt.Errorf("line %d: anchors and aliases are not taken", n.Line)
}

// separators stand before a mapping's keys and values.
var separators = [2]string{",", ":"}

func writeAll(b *bytes.Buffer, brackets string, list []*yaml.Node, separator func(i int) string) error {
	b.WriteByte(brackets[0])
	for i, n := range list {
		if i > 0 {
			b.WriteString(separator(i))
		}
		if separator(1) == ":" && i%2 == 0 { // a key, like 200, is text whatever it looks like
			n.Tag = "!!str"
		}
		if err := write(b, n); err != nil {
			return err
		}
	}
	b.WriteByte(brackets[1])
	return nil
}

func writeScalar(b *bytes.Buffer, n *yaml.Node) error {
	var v any = n.Value
	if n.Tag != "!!str" {
		if err := n.Decode(&v); err != nil {
			return err
		}
	}
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	b.Truncate(b.Len() - 1) // the line's end
	return err
}
