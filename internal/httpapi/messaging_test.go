package httpapi

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"

	"spika/api"
)

func TestPostAnswersExactly(t *testing.T) {
	r := newRig(t)
	got := r.post(fmt.Sprintf(`{"roomId":%d,"type":"text","body":{"text":"Hello"},"localId":5}`, r.room.ID))
	want := regexp.MustCompile(fmt.Sprintf(`^\{"status":"success","data":\{"message":\{"id":(\d+),"roomId":%d,"fromUserId":%d,`+
		`"totalUserCount":1,"deliveredCount":0,"seenCount":0,"type":"text","body":\{"text":"Hello"\},`+
		`"modifiedAt":(\d{13}),"createdAt":(\d{13}),"localId":5,"replyId":null,"deleted":false\}\}\}$`, r.room.ID, r.key.BotID))
	found := want.FindStringSubmatch(got.body)
	if got.status != 200 || found == nil || found[2] != found[3] {
		t.Fatalf("got %d %s", got.status, got.body)
	}
}

func TestPostForms(t *testing.T) {
	r := newRig(t)
	first := data[api.PostedData](t, r.post(r.text("first"))).Message
	for _, c := range []struct{ name, body, wantBody, wantLocal string }{
		{"extra keys stay", `{"text":"x","a":[1, 2.50]}`, `{"text":"x","a":[1,2.50]}`, `null`},
		{"a string", `"{\"text\": \"x\"}"`, `{"text":"x"}`, `null`},
		{"needless escapes go", `{"text":"\u00e4\/"}`, `{"text":"ä/"}`, `null`},
		{"the server's key goes", `{"referenceMessage":{"id":1},"text":"x","b":true}`, `{"text":"x","b":true}`, `null`},
		{"string id", `{"text":"x"},"localId":"a\"b"`, `{"text":"x"}`, `"a\"b"`},
		{"integer id", `{"text":"x"},"localId":-7`, `{"text":"x"}`, `-7`},
		{"null is none", `{"text":"x"},"localId":null,"replyId":null`, `{"text":"x"}`, `null`},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := data[api.PostedData](t, r.post(fmt.Sprintf(`{"roomId":%d,"type":"text","body":%s}`, r.room.ID, c.body))).Message
			if string(m.Body) != c.wantBody || string(m.LocalID) != c.wantLocal {
				t.Errorf("body %s, localId %s", m.Body, m.LocalID)
			}
		})
	}
	answer := data[api.PostedData](t, r.post(fmt.Sprintf(`{"roomId":%d,"type":"text","body":{"text":"x"},"replyId":%d}`, r.room.ID, first.ID))).Message
	if *answer.ReplyID != first.ID || !strings.Contains(string(answer.Body), fmt.Sprintf(`{"text":"x","referenceMessage":{"id":%d,`, first.ID)) {
		t.Errorf("answer: %+v body %s", answer, answer.Body)
	}
}

// text is a post of the text to the rig's room.
func (r *rig) text(text string) string {
	return fmt.Sprintf(`{"roomId":%d,"type":"text","body":{"text":%q}}`, r.room.ID, text)
}

func TestPostRefusals(t *testing.T) {
	r := newRig(t)
	ok := fmt.Sprintf(`"roomId":%d,"type":"text"`, r.room.ID)
	deep := strings.Repeat("[", 31) + strings.Repeat("]", 31)
	for _, c := range []struct{ name, body, begins string }{
		{"no room", `{"type":"text","body":{"text":"x"}}`, "Invalid params: roomId must be"},
		{"null room", `{"roomId":null,"type":"text","body":{"text":"x"}}`, "Invalid params: roomId must be"},
		{"room as string", `{"roomId":"1","type":"text","body":{"text":"x"}}`, "Invalid params: roomId must be a number, not a string"},
		{"room with fraction", `{"roomId":1.5,"type":"text","body":{"text":"x"}}`, "Invalid params: roomId must be a whole number"},
		{"room beyond 64 bits", `{"roomId":9223372036854775808,"type":"text","body":{"text":"x"}}`, "Invalid params: the body holds a number beyond 64 bits"},
		{"another room", `{"roomId":65000000000000000,"type":"text","body":{"text":"x"}}`, "Room user not found"},
		{"no type", fmt.Sprintf(`{"roomId":%d,"body":{"text":"x"}}`, r.room.ID), "Invalid params: type must be given"},
		{"unknown type", fmt.Sprintf(`{"roomId":%d,"type":"poem","body":{"text":"x"}}`, r.room.ID), "Invalid type"},
		{"no body", `{` + ok + `}`, "Invalid params: body must be given"},
		{"body is an array", `{` + ok + `,"body":[1]}`, "Invalid params: body must be an object"},
		{"body is other text", `{` + ok + `,"body":"hello"}`, "Invalid params: body is a string that"},
		{"body holds an array", `{` + ok + `,"body":"[1]"}`, "Invalid params: body is a string that"},
		{"body holds a key twice", `{` + ok + `,"body":"{\"text\":\"a\",\"text\":\"b\"}"}`, "Invalid params: body is a string that"},
		{"body holds NUL", `{` + ok + `,"body":"{\"text\":\"\\u0000\"}"}`, "Invalid params: the body holds a NUL"},
		{"no text", `{` + ok + `,"body":{}}`, "Text is missing"},
		{"empty text", `{` + ok + `,"body":{"text":""}}`, "Text is missing"},
		{"null text", `{` + ok + `,"body":{"text":null}}`, "Text is missing"},
		{"text is a number", `{` + ok + `,"body":{"text":1}}`, "Text is missing"},
		{"long text", `{` + ok + `,"body":{"text":"` + strings.Repeat("ä", 32769) + `"}}`, "body.text is too long: it has 65538 bytes, at most 65536"},
		{"reply target", `{` + ok + `,"body":{"text":"x"},"replyId":77}`, "there is no message with replyId"},
		{"reply as string", `{` + ok + `,"body":{"text":"x"},"replyId":"1"}`, "Invalid params: replyId must be a number"},
		{"reply 0", `{` + ok + `,"body":{"text":"x"},"replyId":0}`, "Invalid params: replyId must be"},
		{"local id with fraction", `{` + ok + `,"body":{"text":"x"},"localId":1.0}`, "Invalid params: localId must be a string or a whole"},
		{"empty local id", `{` + ok + `,"body":{"text":"x"},"localId":""}`, "Invalid params: localId must have 1 to 200"},
		{"long local id", `{` + ok + `,"body":{"text":"x"},"localId":"` + strings.Repeat("ä", 201) + `"}`, "Invalid params: localId must have 1 to 200"},
		{"local id is true", `{` + ok + `,"body":{"text":"x"},"localId":true}`, "Invalid params: localId must be a string or"},
		{"not JSON", `roomId=1`, "Invalid params: the body is not valid JSON"},
		{"cut off", `{` + ok, "Invalid params: the body is not valid JSON: it ends too early"},
		{"an array", `[1]`, "Invalid params: the body must be a JSON object, not an array"},
		{"trailing", `{` + ok + `,"body":{"text":"x"}} x`, "Invalid params: the body is not valid JSON"},
		{"a key twice", `{` + ok + `,"type":"text","body":{"text":"x"}}`, `Invalid params: the key "type" is given twice`},
		{"a key twice inside", `{` + ok + `,"body":{"text":"x","a":{"b":1,"b":2}}}`, `Invalid params: the key "b" is given twice`},
		{"invalid UTF-8", `{` + ok + `,"body":{"text":"` + "\xff" + `"}}`, "Invalid params: the body is not valid JSON: invalid UTF-8"},
		{"half a surrogate", `{` + ok + `,"body":{"text":"\ud800"}}`, "Invalid params: the body is not valid JSON"},
		{"NUL", `{` + ok + `,"body":{"text":"a\u0000b"}}`, "Invalid params: the body holds a NUL"},
		{"NUL in a key", `{` + ok + `,"body":{"text":"a","\u0000":1}}`, "Invalid params: the body holds a NUL"},
		{"deep", `{` + ok + `,"body":{"text":"a","d":` + deep + `}}`, "Invalid params: the body nests deeper than 32 levels"},
		{"a number no float holds", `{` + ok + `,"body":{"text":"a","n":1e400}}`, "Invalid params: the body holds a number beyond 64 bits"},
	} {
		t.Run(c.name, func(t *testing.T) { wantError(t, r.post(c.body), 400, c.begins) })
	}
	if list := data[api.MessageList](t, r.as("GET", fmt.Sprintf("/api/messenger/messages/roomId/%d", r.room.ID), "")); list.Count != 0 {
		t.Errorf("%d messages were stored", list.Count)
	}
}

// Keys that clients decode have the type that these take, whoever posts them and
// how, as a message that apps cannot read stops them from reading others.
func TestKeysThatClientsRead(t *testing.T) {
	r := newRig(t)
	text := func(more string) string {
		return fmt.Sprintf(`{"roomId":%d,"type":"text","body":{"text":"x",%s}}`, r.room.ID, more)
	}
	for _, good := range []string{
		`"type":"t","subject":"s","subjectId":5,"objects":["x"],"objectIds":[1,-2],"fileId":7,"thumbnailData":{"title":"T","image":null,"x":[]}`,
		`"type":null,"subject":null,"subjectId":null,"objects":null,"objectIds":null,"fileId":null,"thumbId":null,"thumbnailData":null`,
	} {
		m := data[api.PostedData](t, r.post(text(good))).Message
		if want := `{"text":"x",` + good + `}`; string(m.Body) != want {
			t.Errorf("the body is %s, want %s", m.Body, want)
		}
	}
	file := func(more string) string {
		return fmt.Sprintf(`{"roomId":%d,"type":"file","body":{"fileId":1,%s}}`, r.room.ID, more)
	}
	for _, c := range []struct{ body, begins string }{
		{text(`"fileId":"x"`), "body.fileId must be a whole number below 2^31, as clients read it"},
		{text(`"thumbId":1.5`), "body.thumbId must be a whole number"},
		{text(`"type":5`), "body.type must be a string, not a number, as clients read it"},
		{text(`"subject":{"x":1}`), "body.subject must be a string"},
		{text(`"subjectId":"5"`), "body.subjectId must be a whole number"},
		{text(`"subjectId":2147483648`), "body.subjectId must be a whole number below 2^31"},
		{text(`"objects":"x"`), "body.objects must be an array"},
		{text(`"objects":["x",5]`), "body.objects.1 must be a string"},
		{text(`"objects":[null]`), "body.objects.0 must be a string"},
		{text(`"objectIds":["5"]`), "body.objectIds.0 must be a whole number"},
		{text(`"objectIds":[null]`), "body.objectIds.0 must be a whole number"},
		{text(`"thumbnailData":"x"`), "body.thumbnailData must be an object"},
		{text(`"thumbnailData":{"title":{}}`), "body.thumbnailData.title must be a string"},
		{fmt.Sprintf(`{"roomId":%d,"type":"text","body":"{\"text\":\"x\",\"subject\":5}"}`, r.room.ID), "body.subject must be a string"},
		{file(`"text":5`), "body.text must be a string, not a number, as clients read it"},
		{file(`"objects":[5]`), "body.objects.0 must be a string"},
	} {
		wantError(t, r.post(c.body), 400, "Invalid params: "+c.begins)
	}
}

func TestPostRequestForm(t *testing.T) {
	r := newRig(t)
	good := r.text("x")
	wantError(t, r.do("POST", "/api/messaging/messages", good), 401, "No access token")
	wantError(t, r.do("POST", "/api/messaging/messages", good, "accesstoken: nobody"), 401, "Invalid access token")
	wantError(t, r.do("POST", "/api/messaging/messages", good, "accesstoken: "+r.owner.Token), 401, "Invalid access token")
	wantError(t, r.do("POST", "/api/messaging/messages", good, "Cookie: spika_session="+r.key.Secret), 401, "No access token")
	wantError(t, r.post(good, "Content-Type: text/plain"), 400, "Invalid params: the body must be JSON")
	wantError(t, r.post(good, "Content-Type: application/x-www-form-urlencoded"), 400, "Invalid params: the body must be JSON")
	wantError(t, r.post(good, "Content-Type: application/json; charset=latin1"), 400, "Invalid params: the body must be in UTF-8")
	wantError(t, r.post(good, "Content-Encoding: gzip"), 400, "Invalid params: the body must be sent without")
	wantError(t, r.post("", "Content-Type: application/json"), 400, "Invalid params: the body is empty")
	wantError(t, r.post(r.text(strings.Repeat("x", 256<<10))), 413, "The request's body is too large")
	data[api.PostedData](t, r.post(good, "Content-Type: Application/JSON; charset=UTF-8"))
	data[api.PostedData](t, r.do("POST", "/API/Messaging/messages/", good, "Content-Type: application/json", "Authorization: bearer "+r.key.Secret))
}

func TestPostExactlyOnce(t *testing.T) {
	r := newRig(t)
	withID := func(text, id string) string {
		return fmt.Sprintf(`{"roomId":%d,"type":"text","body":%s,"localId":%s}`, r.room.ID, text, id)
	}
	first := r.post(withID(`{"text":"a","x":{"p":1,"q":2}}`, `5`))
	id := data[api.PostedData](t, first).Message.ID
	if first.header.Get("Idempotent-Replay") != "" {
		t.Error("a first post said it was a replay")
	}
	for _, again := range []string{
		withID(`{"text":"a","x":{"p":1,"q":2}}`, `5`),
		withID(`{ "x": {"q":2, "p":1}, "text":"\u0061" }`, `"5"`), // the same, written otherwise
		withID(`"{\"text\":\"a\",\"x\":{\"p\":1,\"q\":2}}"`, `5`),
	} {
		got := r.post(again)
		m := data[api.PostedData](t, got).Message
		if m.ID != id || string(m.LocalID) != "5" || got.header.Get("Idempotent-Replay") != "true" {
			t.Errorf("%s: got %s", again, got.body)
		}
	}
	wantError(t, r.post(withID(`{"text":"b"}`, `5`)), 409, fmt.Sprintf("localId or Idempotency-Key was already used for message %d", id))
	wantError(t, r.post(r.text("c"), "Idempotency-Key: "+strings.Repeat("k", 201)), 400, "Invalid params: the header Idempotency-Key")
	wantError(t, r.post(r.text("c"), "Idempotency-Key: \xff"), 400, "Invalid params: the header Idempotency-Key")
	wantError(t, r.post(r.text("c"), "Idempotency-Key: "), 400, "Invalid params: the header Idempotency-Key")
	one := data[api.PostedData](t, r.post(withID(`{"text":"c"}`, `6`), "Idempotency-Key: k1")).Message
	two := data[api.PostedData](t, r.post(withID(`{"text":"c"}`, `7`), "Idempotency-Key: k1")).Message
	if one.ID != two.ID {
		t.Error("Idempotency-Key must go before localId")
	}
}

func TestPostRace(t *testing.T) {
	r := newRig(t)
	body := strings.Replace(r.text("once"), "}}", `},"localId":"race"}`, 1)
	replies := make([]reply, 16)
	var wg sync.WaitGroup
	for i := range replies {
		wg.Go(func() { replies[i] = r.post(body) })
	}
	wg.Wait()
	first, fresh := data[api.PostedData](t, replies[0]).Message.ID, 0
	for _, got := range replies {
		if id := data[api.PostedData](t, got).Message.ID; id != first {
			t.Errorf("got messages %d and %d", first, id)
		}
		if got.header.Get("Idempotent-Replay") == "" {
			fresh++
		}
	}
	if fresh != 1 {
		t.Errorf("%d replies say they stored the message", fresh)
	}
}

func TestKeyUseIsNoted(t *testing.T) {
	r := newRig(t)
	path := fmt.Sprintf("/api/messenger/api-keys/roomId/%d", r.room.ID)
	if keys := data[api.APIKeyList](t, r.as("GET", path, "")).APIKeys; keys[0].LastUsedAt != nil {
		t.Error("used before its first post")
	}
	data[api.PostedData](t, r.post(r.text("x")))
	if keys := data[api.APIKeyList](t, r.as("GET", path, "")).APIKeys; keys[0].LastUsedAt == nil || keys[0].Token != r.key.Secret {
		t.Errorf("got %+v", keys[0])
	}
}
