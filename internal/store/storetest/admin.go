package storetest

import (
	"context"

	"spika/internal/chat"
)

func adminTests() []test {
	return []test{
		{"what was done is listed, newest first", auditIsListed},
		{"what was done in a failed change is not noted", auditOfAFailure},
		{"an admin's token is kept whole", adminTokenIsKeptWhole},
		{"admins' tokens end by user and by time", adminTokensEnd},
	}
}

func auditIsListed(r *rig) {
	note := func(e chat.AuditEntry) chat.AuditEntry {
		r.Helper()
		r.change(func(ctx context.Context, tx chat.Tx) error {
			e.At = tx.Stamp()
			return tx.Audit(ctx, e)
		})
		return e
	}
	a := note(chat.AuditEntry{ActorID: 1 << 40, Actor: "Ölga 🤖", Action: "user.role", TargetID: 5, Details: []byte(`{"to":"admin"}`)})
	b := note(chat.AuditEntry{Actor: "operator", Action: "key.add", TargetID: 1, Details: []byte(`{}`)})
	list := got[[]chat.AuditEntry](r)(r.s.AuditLog(r.ctx, chat.Page{Limit: 10}))
	if len(list) != 2 || list[0].ID <= list[1].ID {
		r.Fatalf("listed %+v", list)
	}
	a.ID, b.ID = list[1].ID, list[0].ID
	same(r, list, []chat.AuditEntry{b, a})
	is(r, []chat.AuditEntry{b})(r.s.AuditLog(r.ctx, chat.Page{Limit: 1}))
	is(r, []chat.AuditEntry{a})(r.s.AuditLog(r.ctx, chat.Page{Limit: 5, Offset: 1}))
	is(r, int64(2))(r.s.AuditCount(r.ctx))
}

func auditOfAFailure(r *rig) {
	err := r.s.Update(r.ctx, func(ctx context.Context, tx chat.Tx) error {
		if err := tx.Audit(ctx, chat.AuditEntry{Action: "user.add", Details: []byte(`{}`)}); err != nil {
			return err
		}
		return chat.Errorf(chat.Conflict, "no")
	})
	if chat.CodeOf(err) != chat.Conflict {
		r.Fatal(err)
	}
	is(r, int64(0))(r.s.AuditCount(r.ctx))
}

func (r *rig) adminToken(t chat.AdminToken) chat.AdminToken {
	r.Helper()
	r.change(func(ctx context.Context, tx chat.Tx) error {
		t.Created = tx.Stamp()
		return tx.CreateAdminToken(ctx, t)
	})
	return t
}

func adminTokenIsKeptWhole(r *rig) {
	own := r.adminToken(chat.AdminToken{Hash: chat.HashSecret("a"), Proof: []byte{0, 1, 255}, Expires: 1 << 45})
	is(r, own)(r.s.AdminToken(r.ctx, own.Hash))
	persons := r.adminToken(chat.AdminToken{Hash: chat.HashSecret("b"), UserID: 7, Expires: 9})
	is(r, persons)(r.s.AdminToken(r.ctx, persons.Hash))
	_, err := r.s.AdminToken(r.ctx, chat.HashSecret("c"))
	missing(r, err)
}

func adminTokensEnd(r *rig) {
	tokens := map[string]chat.AdminToken{
		"old of 1": {UserID: 1, Expires: 10}, "new of 1": {UserID: 1, Expires: 30}, "old of 2": {UserID: 2, Expires: 10}, "new of 2": {UserID: 2, Expires: 20},
	}
	for name, t := range tokens {
		t.Hash = chat.HashSecret(name)
		r.adminToken(t)
	}
	left := func(want ...string) {
		r.Helper()
		for name := range tokens {
			_, err := r.s.AdminToken(r.ctx, chat.HashSecret(name))
			if err != nil && !chat.IsNotFound(err) {
				r.Fatal(err)
			}
			expected := false
			for _, w := range want {
				expected = expected || w == name
			}
			if (err == nil) != expected {
				r.Errorf("%s: %v", name, err)
			}
		}
	}
	r.change(func(ctx context.Context, tx chat.Tx) error { return tx.DropAdminTokens(ctx, 20) })
	left("new of 1", "new of 2")
	r.change(func(ctx context.Context, tx chat.Tx) error { return tx.EndAdminTokens(ctx, 1) })
	left("new of 2")
}
