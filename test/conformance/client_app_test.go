package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"spika/api"
)

// Today's mobile apps drop a whole reply when one thing in it is not as they
// decode it. What follows looks for that in every reply and event.

// thing is what an app takes a JSON object for.
type thing string

const (
	aRoom    thing = "Room"
	aMember  thing = "RoomUser"
	aUser    thing = "User"
	aMessage thing = "Message"
	aRecord  thing = "MessageRecord"
	aCount   thing = "RecordMessage" // of a record that is synced
	aFile    thing = "File"
	aFileRef thing = "MessageFile"
	aMeta    thing = "MetaData"
	anything thing = ""
)

// needs are what a thing must have, and of which type it must be. Numbers named
// id are 32 bits in Android's apps, but for those of records.
var needs = map[thing]map[string]string{
	aRoom: {
		"id": "id", "type": "string", "createdAt": "number", "modifiedAt": "number", "muted": "bool", "users": "array",
		"deleted": "bool", "unreadCount": "number", "pinned": "bool", "name": "string?", "avatarFileId": "id?",
	},
	aMember: {"userId": "id", "user": "object", "roomId": "id", "isAdmin": "bool"},
	aUser:   {"id": "id", "createdAt": "number", "modifiedAt": "number", "avatarFileId": "id?", "displayName": "string?", "deleted": "bool", "isBot": "bool"},
	aMessage: {
		"createdAt": "number", "modifiedAt": "number", "fromUserId": "id", "roomId": "id", "deleted": "bool", "isForwarded": "bool",
		"type": "string", "id": "id", "body": "object", "localId": "string?", "replyId": "id?", "totalUserCount": "id",
		"deliveredCount": "id", "seenCount": "id",
	},
	aRecord: {"id": "number", "messageId": "id", "userId": "id", "createdAt": "number", "isDeleted": "bool", "type": "string", "reaction": "string?"},
	aFile: {
		"id": "id", "fileName": "string", "size": "number", "mimeType": "string", "type": "string", "relationId": "id?", "clientId": "string",
		"path": "string", "metaData": "object", "createdAt": "number",
	},
	aFileRef: {"id": "id", "fileName": "string", "mimeType": "string", "size": "number", "metaData": "object"},
	aMeta:    {"width": "number", "height": "number", "duration": "number"},
	aCount:   {"id": "id", "totalUserCount": "id", "deliveredCount": "id", "seenCount": "id", "roomId": "id"},
}

// bodyKeys are the keys of a message's body that apps decode, whoever put them
// there. They can be left out or null.
var bodyKeys = map[string]string{
	"text": "string", "fileId": "number", "thumbId": "number", "type": "string", "subject": "string", "subjectId": "int",
	"objects": "strings", "objectIds": "ints", "thumbnailData": "object",
}

// inside are the things that are found under a key, alone or in a list.
var inside = map[string]thing{
	"room": aRoom, "rooms": aRoom, "newRooms": aRoom, "recentGroupChats": aRoom, "groupMessageRoomList": aRoom,
	"user": aUser, "users": aUser, "blockedUsers": aUser, "recentUserChats": aUser,
	"message": aMessage, "messages": aMessage, "lastMessage": aMessage, "referenceMessage": aMessage,
	"messageRecord": aRecord, "messageRecords": aRecord, "file": aFile, "metaData": aMeta,
}

// lists are the things that an operation lists.
var lists = map[string]thing{
	"listRooms": aRoom, "syncRooms": aRoom, "listContacts": aUser, "matchContacts": aUser, "syncUsers": aUser, "listPeople": aUser,
	"listMessages": aMessage, "syncMessages": aMessage, "syncModifiedMessages": aMessage, "syncMessageRecords": aRecord,
}

// fit checks one value.
func fit(want string, v any, there bool) bool {
	kind, optional := strings.CutSuffix(want, "?")
	if optional && v == nil {
		return there
	}
	switch kind {
	case "id":
		n, ok := integer(v)
		return ok && n >= 0 && n <= math.MaxInt32
	case "int":
		n, ok := integer(v)
		return ok && n >= math.MinInt32 && n <= math.MaxInt32
	case "number":
		n, ok := integer(v)
		return ok && n >= 0 && n < 1<<53
	case "string":
		_, ok := v.(string)
		return ok
	case "bool":
		_, ok := v.(bool)
		return ok
	case "array", "strings", "ints":
		items, ok := v.([]any)
		of, isList := strings.CutSuffix(kind, "s")
		return ok && (!isList || !slices.ContainsFunc(items, func(item any) bool { return !fit(of, item, true) }))
	}
	_, ok := v.(map[string]any)
	return ok
}

// app is a look at one reply or event.
type app struct {
	list   thing // what is in "list"
	faults []string
}

// look looks at a value that stands at a path.
func (a *app) look(at string, is thing, v any) {
	switch v := v.(type) {
	case []any:
		for i, item := range v {
			a.look(fmt.Sprintf("%s[%d]", at, i), is, item)
		}
	case map[string]any:
		a.lookInto(at, is, v)
	}
}

func (a *app) lookInto(at string, is thing, v map[string]any) {
	for key, want := range needs[is] {
		if value, there := v[key]; !fit(want, value, there) {
			a.faults = append(a.faults, fmt.Sprintf("%s.%s of a %s is %s, not %s", at, key, is, show(value), want))
		}
	}
	if kind, _ := v["type"].(string); is == aRoom && kind != api.RoomPrivate && kind != api.RoomGroup {
		a.faults = append(a.faults, fmt.Sprintf("%s.type is %q", at, kind))
	}
	for key, value := range v {
		switch {
		case key == "list":
			a.look(at+".list", a.list, value)
		case key == "body": // of a message
			body, _ := value.(map[string]any)
			kind, _ := v["type"].(string)
			a.lookIntoBody(at+".body", kind, body)
		case is == aRoom && key == "users":
			a.look(at+".users", aMember, value)
		case is == aRecord && key == "message":
			a.look(at+".message", aCount, value)
		default:
			a.look(at+"."+key, inside[key], value)
		}
	}
}

// lookIntoBody looks at the body of a message of a type. Apps show a file by what
// is under file and thumb, and by the ids beside them. What they do not know is
// the sender's.
func (a *app) lookIntoBody(at, kind string, body map[string]any) {
	for key, want := range bodyKeys {
		if value := body[key]; value != nil && !fit(want, value, true) {
			a.faults = append(a.faults, fmt.Sprintf("%s.%s is %s, not %s", at, key, show(value), want))
		}
	}
	brings := slices.Contains([]string{"image", "audio", "video", "file"}, kind)
	for key, id := range map[string]string{"file": "fileId", "thumb": "thumbId"} {
		ref, _ := body[key].(map[string]any)
		switch wanted := brings && (key == "file" || body[id] != nil); {
		case wanted && (ref == nil || show(ref["id"]) != show(body[id])):
			a.faults = append(a.faults, fmt.Sprintf("%s.%s is %s, and %s is %s", at, key, show(body[key]), id, show(body[id])))
		case !wanted && body[key] != nil:
			a.faults = append(a.faults, fmt.Sprintf("%s.%s is %s in a message of the type %q", at, key, show(body[key]), kind))
		}
		a.look(at+"."+key, aFileRef, body[key])
	}
	a.look(at+".referenceMessage", aMessage, body["referenceMessage"])
}

// appFaults gives what an app would drop a success for: data is what it holds.
func appFaults(operation string, data any) []string {
	a := app{list: lists[operation]}
	fields, _ := data.(map[string]any)
	want := map[string]string{}
	switch {
	case strings.HasPrefix(operation, "sync"):
		want = map[string]string{"list": "array", "limit": "number", "count": "number", "hasNext": "bool"}
	case operation == "getSettings":
		want = map[string]string{"teamMode": "bool"}
	case operation == "listBlocks":
		want = map[string]string{"blockedUsers": "array"}
	}
	for key, kind := range want {
		if value, there := fields[key]; !fit(kind, value, there) {
			a.faults = append(a.faults, fmt.Sprintf("data.%s of %s is %s, not %s", key, operation, show(value), kind))
		}
	}
	a.look("data", anything, data)
	slices.Sort(a.faults)
	return a.faults
}

// eventFaults gives what an app would drop an event for.
func eventFaults(event any) []string {
	a := app{}
	a.look("event", anything, event)
	slices.Sort(a.faults)
	return a.faults
}

// decoded reads JSON with its numbers as they are written; nil if it is none.
func decoded(text []byte) any {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return nil
	}
	return v
}

// forApps reports what apps cannot read in a reply of the messenger's.
func (r reply) forApps(t testing.TB) {
	t.Helper()
	messenger := r.op != nil && (strings.HasPrefix(r.op.path, "/api/messenger/") || strings.HasPrefix(r.op.path, "/api/upload/"))
	if !messenger || r.status != 200 || r.op.id == "probeSession" { // which is for tools
		return
	}
	envelope, _ := decoded(r.body).(map[string]any)
	for _, fault := range appFaults(r.op.id, envelope["data"]) {
		t.Errorf("%s: %s", r.what, fault)
	}
}

// TestAppFaults proves that what apps cannot read is found.
func TestAppFaults(t *testing.T) {
	const user = `{"id":1,"createdAt":1,"modifiedAt":1,"avatarFileId":0,"displayName":null,"deleted":false,"isBot":false}`
	const message = `{"id":1,"createdAt":1,"modifiedAt":1,"fromUserId":1,"roomId":1,"deleted":false,"isForwarded":false,"type":"text",
		"body":{"text":"x","id":"the sender's"},"localId":null,"replyId":null,"totalUserCount":1,"deliveredCount":1,"seenCount":1}`
	const meta = `"metaData":{"width":1,"height":1,"duration":0}`
	const picture = `{"id":1,"createdAt":1,"modifiedAt":1,"fromUserId":1,"roomId":1,"deleted":false,"isForwarded":false,"type":"image",
		"body":{"fileId":7,"file":{"id":7,"fileName":"a.png","mimeType":"image/png","size":5,` + meta + `},
		"thumbId":8,"thumb":{"id":8,"fileName":"b.jpg","mimeType":"image/jpeg","size":4,` + meta + `},"text":"","objects":["x"],"objectIds":[1]},
		"localId":null,"replyId":null,"totalUserCount":1,"deliveredCount":1,"seenCount":1}`
	const file = `{"id":7,"fileName":"a.png","size":5,"mimeType":"image/png","type":"image","relationId":null,"clientId":"x","path":"/x","createdAt":1,` + meta + `}`
	const room = `{"id":1,"type":"group","createdAt":1,"modifiedAt":1,"muted":false,"deleted":false,"unreadCount":0,"pinned":false,"name":"x","avatarFileId":0,
		"users":[{"userId":1,"user":` + user + `,"roomId":1,"isAdmin":true}]}`
	const record = `{"id":4503599627370496,"messageId":1,"userId":1,"createdAt":1,"isDeleted":false,"type":"seen","reaction":null}`
	sync := func(item string) string { return `{"list":[` + item + `],"limit":1,"count":1,"hasNext":false}` }
	synced := strings.TrimSuffix(record, "}") + `,"message":{"id":1,"totalUserCount":1,"deliveredCount":1,"seenCount":1,"roomId":1}}`
	for _, c := range []struct{ operation, data string }{
		{"syncRooms", sync(room)}, {"syncUsers", sync(user)}, {"syncMessages", sync(message)}, {"syncMessageRecords", sync(synced)},
		{"getRoom", `{"room":` + room + `}`}, {"getMe", `{"user":` + user + `}`}, {"postMessage", `{"message":` + message + `}`},
		{"listHistory", `{"list":[{"roomId":1,"lastMessage":` + message + `}]}`}, {"listBlocks", `{"blockedUsers":[` + user + `]}`},
		{"syncMessages", sync(picture)}, {"forwardMessages", `{"messages":[` + picture + `],"newRooms":[]}`}, {"finishUpload", `{"file":` + file + `}`},
		{"getSettings", `{"teamMode":true}`}, {"createMessageRecord", `{"messageRecord":` + record + `}`},
	} {
		good := decoded([]byte(c.data))
		if faults := appFaults(c.operation, good); len(faults) > 0 {
			t.Errorf("%s: finds %q where there is nothing", c.operation, faults)
		}
		for _, change := range [][2]string{
			{`"createdAt":1`, `"createdAt":"2026"`}, {`"createdAt":1,`, ``}, {`"deleted":false`, `"deleted":null`}, {`"users":[`, `"members":[`},
			{`"fromUserId":1`, `"fromUserId":2147483648`}, {`"isDeleted":false,`, ``}, {`"type":"group"`, `"type":"custom"`}, {`"hasNext":false`, `"more":false`},
			{`"roomId":1,"isAdmin"`, `"isAdmin"`}, {`"teamMode":true`, `"teamMode":"true"`}, {`"seenCount":1,"roomId":1`, `"seenCount":1`}, {`"isForwarded":false,`, ``},
			{`"id":8,"fileName"`, `"id":9,"fileName"`}, {`"fileId":7,`, ``}, {`"fileId":7`, `"fileId":8`}, {`"mimeType":"image/jpeg",`, ``}, {`"size":5`, `"size":"5"`},
			{`"width":1,`, ``}, {`"duration":0`, `"duration":0.5`}, {`"fileName":"a.png"`, `"fileName":null`}, {`"thumb":`, `"small":`}, {`"text":""`, `"text":5`},
			{`"objects":["x"]`, `"objects":[1]`}, {`"objectIds":[1]`, `"objectIds":["1"]`}, {`"path":"/x"`, `"path":null`}, {`"isForwarded":false,"type":"image"`, `"isForwarded":false,"type":"text"`},
		} {
			bad := strings.Replace(c.data, change[0], change[1], 1)
			if bad != c.data && len(appFaults(c.operation, decoded([]byte(bad)))) == 0 {
				t.Errorf("%s: finds nothing in %s", c.operation, bad)
			}
		}
	}
	reply := strings.Replace(message, `"body":{`, `"body":{"referenceMessage":{"id":1},`, 1)
	if len(eventFaults(decoded([]byte(`{"type":"NEW_MESSAGE","message":`+reply+`}`)))) == 0 {
		t.Error("finds nothing in a message that is answered")
	}
}
