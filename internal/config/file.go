package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// parseFile reads a configuration file: a JSON object, or lines of key = value
// with # before comments. Keys are flag names, with - or _ between words. Lists
// are given as JSON arrays or separated by commas.
func parseFile(b []byte) (map[string]string, error) {
	if !utf8.Valid(b) {
		return nil, errors.New("is not text in UTF-8")
	}
	b = bytes.TrimPrefix(b, []byte("\uFEFF"))
	if t := bytes.TrimSpace(b); len(t) > 0 && t[0] == '{' {
		return parseJSON(t)
	}
	return parseLines(string(b))
}

func parseLines(text string) (map[string]string, error) {
	out := map[string]string{}
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		if !ok {
			return nil, fmt.Errorf("line %d is not key = value", n)
		}
		if err := put(out, strings.TrimSpace(key), strings.TrimSpace(value)); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
	}
	return out, nil
}

// parseJSON goes through the tokens itself, because a map would swallow a key
// that is given twice.
func parseJSON(b []byte) (map[string]string, error) {
	if err := json.Unmarshal(b, new(json.RawMessage)); err != nil {
		return nil, fmt.Errorf("is not a JSON object: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	out := map[string]string{}
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		var value any
		if err := d.Decode(&value); err != nil {
			return nil, err
		}
		text, err := plain(value)
		if err != nil {
			return nil, fmt.Errorf("%s %w", key, err)
		}
		if err := put(out, fmt.Sprint(key), text); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// plain gives a JSON value as it would be written behind a flag.
func plain(value any) (string, error) {
	switch v := value.(type) {
	case string:
		return v, nil
	case json.Number:
		return v.String(), nil
	case bool:
		return fmt.Sprint(v), nil
	case []any:
		var list []string
		for _, e := range v {
			s, ok := e.(string)
			if !ok {
				return "", errors.New("must be a list of strings")
			}
			list = append(list, s)
		}
		return strings.Join(list, ","), nil
	}
	return "", errors.New("must be a string, a number, true, false or a list of strings")
}

func put(out map[string]string, key, value string) error {
	name := strings.ReplaceAll(key, "_", "-")
	if _, twice := out[name]; twice {
		return fmt.Errorf("%s is given twice", key)
	}
	out[name] = value
	return nil
}
