package storetest

import (
	"context"
	"fmt"

	"spika/internal/chat"
)

func contactTests() []test {
	return []test{
		{"own contacts are listed by name, page by page", ownContactsArePaged},
		{"who has someone as a contact is known", contactHolders},
		{"rooms that two share", roomsShared},
		{"contacts that are not confirmed are dropped", contactsAreDropped},
		{"contacts about someone are forgotten", contactsAreForgotten},
		{"changed contacts are listed by time", changedContactsAreListed},
		{"a sign-in code is kept whole and replaced", codeIsKept},
		{"sign-in codes are forgotten", codesAreForgotten},
	}
}

// confirm puts users into someone's address book.
func (r *rig) confirm(by chat.User, others ...chat.User) {
	r.Helper()
	r.change(func(ctx context.Context, tx chat.Tx) error {
		return tx.ConfirmContacts(ctx, by.ID, each(others, userID))
	})
}

func ownContactsArePaged(r *rig) {
	self, stranger := r.person("Me"), r.person("Person 00")
	var all []chat.User
	for i := range 25 {
		all = append(all, r.person(fmt.Sprintf("Person %02d", i/3)))
	}
	unverified := r.user(chat.User{Kind: chat.Person, Name: "Person u", Phone: "+385911111111"})
	gone := r.user(chat.User{Kind: chat.Person, Name: "Person g", Verified: true, Deleted: true})
	r.confirm(self, append([]chat.User{unverified, gone}, all...)...)
	r.confirm(self)
	r.confirm(self, all[3], chat.User{ID: 1 << 40}) // again, and someone who is not there
	is(r, int64(25))(r.s.OwnContactCount(r.ctx, self.ID, ""))
	is(r, int64(3))(r.s.OwnContactCount(r.ctx, self.ID, "N 07"))
	is(r, int64(0))(r.s.OwnContactCount(r.ctx, stranger.ID, ""))
	want := each(all, userID)
	for from := int64(0); len(want) > 0; {
		page := each(got[[]chat.User](r)(r.s.OwnContacts(r.ctx, self.ID, "", from, 10)), userID)
		same(r, page, want[:min(10, len(want))])
		if len(page) < 10 {
			break
		}
		from, want = page[9], want[9:]
	}
	is(r, all[21:24])(r.s.OwnContacts(r.ctx, self.ID, "N 07", 0, 10))
	is(r, []chat.User(nil))(r.s.OwnContacts(r.ctx, stranger.ID, "", 0, 10))
	is(r, []chat.User(nil))(r.s.OwnContacts(r.ctx, self.ID, "", 1<<40, 10))
}

func contactHolders(r *rig) {
	ana, bob, cy := r.person("Ana"), r.person("Bob"), r.person("Cy")
	r.confirm(ana, bob, cy)
	r.confirm(cy, bob)
	is(r, []int64{ana.ID, cy.ID})(r.s.ContactHolders(r.ctx, bob.ID))
	is(r, []int64(nil))(r.s.ContactHolders(r.ctx, ana.ID))
	is(r, true)(r.s.IsContact(r.ctx, ana.ID, cy.ID))
	is(r, false)(r.s.IsContact(r.ctx, cy.ID, ana.ID))
}

func roomsShared(r *rig) {
	ana, bob, cy := r.person("Ana"), r.person("Bob"), r.person("Cy")
	room := r.room("Ops", ana, bob)
	r.room("Dev", cy)
	is(r, true)(r.s.ShareRoom(r.ctx, ana.ID, bob.ID))
	is(r, false)(r.s.ShareRoom(r.ctx, ana.ID, cy.ID))
	r.change(func(ctx context.Context, tx chat.Tx) error {
		m, err := tx.Member(ctx, room.ID, bob.ID)
		if err != nil {
			return err
		}
		m.Left = true
		return tx.UpdateMember(ctx, m)
	})
	is(r, false)(r.s.ShareRoom(r.ctx, ana.ID, bob.ID))
}

func contactsAreDropped(r *rig) {
	ana, bob, cy := r.person("Ana"), r.person("Bob"), r.person("Cy")
	r.confirm(ana, bob, cy)
	r.confirm(cy, bob)
	var now chat.Time
	r.change(func(ctx context.Context, tx chat.Tx) error {
		now = tx.Stamp()
		return tx.ConfirmContacts(ctx, ana.ID, []int64{cy.ID})
	})
	r.change(func(ctx context.Context, tx chat.Tx) error { return tx.DropContacts(ctx, ana.ID, now) })
	is(r, []chat.User{cy})(r.s.OwnContacts(r.ctx, ana.ID, "", 0, 10))
	is(r, []chat.User{bob})(r.s.OwnContacts(r.ctx, cy.ID, "", 0, 10))
}

func contactsAreForgotten(r *rig) {
	ana, bob, cy := r.person("Ana"), r.person("Bob"), r.person("Cy")
	r.confirm(ana, bob, cy)
	r.confirm(bob, ana)
	r.confirm(cy, ana)
	r.change(func(ctx context.Context, tx chat.Tx) error { return tx.DeleteContactsAbout(ctx, bob.ID) })
	is(r, []chat.User{cy})(r.s.OwnContacts(r.ctx, ana.ID, "", 0, 10))
	is(r, []chat.User(nil))(r.s.OwnContacts(r.ctx, bob.ID, "", 0, 10))
	is(r, []chat.User{ana})(r.s.OwnContacts(r.ctx, cy.ID, "", 0, 10))
}

func changedContactsAreListed(r *rig) {
	ana, bob, cy := r.person("Ana"), r.person("Bob"), r.person("Cy")
	r.person("Dee")
	place := cy.Modified
	r.confirm(ana, bob)
	is(r, []chat.User{ana, bob})(entries(r.s.OwnUsersChanged(r.ctx, ana.ID, 0, chat.Part{Limit: 10})))
	is(r, []chat.User{bob})(entries(r.s.OwnUsersChanged(r.ctx, ana.ID, place, chat.Part{Limit: 10}))) // is new to her
	is(r, []chat.User{bob})(entries(r.s.OwnUsersChanged(r.ctx, ana.ID, 0, chat.Part{Limit: 10, Offset: 1})))
	is(r, []chat.User{cy})(entries(r.s.OwnUsersChanged(r.ctx, cy.ID, 0, chat.Part{Limit: 10})))
	r.change(func(ctx context.Context, tx chat.Tx) error {
		place, bob.Modified = tx.Stamp()-1, tx.Stamp()
		return tx.UpdateUser(ctx, bob)
	})
	is(r, []chat.User{bob})(entries(r.s.OwnUsersChanged(r.ctx, ana.ID, place, chat.Part{Limit: 10})))
	is(r, []chat.User(nil))(entries(r.s.OwnUsersChanged(r.ctx, ana.ID, bob.Modified, chat.Part{Limit: 10})))
}

func codeIsKept(r *rig) {
	ana, bob := r.person("Ana"), r.person("Bob")
	first := chat.SignInCode{ClientID: "c", UserID: ana.ID, Hash: []byte{1}, Tries: 2, Expires: 3}
	r.change(func(ctx context.Context, tx chat.Tx) error { return tx.PutSignInCode(ctx, first) })
	is(r, first)(r.s.SignInCode(r.ctx, "c"))
	second := chat.SignInCode{ClientID: "c", UserID: bob.ID, Hash: []byte{4}, Tries: 0, Expires: 5}
	r.change(func(ctx context.Context, tx chat.Tx) error {
		if err := tx.PutSignInCode(ctx, second); err != nil {
			return err
		}
		return isNow(second)(tx.SignInCode(ctx, "c"))
	})
	is(r, second)(r.s.SignInCode(r.ctx, "c"))
	_, err := r.s.SignInCode(r.ctx, "d")
	missing(r, err)
}

func codesAreForgotten(r *rig) {
	ana, bob := r.person("Ana"), r.person("Bob")
	r.change(func(ctx context.Context, tx chat.Tx) error {
		for i, owner := range []chat.User{ana, ana, bob, bob, bob} {
			c := chat.SignInCode{ClientID: fmt.Sprint(i), UserID: owner.ID, Hash: []byte{1}, Expires: chat.Time(10 * i)}
			if err := tx.PutSignInCode(ctx, c); err != nil {
				return err
			}
		}
		return nil
	})
	left := func(want ...int) {
		r.Helper()
		var live []int
		for i := range 5 {
			if _, err := r.s.SignInCode(r.ctx, fmt.Sprint(i)); err == nil {
				live = append(live, i)
			}
		}
		same(r, live, want)
	}
	r.change(func(ctx context.Context, tx chat.Tx) error { return tx.DeleteSignInCode(ctx, "4") })
	left(0, 1, 2, 3)
	r.change(func(ctx context.Context, tx chat.Tx) error { return tx.DropSignInCodes(ctx, 10) })
	left(1, 2, 3)
	r.change(func(ctx context.Context, tx chat.Tx) error { return tx.DeleteSignInCodes(ctx, ana.ID) })
	left(2, 3)
}
