package chat_test

import (
	"testing"

	"spika/internal/chat"
)

func TestSearchIsBounded(t *testing.T) {
	tm := newTeam(t)
	want := tm.post(by(tm.owner), tm.general, "a Needle").ID
	tm.fill(tm.general, 20_001)
	req := chat.SearchRequest{RoomID: tm.general, Keyword: "NEEDLE", Limit: chat.SearchSize}
	first := must(tm.svc.Search(tm.ctx, tm.owner, req))(t)
	if len(first.List) != 0 || first.Next == 0 {
		t.Fatalf("found %v, next %d", first.List, first.Next)
	}
	req.Before = first.Next
	second := must(tm.svc.Search(tm.ctx, tm.owner, req))(t)
	if len(second.List) != 1 || second.List[0].ID != want || second.Next != 0 {
		t.Errorf("found %v, next %d", second.List, second.Next)
	}
}
