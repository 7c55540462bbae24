package server_test

import (
	"testing"

	"spika/api"
	"spika/client"
	"spika/internal/server/servertest"
)

func TestPostIsSeenLive(t *testing.T) {
	s := servertest.Start(t, servertest.Options{})
	for e, err := range s.Bob.Events(t.Context(), client.EventOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
		t.Log(e.ID, e.Type)
		switch e.Type {
		case api.EventPing:
			posted, err := s.Bot.Post(t.Context(), client.Draft{RoomID: s.RoomID, Text: "hi"})
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%+v", posted)
		case api.EventNewMessage:
			return
		}
	}
}
