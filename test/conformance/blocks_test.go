package conformance

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"spika/api"
)

func blockChecks() []check {
	return []check{
		{"block and unblock", blocksUse},
		{"refusals", blocksRefusals},
		{"in a room", blocksRoom},
		{"as older clients send it", blocksOlder},
	}
}

// block has p block someone and gives the block.
func (p person) block(t testing.TB, other person) api.Block {
	t.Helper()
	return *data[api.BlockData](t, p.post(t, "/blocks", object{"blockedId": other.ID})).Block
}

// blocks lists the ids of those whom p blocks.
func (p person) blocks(t testing.TB) []int64 {
	t.Helper()
	out := []int64{}
	for _, u := range data[api.BlockedUsers](t, p.get(t, "/blocks")).BlockedUsers {
		out = append(out, u.ID)
	}
	return out
}

func blocksUse(t *testing.T, s *target) {
	p := s.persons(t, "Ann", "Ben", "Cy")
	ann, ben, cy := p[0], p[1], p[2]
	r := ann.post(t, "/blocks", object{"blockedId": cy.ID})
	golden(t, "createBlock", r, map[string]any{"ann": ann.ID, "whom": cy.ID})
	first := *data[api.BlockData](t, r).Block
	if again := ann.block(t, cy); again != first {
		t.Errorf("blocking again gives %+v, not %+v", again, first)
	}
	golden(t, "listBlocks", ann.get(t, "/blocks"), cy)
	ann.block(t, ben)
	if got := ann.blocks(t); !slices.Equal(got, []int64{cy.ID, ben.ID}) {
		t.Errorf("Ann blocks %v", got)
	}
	if got := cy.blocks(t); len(got) != 0 {
		t.Errorf("Cy blocks %v", got)
	}
	s.sub(t, "nobody ends another's block", func(t *testing.T) {
		cy.delete(t, "/blocks/%d", first.ID).ok(t)
		ben.delete(t, "/blocks/userId/%d", cy.ID).ok(t)
		if got := ann.blocks(t); len(got) != 2 {
			t.Errorf("Ann blocks %v", got)
		}
	})
	golden(t, "deleteBlock", ann.delete(t, "/blocks/%d", first.ID), nil)
	if got := ann.blocks(t); !slices.Equal(got, []int64{ben.ID}) {
		t.Errorf("Ann blocks %v", got)
	}
	golden(t, "deleteBlockOf", ann.delete(t, "/blocks/userId/%d", ben.ID), nil)
	if got := ann.blocks(t); len(got) != 0 {
		t.Errorf("Ann blocks %v", got)
	}
	s.sub(t, "unblocking again", func(t *testing.T) {
		golden(t, "deleteBlock", ann.delete(t, "/blocks/%d", first.ID), nil)
		golden(t, "deleteBlockOf", ann.delete(t, "/blocks/userId/%d", ben.ID), nil)
		golden(t, "deleteBlockOf", ann.delete(t, "/blocks/userId/99999999999999999999"), nil)
	})
}

func blocksRefusals(t *testing.T, s *target) {
	ann := s.person(t, "Ann")
	for name, body := range map[string]string{
		"nothing": `{}`, "null": `{"blockedId":null}`, "text": `{"blockedId":"not valid"}`, "zero": `{"blockedId":0}`,
		"a fraction": `{"blockedId":1.5}`, "a list": `{"blockedId":[1]}`, "oneself": fmt.Sprintf(`{"blockedId":%d}`, ann.ID),
	} {
		s.sub(t, name, func(t *testing.T) {
			ann.post(t, "/blocks", body).fails(t, http.StatusBadRequest, "blockedId must be number")
		})
	}
	for _, body := range []string{`{"blockedId":1099511627776}`, `{"blockedId":"99999999999999999999"}`, `{"blockedId":65000000000000000}`} {
		ann.post(t, "/blocks", body).fails(t, http.StatusNotFound, "there is no user with that blockedId")
	}
	ann.post(t, "/blocks", object{"x": repeat(maxBody)}).fails(t, http.StatusRequestEntityTooLarge, "The request's body is too large")
	for _, id := range []string{"x", "0", "-1", "1.5"} {
		ann.delete(t, "/blocks/%s", id).fails(t, http.StatusBadRequest, "id must be number")
		ann.delete(t, "/blocks/userId/%s", id).fails(t, http.StatusBadRequest, "blockId must be number")
		ann.get(t, "/blocks/rooms/%s", id).fails(t, http.StatusBadRequest, "roomId must be number")
	}
	crossOriginRefused(t, s, ann, "POST", "/blocks")
	crossOriginRefused(t, s, ann, "DELETE", "/blocks/1")
	crossOriginRefused(t, s, ann, "DELETE", "/blocks/userId/1")
}

// crossOriginRefused checks that a page of another origin cannot use a browser's
// session for a write.
func crossOriginRefused(t *testing.T, s *target, p person, method, path string) {
	t.Helper()
	r := s.do(t, request{method: method, path: "/api/messenger" + path, body: `{}`, header: []string{
		"Cookie: spika_session=" + p.Token, "Origin: https://elsewhere.example", "Sec-Fetch-Site: cross-site",
	}})
	r.fails(t, http.StatusForbidden, "Forbidden")
}

func blocksRoom(t *testing.T, s *target) {
	p := s.persons(t, "Ann", "Ben")
	ann, ben := p[0], p[1]
	room := ann.private(t, ben)
	none := func(who person, room any) {
		t.Helper()
		if got := data[api.BlockData](t, who.get(t, "/blocks/rooms/%v", room)).Block; got != nil {
			t.Errorf("the block is %+v", got)
		}
	}
	none(ann, room)
	block := ann.block(t, ben)
	golden(t, "getRoomBlock", ann.get(t, "/blocks/rooms/%d", room), block)
	none(ben, room)
	group := ann.room(t, "Group", ben)
	none(ann, group)
	none(s.person(t, "Cy"), room)
	none(ann, "99999999999999999999")
	ann.delete(t, "/blocks/userId/%d", ben.ID).ok(t)
	none(ann, room)
}

func blocksOlder(t *testing.T, s *target) {
	p := s.persons(t, "Ann", "Ben", "Cy")
	ann, ben, cy := p[0], p[1], p[2]
	ann.post(t, "/blocks", object{"blockedId": fmt.Sprint(ben.ID)}).ok(t)
	form := strings.NewReader(fmt.Sprintf("blockedId=%d&more=1", cy.ID))
	s.do(t, request{
		method: "POST", path: "/api/messenger/blocks/", token: ann.Token, body: form,
		header: []string{"Content-Type: application/x-www-form-urlencoded"},
	}).ok(t)
	if got := ann.blocks(t); !slices.Equal(got, []int64{ben.ID, cy.ID}) {
		t.Errorf("Ann blocks %v", got)
	}
}
