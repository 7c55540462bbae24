package httpapi

import (
	"errors"
	"math"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// clientKeys are the keys of a message's body that clients decode, whoever put
// them there, and that mean nothing to the server. With one of another type apps
// drop all that it came with, such as a page of what they sync, and never come
// further: so such a message must not get into a room. Null is the same as leaving
// a key out.
type clientKeys struct {
	Text      string        `json:"text"`
	Type      string        `json:"type"`
	Subject   string        `json:"subject"`
	SubjectID *clientID     `json:"subjectId"`
	Objects   []clientName  `json:"objects"`
	ObjectIDs []clientID    `json:"objectIds"`
	Preview   clientPreview `json:"thumbnailData"`
}

// textKeys are those of a body that brings no file.
type textKeys struct {
	clientKeys

	FileID  *clientID `json:"fileId"`
	ThumbID *clientID `json:"thumbId"`
}

// clientPreview is what clients show of a linked page.
type clientPreview struct {
	Title       string `json:"title"`
	Description string `json:"description"`
	Image       string `json:"image"`
	Icon        string `json:"icon"`
	URL         string `json:"url"`
}

// clientName is a string in a list, where apps do not take null for one.
type clientName string

// UnmarshalJSON implements json.Unmarshaler.
func (n *clientName) UnmarshalJSON(b []byte) error {
	if jsontext.Value(b).Kind() != jsontext.KindString {
		return &kindError{"a string"}
	}
	return nil // what it is does not matter
}

// clientID is a number that fits those of the smallest apps: 32 bits.
type clientID int32

// UnmarshalJSON implements json.Unmarshaler.
func (n *clientID) UnmarshalJSON(b []byte) error {
	if id, err := strconv.ParseInt(string(b), 10, 64); err != nil || id < math.MinInt32 || id > math.MaxInt32 {
		return &kindError{"a whole number below 2^31"}
	}
	return nil
}

// checkKeys reads a body into keys and refuses those of another type.
func checkKeys(body jsontext.Value, keys any) error {
	err := json.Unmarshal(body, keys)
	var wrong *json.SemanticError
	if errors.As(err, &wrong) {
		return invalid("body.%s, as clients read it", complaint(wrong))
	}
	return explain(err)
}
