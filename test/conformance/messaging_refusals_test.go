package conformance

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"spika/api"
)

func messagingRefusals(t *testing.T, s *target) {
	c := s.chat(t)
	deep := strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40)
	for _, row := range []struct{ name, body, begins string }{
		// The text as a whole.
		{"an empty body", ``, "Invalid params: the body is empty"},
		{"no JSON", `roomId=ROOM&type=text`, "Invalid params: the body is not valid JSON"},
		{"cut short", `{"roomId":ROOM,"type":"text","body":{"text":"a"}`, "Invalid params: the body is not valid JSON"},
		{"garbage behind it", `{"roomId":ROOM,"type":"text","body":{"text":"a"}} x`, "Invalid params: the body is not valid JSON"},
		{"a second object", `{"roomId":ROOM,"type":"text","body":{"text":"a"}}{}`, "Invalid params: the body is not valid JSON"},
		{"a comma too many", `{"roomId":ROOM,"type":"text","body":{"text":"a"},}`, "Invalid params: the body is not valid JSON"},
		{"single quotes", `{'roomId':ROOM,'type':'text','body':{'text':'a'}}`, "Invalid params: the body is not valid JSON"},
		{"a byte order mark", "\xef\xbb\xbf" + `{"roomId":ROOM,"type":"text","body":{"text":"a"}}`, "Invalid params: the body is not valid JSON"},
		{"an array", `[{"roomId":ROOM,"type":"text","body":{"text":"a"}}]`, "Invalid params: the body must be a JSON object"},
		{"a string", `"text"`, "Invalid params: the body must be a JSON object"},
		{"null", `null`, "Invalid params: the body must be a JSON object"},
		{"invalid UTF-8", `{"roomId":ROOM,"type":"text","body":{"text":"a` + "\xff" + `b"}}`, "Invalid params: the body is not valid JSON"},
		{"invalid UTF-8 in a key", `{"roomId":ROOM,"type":"text","body":{"text":"a","` + "\xc3" + `":1}}`, "Invalid params: the body is not valid JSON"},
		{"half a surrogate", `{"roomId":ROOM,"type":"text","body":{"text":"\ud83d"}}`, "Invalid params: the body is not valid JSON"},
		{"an escaped NUL", `{"roomId":ROOM,"type":"text","body":{"text":"a\u0000b"}}`, "Invalid params: the body holds a NUL"},
		{"an escaped NUL in a key", `{"roomId":ROOM,"type":"text","body":{"text":"a","k\u0000":1}}`, "Invalid params: the body holds a NUL"},
		{"an escaped NUL in localId", `{"roomId":ROOM,"type":"text","body":{"text":"a"},"localId":"\u0000"}`, "Invalid params: the body holds a NUL"},
		{"an escaped NUL in a body as a string", `{"roomId":ROOM,"type":"text","body":"{\"text\":\"a\\u0000\"}"}`, "Invalid params: the body holds a NUL"},
		{"a NUL byte", `{"roomId":ROOM,"type":"text","body":{"text":"a` + "\x00" + `b"}}`, "Invalid params: the body is not valid JSON"},
		{"a key twice", `{"roomId":ROOM,"roomId":ROOM,"type":"text","body":{"text":"a"}}`, `Invalid params: the key "roomId" is given twice`},
		{"a key twice in the body", `{"roomId":ROOM,"type":"text","body":{"text":"a","text":"b"}}`, `Invalid params: the key "text" is given twice`},
		{"a key twice further in", `{"roomId":ROOM,"type":"text","body":{"text":"a","x":{"y":1,"y":2}}}`, `Invalid params: the key "y" is given twice`},
		{"a key twice in a body as a string", `{"roomId":ROOM,"type":"text","body":"{\"text\":\"a\",\"text\":\"b\"}"}`, "Invalid params: body is a string that does not hold"},
		{"a key twice that nobody knows", `{"roomId":ROOM,"type":"text","body":{"text":"a"},"x":1,"x":2}`, `Invalid params: the key "x" is given twice`},
		{"deep nesting", `{"roomId":ROOM,"type":"text","body":{"text":"a","x":` + deep + `}}`, "Invalid params: the body nests deeper than 32"},
		{"deep nesting in a body as a string", `{"roomId":ROOM,"type":"text","body":"{\"text\":\"a\",\"x\":` + strings.ReplaceAll(deep, `"`, `\"`) + `}"}`,
			"Invalid params: the body nests deeper than 32"},
		{"very deep nesting", `{"roomId":ROOM,"type":"text","body":` + strings.Repeat("[", 100_000) + `}`, "Invalid params: the body nests deeper than 32"},
		{"a huge number", `{"roomId":ROOM,"type":"text","body":{"text":"a","x":9223372036854775808}}`, "Invalid params: the body holds a number beyond 64 bits"},
		{"a huge real number", `{"roomId":ROOM,"type":"text","body":{"text":"a","x":1e400}}`, "Invalid params: the body holds a number beyond 64 bits"},

		// roomId
		{"no roomId", `{"type":"text","body":{"text":"a"}}`, "Invalid params: roomId must be"},
		{"roomId null", `{"roomId":null,"type":"text","body":{"text":"a"}}`, "Invalid params: roomId must be"},
		{"roomId a string", `{"roomId":"ROOM","type":"text","body":{"text":"a"}}`, "Invalid params: roomId must be a number, not a string"},
		{"roomId a fraction", `{"roomId":ROOM.5,"type":"text","body":{"text":"a"}}`, "Invalid params: roomId must be a whole number"},
		{"roomId 0", `{"roomId":0,"type":"text","body":{"text":"a"}}`, "Invalid params: roomId must be"},
		{"roomId negative", `{"roomId":-1,"type":"text","body":{"text":"a"}}`, "Invalid params: roomId must be"},
		{"roomId true", `{"roomId":true,"type":"text","body":{"text":"a"}}`, "Invalid params: roomId must be a number"},
		{"roomId an array", `{"roomId":[ROOM],"type":"text","body":{"text":"a"}}`, "Invalid params: roomId must be a number"},
		{"roomId in another case", `{"RoomId":ROOM,"type":"text","body":{"text":"a"}}`, "Invalid params: roomId must be"},
		{"roomId in lower case", `{"roomid":ROOM,"type":"text","body":{"text":"a"}}`, "Invalid params: roomId must be"},
		{"roomId beyond 64 bits", `{"roomId":9223372036854775808,"type":"text","body":{"text":"a"}}`, "Invalid params: the body holds a number beyond 64 bits"},

		// type
		{"no type", `{"roomId":ROOM,"body":{"text":"a"}}`, "Invalid params: type must be given"},
		{"type null", `{"roomId":ROOM,"type":null,"body":{"text":"a"}}`, "Invalid params: type must be given"},
		{"type empty", `{"roomId":ROOM,"type":"","body":{"text":"a"}}`, "Invalid params: type must be given"},
		{"type a number", `{"roomId":ROOM,"type":1,"body":{"text":"a"}}`, "Invalid params: type must be a string"},
		{"type unknown", `{"roomId":ROOM,"type":"poem","body":{"text":"a"}}`, "Invalid type"},
		{"type image", `{"roomId":ROOM,"type":"image","body":{"fileId":1}}`, "Invalid fileId"},
		{"type in another case", `{"roomId":ROOM,"type":"Text","body":{"text":"a"}}`, "Invalid type"},
		{"Type for type", `{"roomId":ROOM,"Type":"text","body":{"text":"a"}}`, "Invalid params: type must be given"},

		// body
		{"no body", `{"roomId":ROOM,"type":"text"}`, "Invalid params: body must be given"},
		{"body null", `{"roomId":ROOM,"type":"text","body":null}`, "Invalid params: body must be given"},
		{"body a number", `{"roomId":ROOM,"type":"text","body":5}`, "Invalid params: body must be an object"},
		{"body an array", `{"roomId":ROOM,"type":"text","body":["a"]}`, "Invalid params: body must be an object"},
		{"body a plain string", `{"roomId":ROOM,"type":"text","body":"Hello"}`, "Invalid params: body is a string that does not hold"},
		{"body an empty string", `{"roomId":ROOM,"type":"text","body":""}`, "Invalid params: body is a string that does not hold"},
		{"body a string with an array", `{"roomId":ROOM,"type":"text","body":"[1]"}`, "Invalid params: body is a string that does not hold"},
		{"body a string in a string", `{"roomId":ROOM,"type":"text","body":"\"{}\""}`, "Invalid params: body is a string that does not hold"},
		{"text missing", `{"roomId":ROOM,"type":"text","body":{}}`, "Text is missing"},
		{"text missing in a string", `{"roomId":ROOM,"type":"text","body":"{}"}`, "Text is missing"},
		{"text empty", `{"roomId":ROOM,"type":"text","body":{"text":""}}`, "Text is missing"},
		{"text null", `{"roomId":ROOM,"type":"text","body":{"text":null}}`, "Text is missing"},
		{"text a number", `{"roomId":ROOM,"type":"text","body":{"text":1}}`, "Text is missing"},
		{"text true", `{"roomId":ROOM,"type":"text","body":{"text":true}}`, "Text is missing"},
		{"text an object", `{"roomId":ROOM,"type":"text","body":{"text":{"a":1}}}`, "Text is missing"},
		{"Text for text", `{"roomId":ROOM,"type":"text","body":{"Text":"a"}}`, "Text is missing"},

		// localId
		{"localId empty", `{"roomId":ROOM,"type":"text","body":{"text":"a"},"localId":""}`, "Invalid params: localId must have 1 to 200 characters"},
		{"localId too long", `{"roomId":ROOM,"type":"text","body":{"text":"a"},"localId":"` + repeat(201) + `"}`, "Invalid params: localId must have 1 to 200 characters"},
		{"localId a fraction", `{"roomId":ROOM,"type":"text","body":{"text":"a"},"localId":1.5}`, "Invalid params: localId must be"},
		{"localId with an exponent", `{"roomId":ROOM,"type":"text","body":{"text":"a"},"localId":1e3}`, "Invalid params: localId must be"},
		{"localId true", `{"roomId":ROOM,"type":"text","body":{"text":"a"},"localId":true}`, "Invalid params: localId must be"},
		{"localId an object", `{"roomId":ROOM,"type":"text","body":{"text":"a"},"localId":{}}`, "Invalid params: localId must be"},
		{"localId beyond 64 bits", `{"roomId":ROOM,"type":"text","body":{"text":"a"},"localId":9223372036854775808}`, "Invalid params: the body holds a number beyond 64 bits"},

		// replyId
		{"replyId a string", `{"roomId":ROOM,"type":"text","body":{"text":"a"},"replyId":"1"}`, "Invalid params: replyId must be a number"},
		{"replyId true", `{"roomId":ROOM,"type":"text","body":{"text":"a"},"replyId":true}`, "Invalid params: replyId must be a number"},
		{"replyId 0", `{"roomId":ROOM,"type":"text","body":{"text":"a"},"replyId":0}`, "Invalid params: replyId must be"},
		{"replyId negative", `{"roomId":ROOM,"type":"text","body":{"text":"a"},"replyId":-5}`, "Invalid params: replyId must be"},
	} {
		s.sub(t, row.name, func(t *testing.T) {
			c.refuses(t, http.StatusBadRequest, row.begins, func() reply {
				return c.bot.post(t, strings.ReplaceAll(row.body, "ROOM", fmt.Sprint(c.room)))
			})
		})
	}
	for _, row := range []struct {
		name   string
		header []string
	}{
		{"Idempotency-Key empty", []string{"Idempotency-Key: "}},
		{"Idempotency-Key too long", []string{"Idempotency-Key: " + repeat(201)}},
		{"Idempotency-Key twice", []string{"Idempotency-Key: a", "Idempotency-Key: b"}},
		{"Idempotency-Key not UTF-8", []string{"Idempotency-Key: a\xff"}},
	} {
		s.sub(t, row.name, func(t *testing.T) {
			c.refuses(t, http.StatusBadRequest, "Invalid params: the header Idempotency-Key", func() reply {
				return c.bot.post(t, textPost(c.room, "a"), row.header...)
			})
		})
	}
}

func messagingContentTypes(t *testing.T, s *target) {
	c := s.chat(t)
	for _, kind := range []string{"application/json", "application/json; charset=utf-8", "application/json;charset=UTF-8", "Application/JSON"} {
		s.sub(t, kind, func(t *testing.T) {
			c.bot.post(t, textPost(c.room, "a"), "Content-Type: "+kind).ok(t)
		})
	}
	for _, row := range []struct{ name, header string }{
		{"none", "Content-Type: "},
		{"text", "Content-Type: text/plain"},
		{"form", "Content-Type: application/x-www-form-urlencoded"},
		{"another JSON", "Content-Type: application/problem+json"},
		{"no type at all", "Content-Type: ;;"},
		{"another charset", "Content-Type: application/json; charset=iso-8859-1"},
		{"compressed", "Content-Encoding: gzip"},
	} {
		s.sub(t, row.name, func(t *testing.T) {
			c.refuses(t, http.StatusBadRequest, "Invalid params: the body must be", func() reply {
				return c.bot.post(t, textPost(c.room, "a"), row.header)
			})
		})
	}
}

// A key opens one room.
func messagingRooms(t *testing.T, s *target) {
	c := s.chat(t)
	other := c.ann.room(t, "Other", c.ben)
	private := c.ann.private(t, c.ben)
	for _, row := range []struct {
		name string
		room int64
	}{
		{"another room", other}, {"a private room", private}, {"no room", 1 << 40},
		{"a room beyond what ids can be", 65_000_000_000_000_000}, {"the largest number", 1<<63 - 1},
	} {
		s.sub(t, row.name, func(t *testing.T) {
			c.refuses(t, http.StatusBadRequest, "Room user not found", func() reply { return c.bot.post(t, textPost(row.room, "a")) })
		})
	}
	s.sub(t, "stored nothing there", func(t *testing.T) {
		for _, room := range []int64{other, private} {
			if got := c.ann.messages(t, room).Count; got != 0 {
				t.Errorf("room %d holds %d messages", room, got)
			}
		}
	})
	s.sub(t, "a key of a private room", func(t *testing.T) {
		b := c.ben.bot(t, private, "Helper")
		if m := b.say(t, "Hello"); m.TotalUserCount != 2 || m.RoomID != private {
			t.Errorf("got %+v", m)
		}
	})
}

func messagingDeletedRoom(t *testing.T, s *target) {
	c := s.chat(t)
	first := data[api.PostedData](t, c.bot.post(t, withLocalID(textPost(c.room, "a"), "x"))).Message
	c.ann.delete(t, "/rooms/%d", c.room).ok(t)
	c.refuses(t, http.StatusForbidden, "Room is deleted", func() reply { return c.bot.post(t, textPost(c.room, "b")) })
	c.refuses(t, http.StatusForbidden, "Room is deleted", func() reply {
		return c.ben.post(t, "/messages", textPost(c.room, "b"))
	})
	// What was stored is told again all the same: a retry must not look lost.
	r := c.bot.post(t, withLocalID(textPost(c.room, "a"), "x"))
	if got := data[api.PostedData](t, r).Message; got.ID != first.ID {
		t.Errorf("the repeat gives message %d, the first was %d", got.ID, first.ID)
	}
}

// Of several things that are wrong with a post, the first is told: its form, the
// room, the file, what it answers, what it says.
func messagingFirstFault(t *testing.T, s *target) {
	c := s.chat(t)
	const nobodys = 1 << 30
	elsewhere, private := c.ann.room(t, "Other"), c.ann.private(t, c.ben)
	c.ann.post(t, "/blocks", object{"blockedId": c.ben.ID}).ok(t)
	post := func(room int64, kind string, body object, replyTo any) object {
		out := object{"roomId": room, "type": kind, "body": body}
		if replyTo != nil {
			out["replyId"] = replyTo
		}
		return out
	}
	refuses := func(status int, begins string, bodies ...object) {
		t.Helper()
		for _, body := range bodies {
			c.refuses(t, status, begins, func() reply { return c.bot.post(t, body) })
			c.refuses(t, status, begins, func() reply { return c.ben.post(t, "/messages", body) })
		}
	}
	none, file := object{}, object{"fileId": nobodys}
	refuses(http.StatusBadRequest, "Invalid params: replyId", post(elsewhere, "text", none, true), post(elsewhere, "poem", none, 0))
	refuses(http.StatusBadRequest, "Room user not found", post(elsewhere, "text", none, nil), post(nobodys, "poem", none, nobodys), post(elsewhere, "image", file, nil))
	refuses(http.StatusBadRequest, "Invalid fileId", post(c.room, "image", file, nobodys))
	refuses(http.StatusBadRequest, "there is no message with replyId", post(c.room, "text", none, nobodys), post(c.room, "poem", none, nobodys))
	answered := c.bot.say(t, "What then?").ID
	refuses(http.StatusBadRequest, "Text is missing", post(c.room, "text", none, answered), post(c.room, "poem", none, answered))
	refuses(http.StatusBadRequest, "Invalid type", post(c.room, "poem", object{"text": "a"}, answered), post(c.room, "poem", none, nil))
	for _, body := range []object{post(private, "text", none, nil), post(private, "poem", none, nobodys), post(private, "image", none, nil)} {
		c.ann.post(t, "/messages", body).fails(t, http.StatusForbidden, "Room is blocked")
	}
	// An id that was used before does not make a post without a text another's.
	c.bot.post(t, withLocalID(textPost(c.room, "a"), "x")).ok(t)
	refuses(http.StatusBadRequest, "Text is missing", withLocalID(post(c.room, "text", none, nil), "x"))
	c.ann.delete(t, "/rooms/%d", c.room).ok(t)
	refuses(http.StatusForbidden, "Room is deleted", post(c.room, "text", none, nil), post(c.room, "poem", none, nil),
		post(c.room, "image", file, nil), post(c.room, "text", none, nobodys))
}

func withLocalID(post object, id any) object {
	post["localId"] = id
	return post
}

func withReply(post object, id int64) object {
	post["replyId"] = id
	return post
}

func messagingReplies(t *testing.T, s *target) {
	c := s.chat(t)
	first := c.ben.say(t, c.room, "Who broke it?")
	s.sub(t, "to a message of the room", func(t *testing.T) {
		m := data[api.PostedData](t, c.bot.post(t, withReply(textPost(c.room, "I did"), first.ID))).Message
		if m.ReplyID == nil || *m.ReplyID != first.ID {
			t.Errorf("replyId is %v", m.ReplyID)
		}
		listed := c.ann.messages(t, c.room).List[0]
		for where, body := range map[string][]byte{"the reply": m.Body, "the list": listed.Body} {
			got := parse[api.TextBody](t, body)
			if got.Text != "I did" || got.ReferenceMessage == nil || got.ReferenceMessage.ID != first.ID || got.ReferenceMessage.SenderName != "Ben" {
				t.Errorf("the body in %s is %s", where, body)
			}
		}
	})
	s.sub(t, "to a reply", func(t *testing.T) {
		second := data[api.PostedData](t, c.bot.post(t, withReply(textPost(c.room, "again"), first.ID))).Message
		third := data[api.PostedData](t, c.bot.post(t, withReply(textPost(c.room, "and again"), second.ID))).Message
		answered := parse[api.TextBody](t, third.Body).ReferenceMessage
		if answered == nil || answered.ID != second.ID {
			t.Fatalf("the body is %s", third.Body)
		}
		if deeper := parse[api.TextBody](t, answered.Body).ReferenceMessage; deeper != nil {
			t.Errorf("a reply shows what its target answered: %s", third.Body)
		}
	})
	other := c.ann.room(t, "Other", c.ben)
	elsewhere := c.ann.say(t, other, "in another room")
	for _, row := range []struct {
		name   string
		target int64
	}{{"to another room's message", elsewhere.ID}, {"to no message", 1 << 30}, {"to a huge id", 1<<63 - 1}} {
		s.sub(t, row.name, func(t *testing.T) {
			c.refuses(t, http.StatusBadRequest, "there is no message with replyId", func() reply {
				return c.bot.post(t, withReply(textPost(c.room, "a"), row.target))
			})
		})
	}
	s.sub(t, "without a text", func(t *testing.T) {
		c.refuses(t, http.StatusBadRequest, "Text is missing", func() reply {
			return c.bot.post(t, object{"roomId": c.room, "type": "text", "body": object{}, "replyId": first.ID})
		})
	})
}

// The limits that a server has unless its operator chose others, in bytes.
const (
	maxText = 65_536
	maxBody = 256 << 10
)

func messagingSizes(t *testing.T, s *target) {
	c := s.chat(t)
	padded := func(size int) string { // a good post of that size
		head, tail := fmt.Sprintf(`{"roomId":%d,"type":"text","body":{"text":"a"},"x":"`, c.room), `"}`
		return head + repeat(size-len(head)-len(tail)) + tail
	}
	s.sub(t, "the longest text", func(t *testing.T) {
		m := data[api.PostedData](t, c.bot.post(t, textPost(c.room, repeat(maxText)))).Message
		if got := parse[api.TextBody](t, m.Body).Text; got != repeat(maxText) {
			t.Errorf("the text comes back with %d bytes", len(got))
		}
	})
	s.sub(t, "the longest text counts bytes", func(t *testing.T) {
		c.bot.post(t, textPost(c.room, strings.Repeat("ü", maxText/2))).ok(t)
		c.refuses(t, http.StatusBadRequest, "body.text is too long", func() reply {
			return c.bot.post(t, textPost(c.room, strings.Repeat("ü", maxText/2)+"a"))
		})
	})
	s.sub(t, "a text too long", func(t *testing.T) {
		c.refuses(t, http.StatusBadRequest, "body.text is too long", func() reply { return c.bot.post(t, textPost(c.room, repeat(maxText+1))) })
	})
	s.sub(t, "the largest body", func(t *testing.T) { c.bot.post(t, padded(maxBody)).ok(t) })
	s.sub(t, "the largest body in chunks", func(t *testing.T) {
		c.bot.post(t, strings.NewReader(padded(maxBody))).ok(t)
	})
	s.sub(t, "a body too large", func(t *testing.T) {
		c.refuses(t, http.StatusRequestEntityTooLarge, "The request's body is too large", func() reply { return c.bot.post(t, padded(maxBody+1)) })
	})
	s.sub(t, "a body too large in chunks", func(t *testing.T) {
		c.refuses(t, http.StatusRequestEntityTooLarge, "The request's body is too large", func() reply {
			return c.bot.post(t, strings.NewReader(padded(maxBody+1)))
		})
	})
	s.sub(t, "a body said to be too large", func(t *testing.T) {
		c.refuses(t, http.StatusRequestEntityTooLarge, "The request's body is too large", func() reply {
			return s.raw(t, "POST", postPath, c.bot.head(), "Content-Length: 10000000\r\n\r\n")
		})
	})
	s.sub(t, "without a key", func(t *testing.T) {
		c.refuses(t, http.StatusUnauthorized, "No access token", func() reply {
			return s.do(t, request{method: "POST", path: postPath, body: padded(maxBody + 1)})
		})
	})
}

// head gives the headers of a raw post.
func (b bot) head() string {
	return "Accesstoken: " + b.Token + "\r\nContent-Type: application/json\r\nConnection: close\r\n"
}

func messagingBrokenConnections(t *testing.T, s *target) {
	c := s.chat(t)
	whole := fmt.Sprintf(`{"roomId":%d,"type":"text","body":{"text":"a"}}`, c.room)
	s.sub(t, "the body ends early", func(t *testing.T) {
		c.refuses(t, http.StatusBadRequest, "Invalid params: the body ended before it was whole", func() reply {
			return s.raw(t, "POST", postPath, c.bot.head(), "Content-Length: 1000\r\n\r\n", whole)
		})
	})
	s.sub(t, "the chunks end early", func(t *testing.T) {
		c.refuses(t, http.StatusBadRequest, "Invalid params: the body ended before it was whole", func() reply {
			return s.raw(t, "POST", postPath, c.bot.head(), "Transfer-Encoding: chunked\r\n\r\n", fmt.Sprintf("%x\r\n%s\r\n", len(whole), whole))
		})
	})
	s.sub(t, "chunks that are none", func(t *testing.T) {
		c.refuses(t, http.StatusBadRequest, "Invalid params: the body ended before it was whole", func() reply {
			return s.raw(t, "POST", postPath, c.bot.head(), "Transfer-Encoding: chunked\r\n\r\n", whole)
		})
	})
	s.sub(t, "the sender is gone", func(t *testing.T) {
		before := c.stored(t)
		for range 5 {
			hangUp(t, s, "POST "+s.at(t).Path+postPath+" HTTP/1.1\r\nHost: spika\r\n"+c.bot.head()+"Content-Length: 1000\r\n\r\n"+whole)
		}
		c.bot.say(t, "still there")
		if now := c.stored(t); now != before+1 {
			t.Errorf("the room holds %d messages, want %d", now, before+1)
		}
	})
}

// hangUp sends the beginning of a request and resets the connection.
func hangUp(t testing.TB, s *target, text string) {
	t.Helper()
	conn := s.dial(t)
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	plain := conn
	if secured, ok := conn.(*tls.Conn); ok {
		plain = secured.NetConn()
	}
	if err := plain.(*net.TCPConn).SetLinger(0); err != nil {
		t.Fatal(err)
	}
	plain.Close()
}
