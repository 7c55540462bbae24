package conformance

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"spika/api"
)

func uploadChecks() []check {
	return []check{
		{"chunks", uploadChunks},
		{"chunks, refusals", uploadChunkRefusals},
		{"verify", uploadVerify},
		{"verify, refusals", uploadVerifyRefusals},
		{"verify, tried again", uploadTriedAgain},
		{"verify, racing", uploadRacing},
		{"verify, as older clients send it", uploadOlder},
		{"by forms and the other name", uploadAlias},
		{"each their own", uploadOwn},
		{"with a key", uploadByKey},
		{"limits", uploadLimits},
	}
}

// upload sends to the upload routes as a person or program.
func (s *target) upload(t testing.TB, token, path string, body any) reply {
	t.Helper()
	method := "POST"
	if body == nil {
		method = "GET"
	}
	return s.do(t, request{method: method, path: "/api/upload" + path, token: token, body: body})
}

func (p person) upload(t testing.TB, path string, body any) reply {
	t.Helper()
	return p.s.upload(t, p.Token, path, body)
}

// newClientID gives a number that no upload has had, as web clients draw them.
func newClientID() string { return fmt.Sprint(1_000_000 + rand.Uint64N(1<<52)) }

func chunkOf(clientID string, n int, content string) object {
	return object{"chunk": base64.StdEncoding.EncodeToString([]byte(content)), "offset": n, "clientId": clientID}
}

func hashOf(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}

// finish is what makes a file of one chunk.
func finish(clientID, name, mime, content string) object {
	return object{
		"total": 1, "size": len(content), "mimeType": mime, "fileName": name, "type": "file", "fileHash": hashOf(content), "clientId": clientID,
	}
}

// file uploads a file of one chunk.
func (p person) file(t testing.TB, name, mime, content string) api.File {
	t.Helper()
	return uploaded(t, p.s, p.Token, finish(newClientID(), name, mime, content), content)
}

func uploaded(t testing.TB, s *target, token string, end object, content string) api.File {
	t.Helper()
	s.upload(t, token, "/files", chunkOf(end["clientId"].(string), 0, content)).ok(t)
	return data[api.FileData](t, s.upload(t, token, "/files/verify", end)).File
}

func isHere(t testing.TB, r reply, want ...int64) {
	t.Helper()
	if got := data[api.UploadedChunks](t, r).UploadedChunks; !slices.Equal(got, want) {
		t.Errorf("the chunks here are %v, want %v", got, want)
	}
}

func uploadChunks(t *testing.T, s *target) {
	ann := s.person(t, "Ann")
	id := newClientID()
	for _, unknown := range []string{id, "%00", "%ff"} {
		s.do(t, request{method: "GET", path: "/api/upload/files/check/" + unknown, token: ann.Token}).fails(t, http.StatusNotFound, "Not found")
	}
	first := ann.upload(t, "/files", chunkOf(id, 3, "lo"))
	golden(t, "uploadChunk", first, object{"chunks": "[3]"})
	isHere(t, ann.upload(t, "/files", chunkOf(id, 0, "He")), 0, 3)
	isHere(t, ann.upload(t, "/files", chunkOf(id, 0, "Hel")), 0, 3)
	golden(t, "listChunks", ann.upload(t, "/files/check/"+id, nil), object{"chunks": "[0,3]"})
	for _, chunk := range []string{"SGVsbG8=", "SGVsbG8", "SGVs\nbG8=\n", "SGVs\r\nbG8=\r\n"} { // with line breaks as Android sends it
		isHere(t, ann.upload(t, "/files", object{"chunk": chunk, "offset": 1, "clientId": id}), 0, 1, 3)
	}
	s.sub(t, "of 3 MB", func(t *testing.T) {
		id, content := newClientID(), strings.Repeat("0123456789abcdef", 3<<16)
		if f := uploaded(t, s, ann.Token, finish(id, "large.txt", "text/plain", content), content); f.Size != int64(len(content)) {
			t.Errorf("the file has %d bytes", f.Size)
		}
	})
	s.sub(t, "at the same time", func(t *testing.T) {
		id, content := newClientID(), strings.Repeat("x", 40)
		var all sync.WaitGroup
		for n := range 40 {
			all.Go(func() { ann.upload(t, "/files", chunkOf(id, n, "x")) })
		}
		all.Wait()
		end := finish(id, "forty.txt", "text/plain", content)
		end["total"] = 40
		if f := data[api.FileData](t, ann.upload(t, "/files/verify", end)).File; f.Size != 40 {
			t.Errorf("the file has %d bytes", f.Size)
		}
	})
}

func uploadChunkRefusals(t *testing.T, s *target) {
	ann := s.person(t, "Ann")
	for _, row := range []struct{ name, body, begins string }{
		{"no chunk", `{"offset":0,"clientId":"1"}`, "Invalid params: chunk must be base64"},
		{"an empty chunk", `{"chunk":"","offset":0,"clientId":"1"}`, "Invalid params: chunk must be base64"},
		{"no base64", `{"chunk":"*","offset":0,"clientId":"1"}`, "Invalid params: chunk must be base64"},
		{"a chunk that is a number", `{"chunk":5,"offset":0,"clientId":"1"}`, "Invalid params: chunk must be a string"},
		{"no offset", `{"chunk":"eA==","clientId":"1"}`, "Invalid params: offset must be given"},
		{"an offset that is a string", `{"chunk":"eA==","offset":"0","clientId":"1"}`, "Invalid params: offset must be a number"},
		{"an offset below 0", `{"chunk":"eA==","offset":-1,"clientId":"1"}`, "offset is the number of the chunk"},
		{"an offset too high", `{"chunk":"eA==","offset":65536,"clientId":"1"}`, "offset is the number of the chunk"},
		{"no clientId", `{"chunk":"eA==","offset":0}`, "clientId must have 1 to 200"},
		{"a clientId that is a number", `{"chunk":"eA==","offset":0,"clientId":5}`, "Invalid params: clientId must be a string"},
		{"a clientId that is a path", `{"chunk":"eA==","offset":0,"clientId":"../../x"}`, "clientId must not hold slashes"},
		{"a clientId of dots", `{"chunk":"eA==","offset":0,"clientId":".."}`, "clientId must not hold slashes"},
		{"a clientId too long", `{"chunk":"eA==","offset":0,"clientId":"` + repeat(201) + `"}`, "clientId must have 1 to 200"},
	} {
		s.sub(t, row.name, func(t *testing.T) { ann.upload(t, "/files", row.body).fails(t, http.StatusBadRequest, row.begins) })
	}
	s.sub(t, "a file that is there", func(t *testing.T) {
		f := ann.file(t, "a.txt", "text/plain", "x")
		ann.upload(t, "/files", chunkOf(f.ClientID, 0, "x")).fails(t, http.StatusBadRequest, "File with that clientId already exists")
		ann.upload(t, "/files/check/"+f.ClientID, nil).fails(t, http.StatusNotFound, "Not found")
	})
	s.sub(t, "a body too large", func(t *testing.T) {
		ann.upload(t, "/files", object{"x": repeat(6<<20 + 1)}).fails(t, http.StatusRequestEntityTooLarge, "The request's body is too large")
		ann.upload(t, "/files/verify", object{"x": repeat(maxBody)}).fails(t, http.StatusRequestEntityTooLarge, "The request's body is too large")
	})
	s.sub(t, "no credentials", func(t *testing.T) {
		for _, token := range []string{"", "x"} {
			begins := map[bool]string{true: "No access token", false: "Invalid access token"}[token == ""]
			s.upload(t, token, "/files", chunkOf("1", 0, "x")).fails(t, http.StatusUnauthorized, begins)
			s.upload(t, token, "/files/verify", finish("1", "x", "x", "x")).fails(t, http.StatusUnauthorized, begins)
			s.upload(t, token, "/files/check/1", nil).fails(t, http.StatusUnauthorized, begins)
		}
	})
	s.sub(t, "another origin", func(t *testing.T) {
		crossOriginUploadRefused(t, s, ann, "/files")
		crossOriginUploadRefused(t, s, ann, "/files/verify")
	})
	s.sub(t, "too many begun", func(t *testing.T) {
		ben := s.person(t, "Ben")
		for range 50 {
			ben.upload(t, "/files", chunkOf(newClientID(), 0, "x")).ok(t)
		}
		r := ben.upload(t, "/files", chunkOf(newClientID(), 0, "x"))
		r.fails(t, http.StatusTooManyRequests, "Too many uploads")
		if r.header.Get("Retry-After") == "" {
			t.Error("when to try again is not told")
		}
	})
}

func crossOriginUploadRefused(t *testing.T, s *target, p person, path string) {
	t.Helper()
	s.do(t, request{method: "POST", path: "/api/upload" + path, body: object{}, header: []string{
		"Cookie: spika_session=" + p.Token, "Origin: https://evil.example.org", "Sec-Fetch-Site: cross-site",
	}}).fails(t, http.StatusForbidden, "Forbidden")
}

func uploadVerify(t *testing.T, s *target) {
	ann := s.person(t, "Ann")
	id := newClientID()
	ann.upload(t, "/files", chunkOf(id, 1, "lo, ")).ok(t)
	ann.upload(t, "/files", chunkOf(id, 0, "Hel")).ok(t)
	ann.upload(t, "/files", chunkOf(id, 2, "files")).ok(t)
	ann.upload(t, "/files", chunkOf(id, 3, "of an earlier try in smaller chunks")).ok(t)
	end := finish(id, "Grüße 🎉.mp4", "video/mp4", "Hello, files")
	end["total"], end["type"], end["relationId"], end["metaData"] = 3, "video", 7, object{"duration": 12.9, "width": 1920, "height": 1080}
	r := ann.upload(t, "/files/verify", end)
	golden(t, "finishUpload", r, object{"clientId": id})
	f := data[api.FileData](t, r).File
	if f.ID >= 1<<31 {
		t.Errorf("the id is %d: apps keep 31 bits", f.ID)
	}
	ann.upload(t, "/files/verify", end).fails(t, http.StatusConflict, "File with that clientId already exists")
	if got := ann.readFile(t, f.ID).ok(t); string(got.body) != "Hello, files" {
		t.Errorf("the file holds %q", got.body)
	}
	s.sub(t, "the same content again", func(t *testing.T) {
		again := ann.file(t, "b.txt", "text/plain", "Hello, files")
		if again.ID == f.ID || again.FileName != "b.txt" {
			t.Errorf("got %+v", again)
		}
		ann.readFile(t, again.ID).ok(t)
	})
	s.sub(t, "metaData left out", func(t *testing.T) {
		for _, meta := range []any{nil, object{}, object{"width": 5}} {
			id := newClientID()
			end := finish(id, "a", "text/plain", "a")
			end["metaData"] = meta
			f := uploaded(t, s, ann.Token, end, "a")
			if want := (api.FileMetaData{Width: map[bool]int64{true: 5}[fmt.Sprint(meta) == "map[width:5]"]}); f.MetaData != want {
				t.Errorf("of %v is left %+v", meta, f.MetaData)
			}
			if f.RelationID != nil {
				t.Errorf("relationId is %d", *f.RelationID)
			}
		}
	})
	s.sub(t, "another size than it has", func(t *testing.T) {
		end := finish(newClientID(), "a", "text/plain", "abc")
		end["size"] = 99
		if f := uploaded(t, s, ann.Token, end, "abc"); f.Size != 3 {
			t.Errorf("the file has %d bytes", f.Size)
		}
	})
}

func uploadVerifyRefusals(t *testing.T, s *target) {
	ann := s.person(t, "Ann")
	id := newClientID()
	ann.upload(t, "/files", chunkOf(id, 0, "x")).ok(t)
	for _, row := range []struct {
		name, field string
		value       any
		begins      string
	}{
		{"no mimeType", "mimeType", nil, "mimeType must have 1 to 200"},
		{"an empty mimeType", "mimeType", "", "mimeType must have 1 to 200"},
		{"a mimeType that is a number", "mimeType", 5, "Invalid params: mimeType must be a string"},
		{"no fileName", "fileName", nil, "fileName must have 1 to 255"},
		{"a fileName too long", "fileName", repeat(256), "fileName must have 1 to 255"},
		{"a fileName with a line break", "fileName", "a\nb", "fileName must have 1 to 255"},
		{"no clientId", "clientId", nil, "clientId must have 1 to 200"},
		{"a clientId that is a path", "clientId", "a/b", "clientId must not hold slashes"},
		{"no type", "type", nil, "type must have 1 to 200"},
		{"a type that is true", "type", true, "Invalid params: type must be a string"},
		{"no size", "size", nil, "size must be a number of bytes"},
		{"a size of 0", "size", 0, "size must be a number of bytes"},
		{"a size that is a string", "size", "1", "Invalid params: size must be a number"},
		{"no total", "total", nil, "total must be the number of chunks"},
		{"a total of 0", "total", 0, "total must be the number of chunks"},
		{"a total too high", "total", 65_537, "total must be the number of chunks"},
		{"a total that is a string", "total", "1", "Invalid params: total must be a number"},
		{"no fileHash", "fileHash", nil, "fileHash must be given"},
		{"a fileHash that is a list", "fileHash", []int{}, "Invalid params: fileHash must be a string"},
		{"a relationId that is a string", "relationId", "42", "Invalid params: relationId must be a number"},
		{"a relationId below 0", "relationId", -1, "relationId must be 0 or more"},
		{"metaData that is a string", "metaData", "{}", "Invalid params: metaData must be an object"},
		{"a duration that is a string", "metaData", object{"duration": "5"}, "Invalid params: metaData.duration must be a number"},
		{"a width below 0", "metaData", object{"width": -5}, "metaData.width must be 0 to"},
		{"a height too high", "metaData", object{"height": 1 << 31}, "metaData.height must be 0 to"},
	} {
		s.sub(t, row.name, func(t *testing.T) {
			end := finish(id, "a", "text/plain", "x")
			if end[row.field] = row.value; row.value == nil {
				delete(end, row.field)
			}
			ann.upload(t, "/files/verify", end).fails(t, http.StatusBadRequest, row.begins)
		})
	}
	s.sub(t, "a fileHash that is a number", func(t *testing.T) {
		end := finish(id, "a", "text/plain", "x")
		end["fileHash"] = 42
		ann.upload(t, "/files/verify", end).fails(t, http.StatusLengthRequired, "Hash doesn't match")
	})
	s.sub(t, "changed nothing", func(t *testing.T) {
		isHere(t, ann.upload(t, "/files/check/"+id, nil), 0)
		ann.upload(t, "/files/verify", finish(id, "a", "text/plain", "x")).ok(t)
	})
}

func uploadTriedAgain(t *testing.T, s *target) {
	ann := s.person(t, "Ann")
	id := newClientID()
	end := finish(id, "a.txt", "text/plain", "abcdef")
	end["total"] = 2
	ann.upload(t, "/files/verify", end).fails(t, http.StatusGone, "Not all chunks are uploaded")
	ann.upload(t, "/files", chunkOf(id, 1, "def")).ok(t)
	ann.upload(t, "/files/verify", end).fails(t, http.StatusGone, "Not all chunks are uploaded")
	isHere(t, ann.upload(t, "/files", chunkOf(id, 0, "abX")), 0, 1)
	ann.upload(t, "/files/verify", end).fails(t, http.StatusLengthRequired, "Hash doesn't match")
	isHere(t, ann.upload(t, "/files/check/"+id, nil), 0, 1)
	ann.upload(t, "/files", chunkOf(id, 0, "abc")).ok(t)
	f := data[api.FileData](t, ann.upload(t, "/files/verify", end)).File
	if got := ann.readFile(t, f.ID); string(got.body) != "abcdef" {
		t.Errorf("the file holds %q", got.body)
	}
	s.sub(t, "with the hash of a file that is there", func(t *testing.T) { // nobody gets a file by knowing its hash
		end := finish(newClientID(), "a.txt", "text/plain", "abcdef")
		ann.upload(t, "/files", chunkOf(end["clientId"].(string), 0, "abcdeX")).ok(t)
		ann.upload(t, "/files/verify", end).fails(t, http.StatusLengthRequired, "Hash doesn't match")
	})
	s.sub(t, "in capitals", func(t *testing.T) {
		end := finish(newClientID(), "a.txt", "text/plain", "abcdef")
		end["fileHash"] = strings.ToUpper(hashOf("abcdef"))
		uploaded(t, s, ann.Token, end, "abcdef")
	})
}

func uploadRacing(t *testing.T, s *target) {
	ann := s.person(t, "Ann")
	id := newClientID()
	content := "racing " + id
	ann.upload(t, "/files", chunkOf(id, 0, content)).ok(t)
	replies := make([]reply, 8)
	var all sync.WaitGroup
	for i := range replies {
		all.Go(func() { replies[i] = ann.upload(t, "/files/verify", finish(id, "a.txt", "text/plain", content)) })
	}
	all.Wait()
	made := 0
	for _, r := range replies {
		switch r.status {
		case http.StatusOK:
			made++
		case http.StatusGone: // it lost after the chunks were gone
		default:
			r.fails(t, http.StatusConflict, "File with that clientId already exists")
		}
	}
	if made != 1 {
		t.Errorf("%d files were made", made)
	}
}

// iOS puts the hash into type and always sends a relationId; numbers come with
// fractions from browsers.
func uploadOlder(t *testing.T, s *target) {
	ann := s.person(t, "Ann")
	id := newClientID()
	end := finish(id, "IMG_1.heic", "image/heic", "picture")
	end["type"], end["relationId"], end["metaData"] = hashOf("picture"), 1, object{"width": 40, "height": 30, "duration": 0}
	f := uploaded(t, s, ann.Token, end, "picture")
	if f.Type != hashOf("picture") || f.RelationID == nil || *f.RelationID != 1 || f.Path != "/uploads/files/"+id {
		t.Errorf("got %+v", f)
	}
}

func uploadAlias(t *testing.T, s *target) {
	ann := s.person(t, "Ann")
	id := newClientID()
	form := fmt.Sprintf("chunk=%s&offset=0&clientId=%s", "aGk%3D", id)
	s.do(t, request{method: "POST", path: "/api/Uploads/files/", token: ann.Token, body: form, header: []string{
		"Content-Type: application/x-www-form-urlencoded",
	}}).ok(t)
	isHere(t, s.do(t, request{method: "GET", path: "/api/uploads/files/check/" + id, token: ann.Token}), 0)
	r := s.do(t, request{method: "POST", path: "/api/uploads/files/verify", token: ann.Token, body: finish(id, "a", "text/plain", "hi")})
	f := data[api.FileData](t, r).File
	s.do(t, request{method: "GET", path: fmt.Sprintf("/api/uploads/files/%d", f.ID)}).ok(t)
}

func uploadOwn(t *testing.T, s *target) {
	ann, ben := s.person(t, "Ann"), s.person(t, "Ben")
	id := newClientID()
	ann.upload(t, "/files", chunkOf(id, 0, "Ann's")).ok(t)
	ben.upload(t, "/files/check/"+id, nil).fails(t, http.StatusNotFound, "Not found")
	ben.upload(t, "/files/verify", finish(id, "a", "text/plain", "Ann's")).fails(t, http.StatusGone, "Not all chunks are uploaded")
	isHere(t, ben.upload(t, "/files", chunkOf(id, 0, "Ben's")), 0)
	for _, p := range []person{ann, ben} {
		content := p.Name[:3] + "'s"
		f := data[api.FileData](t, p.upload(t, "/files/verify", finish(id, "a", "text/plain", content))).File
		if got := p.readFile(t, f.ID); string(got.body) != content {
			t.Errorf("the file holds %q", got.body)
		}
	}
}

func uploadByKey(t *testing.T, s *target) {
	c := s.chat(t)
	f := uploaded(t, s, c.bot.Token, finish(newClientID(), "log.txt", "text/plain", "passed"), "passed")
	if got := c.ann.readFile(t, f.ID).ok(t); string(got.body) != "passed" {
		t.Errorf("the file holds %q", got.body)
	}
	s.do(t, request{method: "POST", path: "/api/upload/files", body: chunkOf(newClientID(), 0, "x"), header: []string{
		"Authorization: Bearer " + c.bot.Token,
	}}).ok(t)
	c.ann.delete(t, "/api-keys/%d", c.bot.Key).ok(t)
	s.upload(t, c.bot.Token, "/files", chunkOf(newClientID(), 0, "x")).fails(t, http.StatusUnauthorized, "Invalid access token")
}

func uploadLimits(t *testing.T, s *target) {
	own, _ := s.needLocal(t).peopled(t, "--max-file", "10", "--quota", "25", "--quota-of-all", "40")
	ann, ben := own.person(t, "Ann"), own.person(t, "Ben")
	s.sub(t, "a file", func(t *testing.T) {
		id := newClientID()
		ann.upload(t, "/files", chunkOf(id, 0, "0123456789")).ok(t)
		ann.upload(t, "/files", chunkOf(id, 1, "x")).fails(t, http.StatusRequestEntityTooLarge, "The file is too large: at most 10 bytes")
		isHere(t, ann.upload(t, "/files/check/"+id, nil), 0)
		end := finish(id, "a", "text/plain", "0123456789")
		end["size"] = 11
		ann.upload(t, "/files/verify", end).fails(t, http.StatusRequestEntityTooLarge, "The file is too large: at most 10 bytes")
		end["size"] = 10
		ann.upload(t, "/files/verify", end).ok(t)
	})
	s.sub(t, "what one has", func(t *testing.T) {
		ann.file(t, "b", "text/plain", "0123456789")
		ann.upload(t, "/files", chunkOf(newClientID(), 0, "012345")).fails(t, http.StatusRequestEntityTooLarge, "You have uploaded 20 bytes of the 25")
		ann.file(t, "c", "text/plain", "01234")
	})
	s.sub(t, "what all have", func(t *testing.T) {
		ben.file(t, "a", "text/plain", "0123456789")
		ben.upload(t, "/files", chunkOf(newClientID(), 0, "012345")).fails(t, http.StatusRequestEntityTooLarge, "All files together have reached the 40 bytes")
		ben.file(t, "b", "text/plain", "01234")
	})
}
