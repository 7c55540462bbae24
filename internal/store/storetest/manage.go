package storetest

import (
	"context"
	"fmt"

	"spika/internal/chat"
)

func manageTests() []test {
	return []test{
		{"everyone is listed, and narrowed", everyoneIsListed},
		{"devices are listed, narrowed and deleted", devicesAreListed},
		{"rooms are listed, and narrowed", roomsAreListed},
		{"messages are counted by the hour", messagesAreCounted},
		{"of a destroyed room nothing is left", destroyedRoom},
	}
}

var tenRows = chat.Page{Limit: 10}

func everyoneIsListed(r *rig) {
	ann := r.user(chat.User{Kind: chat.Person, Name: "Ánn_", Email: "ann@example.org", Role: chat.Plain, Verified: true})
	ben := r.user(chat.User{Kind: chat.Person, Name: "Ben", Phone: "+385911234567", Role: chat.Plain})
	bot := r.user(chat.User{Kind: chat.Bot, Name: "ci", Role: chat.Plain, Verified: true})
	gone := r.person("Gone")
	gone.Deleted = true
	r.change(func(ctx context.Context, tx chat.Tx) error { return tx.UpdateUser(ctx, gone) })
	list := func(f chat.UserFilter, p chat.Page, want ...chat.User) {
		r.Helper()
		is(r, each(want, userID))(func() ([]int64, error) {
			found, err := r.s.UsersListed(r.ctx, f, p)
			return each(found, userID), err
		}())
	}
	list(chat.UserFilter{}, tenRows, ann, ben, bot)
	list(chat.UserFilter{}, chat.Page{Limit: 1, Offset: 1}, ben)
	list(chat.UserFilter{Verified: true}, tenRows, ann, bot)
	for keyword, want := range map[string][]chat.User{
		"áN": {ann}, "N_": {ann}, "%": nil, "EXAMPLE": {ann}, "5912": nil, "5911": {ben}, "+38591": {ben}, "+": nil, "b": {ben}, "9x": nil,
	} {
		list(chat.UserFilter{Keyword: keyword}, tenRows, want...)
	}
	list(chat.UserFilter{Keyword: "b", Verified: true}, tenRows)
	is(r, int64(3))(r.s.CountUsers(r.ctx))
}

func devicesAreListed(r *rig) {
	ann, ben := r.person("Ann"), r.person("Ben")
	device := func(d chat.Device) chat.Device {
		return stored(r, func(ctx context.Context, tx chat.Tx) (chat.Device, error) { return tx.CreateDevice(ctx, d) })
	}
	a := device(chat.Device{UserID: ann.ID, ClientID: "Pixel_1", OSName: "Android"})
	b := device(chat.Device{UserID: ben.ID, Name: "Ben's phone"})
	is(r, []chat.Device{a, b})(r.s.DevicesListed(r.ctx, chat.DeviceFilter{}, tenRows))
	is(r, []chat.Device{b})(r.s.DevicesListed(r.ctx, chat.DeviceFilter{}, chat.Page{Limit: 1, Offset: 1}))
	is(r, []chat.Device{b})(r.s.DevicesListed(r.ctx, chat.DeviceFilter{UserID: ben.ID}, tenRows))
	for keyword, want := range map[string][]chat.Device{"L_1": {a}, "droid": {a}, "'S P": {b}, "%": nil} {
		is(r, want)(r.s.DevicesListed(r.ctx, chat.DeviceFilter{Keyword: keyword}, tenRows))
	}
	is(r, int64(2))(r.s.CountDevices(r.ctx))
	r.change(func(ctx context.Context, tx chat.Tx) error { return tx.DeleteDevice(ctx, a.ID) })
	is(r, []chat.Device{b})(r.s.DevicesListed(r.ctx, chat.DeviceFilter{}, tenRows))
	_, err := r.s.Device(r.ctx, a.ID)
	missing(r, err)
}

func roomsAreListed(r *rig) {
	ann, ben := r.person("Ann"), r.person("Ben")
	a, b := r.room("Releases", ann, ben), r.room("Old", ann)
	private := r.roomOf(chat.Room{Type: chat.Private}, chat.PairKey(ann.ID, ben.ID), ann, ben)
	empty := r.room("100%")
	r.leave(a, ben)
	r.change(func(ctx context.Context, tx chat.Tx) error {
		now, err := tx.Room(ctx, b.ID)
		if err != nil {
			return err
		}
		now.Deleted = true
		return tx.UpdateRoom(ctx, now)
	})
	list := func(f chat.RoomFilter, want ...chat.Room) {
		r.Helper()
		id := func(room chat.Room) int64 { return room.ID }
		found := got[[]chat.Room](r)(r.s.RoomsListed(r.ctx, f, tenRows))
		same(r, each(found, id), each(want, id))
	}
	list(chat.RoomFilter{}, a, private, empty)
	list(chat.RoomFilter{Deleted: true}, b)
	list(chat.RoomFilter{UserID: ben.ID}, private)
	list(chat.RoomFilter{Type: chat.Group}, a, empty)
	list(chat.RoomFilter{Keyword: "RELEA"}, a)
	list(chat.RoomFilter{Keyword: "%"}, empty)
	is(r, int64(3))(r.s.CountOpenRooms(r.ctx))
}

func messagesAreCounted(r *rig) {
	ann := r.person("Ann")
	room := r.room("Releases", ann)
	var first, last chat.Message
	for i := range 5 {
		m := r.post(room, ann, fmt.Sprint(i))
		if i == 0 {
			first = m
		}
		last = m
	}
	count := func(from, to chat.Time) (n int64) {
		r.Helper()
		for _, h := range got[[]chat.HourCount](r)(r.s.PostedPerHour(r.ctx, from, to)) {
			if at := chat.Time(h.Hour * 3_600_000); at+3_600_000 <= from || at >= to {
				r.Errorf("hour %d of %d to %d", h.Hour, from, to)
			}
			n += h.Posted
		}
		return n
	}
	same(r, []int64{count(first.Created, last.Created+1), count(first.Created, last.Created), count(last.Created+1, 1<<50)}, []int64{5, 4, 0})
}

func destroyedRoom(r *rig) {
	ann, ben := r.person("Ann"), r.person("Ben")
	room, other := r.room("Releases", ann, ben), r.room("Other", ann, ben)
	var newest chat.Message
	for range 5 {
		newest = r.post(room, ann, "secret")
	}
	kept := r.post(other, ann, "kept")
	r.surround(room, newest, ben)
	r.surround(other, kept, ben)
	r.change(func(ctx context.Context, tx chat.Tx) error {
		now, err := tx.Room(ctx, room.ID)
		if err != nil {
			return err
		}
		tx.Emit(chat.Event{Kind: chat.RoomDeleted, RoomID: room.ID})
		return tx.PurgeRoom(ctx, now)
	})
	now := got[chat.Room](r)(r.s.Room(r.ctx, room.ID))
	if !now.Purged || !now.Deleted || now.Name != "" || now.People != 0 {
		r.Errorf("the room is %+v", now)
	}
	m := got[chat.Member](r)(r.s.Member(r.ctx, room.ID, ben.ID))
	if !m.Left || m.Sees(1) || m.Sees(newest.N) {
		r.Errorf("the stay is %+v", m)
	}
	last := r.events(0)
	heard := got[[]chat.Event](r)(r.s.EventsFor(r.ctx, ben.ID, last[len(last)-1].Seq-1, 1<<40, 10))
	if len(heard) != 1 || heard[0].Kind != chat.RoomDeleted {
		r.Errorf("told %+v", heard)
	}
	is(r, []int64{room.ID})(r.s.RoomsToPurge(r.ctx))
	for more := true; more; {
		more = stored(r, func(ctx context.Context, tx chat.Tx) (bool, error) {
			_, more, err := tx.PurgeStep(ctx, room.ID)
			return more, err
		})
	}
	is(r, []int64(nil))(r.s.RoomsToPurge(r.ctx))
	left := func(room chat.Room, m chat.Message, want int) {
		r.Helper()
		have := []int{
			len(r.messages(room)), len(got[[]chat.Reaction](r)(r.s.Reactions(r.ctx, []int64{m.ID}, 10))),
			len(got[[]chat.Hidden](r)(r.s.HiddenOf(r.ctx, []int64{m.ID}))), len(got[[]chat.Note](r)(r.s.Notes(r.ctx, room.ID, 10))),
			len(got[[]chat.Webhook](r)(r.s.Webhooks(r.ctx, room.ID, 10))),
		}
		same(r, have, []int{want, want, want, want, want})
	}
	left(room, newest, 0)
	left(other, kept, 1)
	_, err := r.s.ReceiptOf(r.ctx, newest, ben.ID, chat.Seen)
	missing(r, err)
	_ = got[chat.Receipt](r)(r.s.ReceiptOf(r.ctx, kept, ben.ID, chat.Seen))
}

// surround stores what belongs to a room and to a message in it.
func (r *rig) surround(room chat.Room, m chat.Message, ben chat.User) {
	r.Helper()
	r.change(func(ctx context.Context, tx chat.Tx) error {
		if err := tx.PutReaction(ctx, chat.Reaction{MessageID: m.ID, RoomID: room.ID, UserID: ben.ID, Emoji: "+"}); err != nil {
			return err
		}
		if err := tx.Hide(ctx, chat.Hidden{UserID: ben.ID, MessageID: m.ID, RoomID: room.ID, N: m.N, Kind: chat.DeletedForOne}); err != nil {
			return err
		}
		if _, err := tx.CreateNote(ctx, chat.Note{RoomID: room.ID, Title: "T", Content: "C"}); err != nil {
			return err
		}
		if _, err := tx.CreateWebhook(ctx, chat.Webhook{RoomID: room.ID, URL: "http://example.org"}); err != nil {
			return err
		}
		return tx.AddReceipts(ctx, chat.ReceiptRange{RoomID: room.ID, UserID: ben.ID, Kind: chat.Seen, FromN: m.N, ToN: m.N, At: tx.Stamp()})
	})
}
