package httpapi

import (
	"context"
	"encoding/base64"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"spika/api"
	"spika/internal/chat"
)

const (
	// maxChunkBody is the size of a request with a chunk: of the largest one in
	// base64, with line breaks that JSON needs two letters for.
	maxChunkBody = 6 << 20
	// chunkTimeout is how long a chunk may take to come in and be kept, and so how
	// long it can take up room: slow lines send large ones.
	chunkTimeout = 5 * time.Minute
	// finishTimeout is how long a file may take to be put together.
	finishTimeout = 10 * time.Minute
	// tellTime is for telling whoever took too long.
	tellTime = 10 * time.Second
)

// uploading makes a handler of one that needs to know who uploads: a person, or
// a program by its API key.
func (a *API) uploading(handle func(c *call, user int64) error) handler {
	return func(c *call) error {
		user, err := a.uploader(c)
		if err != nil {
			return err
		}
		return handle(c, user)
	}
}

// uploader finds the session, or else the API key, that vouches for a call. A
// console, which has neither, sends its own token.
func (a *API) uploader(c *call) (int64, error) {
	by := c.credentials()
	if token := c.adminToken(); token != "" && (by.token == "" || by.cookie) {
		return a.svc.UploaderOf(c.r.Context(), token)
	}
	who, err := a.authenticate(c, by)
	if err == nil {
		return who.User.ID, nil
	}
	if by.cookie || by.token == "" || chat.CodeOf(err) != chat.Unauthorized {
		return 0, err
	}
	key, noKey := a.svc.AuthenticateKey(c.r.Context(), by.token)
	switch {
	case noKey == nil:
		a.svc.KeyUsed(key.ID)
		c.byKey = true
		return key.BotID, nil
	case chat.CodeOf(noKey) == chat.Unauthorized: // neither: what is said of sessions is told
		return 0, err
	}
	return 0, noKey
}

// allow gives the call another time limit than requests have.
func (c *call) allow(limit time.Duration) {
	until := time.Now().Add(limit)
	conn := http.NewResponseController(c.w)
	_ = conn.SetReadDeadline(until) // these fail only where the connection is gone, which reading and writing tell
	_ = conn.SetWriteDeadline(until.Add(tellTime))
}

func (a *API) uploadChunk(c *call, user int64) error {
	c.allow(chunkTimeout)
	c.most = a.intake.largest
	here, err := a.takeChunk(c, user)
	if err != nil {
		return err
	}
	return c.ok(api.UploadedChunks{UploadedChunks: here})
}

// takeChunk reads and keeps a chunk as soon as there is room for it, and gives
// those that are here.
func (a *API) takeChunk(c *call, user int64) ([]int64, error) {
	lane := user
	if c.byKey {
		lane = keysLane
	}
	give, err := a.intake.take(c.r.Context(), lane, c.r.ContentLength)
	if err != nil {
		return nil, err
	}
	defer give()
	req, err := decode[chunkRequest](c)
	if err != nil {
		return nil, err
	}
	chunk, err := req.chunk()
	if err != nil {
		return nil, err
	}
	within, cancel := context.WithTimeout(c.r.Context(), chunkTimeout) // a store that hangs must not keep the room
	defer cancel()
	return a.svc.PutChunk(within, user, chunk)
}

// chunkRequest is api.ChunkRequest as it is read: what is left out is told from
// zero.
type chunkRequest struct {
	Chunk    string `json:"chunk"`
	Offset   *int64 `json:"offset"`
	ClientID string `json:"clientId"`
}

func (r chunkRequest) chunk() (chat.NewChunk, error) {
	if r.Offset == nil {
		return chat.NewChunk{}, invalid("offset must be given: the number of the chunk, from 0")
	}
	content, err := readBase64(r.Chunk)
	if err != nil {
		return chat.NewChunk{}, err
	}
	return chat.NewChunk{ClientID: r.ClientID, N: *r.Offset, Content: content}, nil
}

// readBase64 reads base64 in either alphabet, with or without line breaks and
// padding.
func readBase64(text string) ([]byte, error) {
	plain := strings.NewReplacer("-", "+", "_", "/", "\r", "", "\n", "", " ", "").Replace(text)
	content, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(plain, "="))
	if err != nil || len(content) == 0 {
		return nil, invalid("chunk must be base64 of 1 byte or more")
	}
	return content, nil
}

// finishRequest is what an upload is finished with.
type finishRequest struct {
	MimeType   string      `json:"mimeType"`
	FileName   string      `json:"fileName"`
	ClientID   string      `json:"clientId"`
	Type       string      `json:"type"`
	Size       int64       `json:"size"`
	Total      int64       `json:"total"`
	FileHash   looseString `json:"fileHash"`
	RelationID *int64      `json:"relationId"`
	MetaData   *struct {
		Duration roundNumber `json:"duration"`
		Width    roundNumber `json:"width"`
		Height   roundNumber `json:"height"`
	} `json:"metaData"`
}

func (r finishRequest) file() chat.NewFile {
	f := chat.NewFile{
		ClientID: r.ClientID, Name: r.FileName, Mime: r.MimeType, Type: r.Type, Size: r.Size, Total: r.Total, Hash: string(r.FileHash),
	}
	if r.RelationID != nil {
		f.Relation = *r.RelationID
	}
	if m := r.MetaData; m != nil {
		f.Meta = chat.FileMeta{Duration: int64(m.Duration), Width: int64(m.Width), Height: int64(m.Height)}
	}
	return f
}

// roundNumber is a number that is cut to a whole one: browsers measure in
// fractions of a second.
type roundNumber int64

// UnmarshalJSON implements json.Unmarshaler.
func (n *roundNumber) UnmarshalJSON(b []byte) error {
	if isNull(b) {
		return nil
	}
	if jsontext.Value(b).Kind() != jsontext.KindNumber {
		return &kindError{"a number"}
	}
	f, err := strconv.ParseFloat(string(b), 64)
	if err != nil || math.Abs(f) > 1<<53 {
		return &kindError{"a number of this world"}
	}
	*n = roundNumber(f)
	return nil
}

func (a *API) finishUpload(c *call, user int64) error {
	c.allow(finishTimeout)
	req, err := decode[finishRequest](c)
	if err != nil {
		return err
	}
	file, err := a.svc.FinishUpload(c.r.Context(), user, req.file())
	if err != nil {
		return err
	}
	return c.ok(api.FileData{File: toFile(file)})
}

func (a *API) listChunks(c *call, user int64) error {
	if !isText(c.params[0]) { // nobody's, and no database could look for it
		return chat.Errorf(chat.NotFound, "Not found")
	}
	here, err := a.svc.UploadedChunks(c.r.Context(), user, c.params[0])
	if err != nil {
		return err
	}
	return c.ok(api.UploadedChunks{UploadedChunks: here})
}

func toFile(f chat.File) api.File {
	return api.File{
		ID: f.ID, FileName: f.Name, Size: f.Size, MimeType: f.Mime, Type: f.Type, RelationID: orNull(f.Relation), ClientID: f.ClientID,
		Path: "/uploads/files/" + f.ClientID, MetaData: toMetaData(f.Meta), CreatedAt: int64(f.Created),
	}
}

func toMetaData(m chat.FileMeta) api.FileMetaData {
	return api.FileMetaData{Duration: m.Duration, Width: m.Width, Height: m.Height}
}

func toFileRef(f *chat.File) *api.FileRef {
	if f == nil {
		return nil
	}
	return &api.FileRef{ID: f.ID, FileName: f.Name, MimeType: f.Mime, Size: f.Size, MetaData: toMetaData(f.Meta), SignedPath: f.Link}
}
