package conformance

import (
	"fmt"
	"net/http"
	"regexp"
	"testing"

	"spika/api"
)

func webhookChecks() []check {
	return []check{
		{"keep", webhooksKeep},
		{"url", webhooksURL},
		{"access", webhooksAccess},
		{"refusals", webhooksRefusals},
	}
}

func webhooksPath(room int64) string { return fmt.Sprintf("/webhooks/roomId/%d", room) }

func webhookPath(hook int64) string { return fmt.Sprintf("/webhooks/%d", hook) }

var signatureForm = regexp.MustCompile(`^[A-Za-z0-9]{16}$`)

// webhook adds a webhook to a room.
func (p person) webhook(t testing.TB, room int64, url string) api.Webhook {
	t.Helper()
	hook := data[api.WebhookData](t, p.post(t, webhooksPath(room), object{"url": url})).Webhook
	p.s.secrets.add(hook.VerifySignature)
	return hook
}

func webhooksKeep(t *testing.T, s *target) {
	ann := s.person(t, "Ann")
	room := ann.room(t, "Releases")
	values := map[string]any{"room": room, "url": "https://hooks.example.org/a?b=c"}
	r := ann.post(t, webhooksPath(room), object{"url": values["url"]})
	made := data[api.WebhookData](t, r).Webhook
	s.secrets.add(made.VerifySignature)
	if !signatureForm.MatchString(made.VerifySignature) || made.CreatedAt != made.ModifiedAt {
		t.Errorf("the webhook is %+v", made)
	}
	values["signature"] = made.VerifySignature
	golden(t, "createWebhook", r, values)
	golden(t, "listWebhooks", ann.get(t, "/webhooks/roomId/%d", room), values)
	values["url"] = "hooks.example.org"
	r = ann.put(t, webhookPath(made.ID), object{"url": values["url"]})
	golden(t, "updateWebhook", r, values)
	if got := data[api.WebhookData](t, r).Webhook; got.ID != made.ID || got.CreatedAt != made.CreatedAt || got.ModifiedAt <= made.ModifiedAt {
		t.Errorf("changed, the webhook is %+v, before %+v", got, made)
	}
	second := ann.webhook(t, room, "https://two.example.org")
	list := data[api.WebhookList](t, ann.get(t, "/webhooks/roomId/%d", room)).Webhooks
	if len(list) != 2 || list[0].ID != made.ID || list[1] != second || second.VerifySignature == made.VerifySignature {
		t.Errorf("the webhooks are %+v", list)
	}
	golden(t, "deleteWebhook", ann.delete(t, "/webhooks/%d", made.ID), nil)
	ann.put(t, webhookPath(made.ID), object{"url": "a.example"}).fails(t, http.StatusNotFound, "Not found")
	ann.delete(t, "/webhooks/%d", made.ID).fails(t, http.StatusNotFound, "Not found")
	if list := data[api.WebhookList](t, ann.get(t, "/webhooks/roomId/%d", room)).Webhooks; len(list) != 1 || list[0] != second {
		t.Errorf("the webhooks are %+v", list)
	}
	if list := data[api.WebhookList](t, ann.get(t, "/webhooks/roomId/%d", ann.room(t, "Other"))).Webhooks; list == nil || len(list) != 0 {
		t.Errorf("another room's webhooks are %+v", list)
	}
}

func webhooksURL(t *testing.T, s *target) {
	ann, sue := s.person(t, "Ann"), s.person(t, "Sue")
	room := ann.room(t, "Releases")
	hook := ann.webhook(t, room, "https://hooks.example.org")
	for _, url := range []string{"http://a.example.org", "A.example.org:8080/b", "93.184.216.34", "https://93.184.216.34:443/?a=b#c"} {
		s.sub(t, url, func(t *testing.T) {
			if got := ann.webhook(t, room, url); got.URL != url {
				t.Errorf("the address is %q", got.URL)
			}
		})
	}
	for _, url := range []string{"localhost", "http://localhost:3000", "ftp://a.example.org", "https://a:b@example.org", "a b.example.org", "[::1]", "example", ""} {
		s.sub(t, "not "+url, func(t *testing.T) {
			body := object{"url": url}
			ann.post(t, webhooksPath(room), body).fails(t, http.StatusBadRequest, "Url not valid")
			ann.put(t, webhookPath(hook.ID), body).fails(t, http.StatusBadRequest, "Url not valid")
			sue.post(t, webhooksPath(room), body).fails(t, http.StatusBadRequest, "Url not valid") // before who is asking
			sue.put(t, webhookPath(hook.ID), body).fails(t, http.StatusBadRequest, "Url not valid")
			ann.put(t, webhookPath(1<<40), body).fails(t, http.StatusBadRequest, "Url not valid")
		})
	}
	s.sub(t, "none", func(t *testing.T) {
		ann.post(t, webhooksPath(room), object{}).fails(t, http.StatusBadRequest, "Url not valid")
		ann.put(t, webhookPath(hook.ID), object{}).fails(t, http.StatusBadRequest, "Url not valid")
	})
}

func webhooksAccess(t *testing.T, s *target) {
	c := s.chat(t)
	hook := c.ann.webhook(t, c.room, "https://hooks.example.org")
	body := object{"url": "https://hooks.example.org"}
	for name, who := range map[string]person{"a member": c.ben, "a stranger": s.person(t, "Sue")} {
		s.sub(t, name, func(t *testing.T) {
			const begins = "User is not in room or he is not admin in this room"
			who.post(t, webhooksPath(c.room), body).fails(t, http.StatusForbidden, begins)
			who.get(t, "/webhooks/roomId/%d", c.room).fails(t, http.StatusForbidden, begins)
			who.put(t, webhookPath(hook.ID), body).fails(t, http.StatusForbidden, begins)
			who.delete(t, "/webhooks/%d", hook.ID).fails(t, http.StatusForbidden, begins)
		})
	}
	s.sub(t, "no room or webhook", func(t *testing.T) {
		c.ann.post(t, webhooksPath(1<<40), body).fails(t, http.StatusForbidden, "User is not in room")
		c.ann.get(t, "/webhooks/roomId/65000000000000000").fails(t, http.StatusForbidden, "User is not in room")
		c.ann.put(t, webhookPath(1<<40), body).fails(t, http.StatusNotFound, "Not found")
		c.ann.delete(t, "/webhooks/99999999999999999999").fails(t, http.StatusNotFound, "Not found")
	})
	s.sub(t, "a private room", func(t *testing.T) { // either person
		c.ben.webhook(t, c.ann.private(t, c.ben), "https://hooks.example.org")
	})
	s.sub(t, "the team's owner", func(t *testing.T) {
		s.people.owner().webhook(t, c.room, "https://hooks.example.org")
	})
	s.sub(t, "a deleted room", func(t *testing.T) {
		room := c.ann.room(t, "Gone")
		c.ann.delete(t, "/rooms/%d", room).ok(t)
		c.ann.post(t, webhooksPath(room), body).fails(t, http.StatusForbidden, "Room is deleted")
	})
	s.sub(t, "no session", func(t *testing.T) {
		nobody := person{s: s}
		nobody.post(t, webhooksPath(c.room), body).fails(t, http.StatusUnauthorized, "No access token")
		nobody.get(t, "/webhooks/roomId/%d", c.room).fails(t, http.StatusUnauthorized, "No access token")
		nobody.put(t, webhookPath(hook.ID), body).fails(t, http.StatusUnauthorized, "No access token")
		nobody.delete(t, "/webhooks/%d", hook.ID).fails(t, http.StatusUnauthorized, "No access token")
	})
	s.sub(t, "another origin", func(t *testing.T) {
		crossOriginRefused(t, s, c.ann, "POST", webhooksPath(c.room))
		crossOriginRefused(t, s, c.ann, "PUT", webhookPath(hook.ID))
		crossOriginRefused(t, s, c.ann, "DELETE", webhookPath(hook.ID))
	})
}

func webhooksRefusals(t *testing.T, s *target) {
	ann := s.person(t, "Ann")
	room := ann.room(t, "Releases")
	hook := ann.webhook(t, room, "https://hooks.example.org")
	ann.post(t, webhooksPath(room), `{"url":5}`).fails(t, http.StatusBadRequest, "Invalid params: url must be a string")
	ann.post(t, "/webhooks/roomId/x", object{}).fails(t, http.StatusBadRequest, "roomId must be number")
	ann.get(t, "/webhooks/roomId/x").fails(t, http.StatusBadRequest, "roomId must be number")
	ann.put(t, "/webhooks/x", object{}).fails(t, http.StatusBadRequest, "id must be number")
	ann.delete(t, "/webhooks/x").fails(t, http.StatusBadRequest, "id must be number")
	ann.post(t, webhooksPath(room), object{"x": repeat(maxBody)}).fails(t, http.StatusRequestEntityTooLarge, "The request's body is too large")
	ann.put(t, webhookPath(hook.ID), object{"x": repeat(maxBody)}).fails(t, http.StatusRequestEntityTooLarge, "The request's body is too large")
}
