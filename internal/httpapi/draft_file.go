package httpapi

import (
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"spika/internal/chat"
)

// fileContent is the body of a message that brings a file. Whatever else the
// sender put into it is kept, but for what only the server can know.
type fileContent struct {
	FileID    jsontext.Value `json:"fileId,omitzero"`
	ThumbID   jsontext.Value `json:"thumbId,omitzero"`
	File      jsontext.Value `json:"file,omitzero"`             // the server's own
	Thumb     jsontext.Value `json:"thumb,omitzero"`            // the server's own
	Reference jsontext.Value `json:"referenceMessage,omitzero"` // the server's own
	Rest      jsontext.Value `json:",embed"`
}

// readFileContent reads the body of a message that brings a file into d. Whether
// there is such a file is not known here.
func readFileContent(body jsontext.Value, d *chat.Draft) error {
	var content fileContent
	if err := json.Unmarshal(body, &content); err != nil {
		return explain(err)
	}
	if err := checkKeys(body, new(clientKeys)); err != nil {
		return err
	}
	d.FileID, d.ThumbID = readFileID(content.FileID), readFileID(content.ThumbID)
	content.File, content.Thumb, content.Reference = nil, nil, nil
	if d.ThumbID == 0 {
		content.ThumbID = nil
	}
	body, err := json.Marshal(content)
	if err != nil {
		return err
	}
	return keepBody(body, d)
}

// readFileID reads the id of a file; nothing, null and 0 are none, and what is no
// id is that of no file.
func readFileID(v jsontext.Value) int64 {
	switch v.Kind() {
	case jsontext.KindInvalid, jsontext.KindNull:
		return 0
	case jsontext.KindNumber:
		if id, err := strconv.ParseInt(string(v), 10, 64); err == nil && id >= 0 {
			return id
		}
	}
	return chat.NoFileID
}
