package chat

import "context"

// Store keeps everything. Its own read methods each see one consistent state;
// View gives several reads the same one.
type Store interface {
	Reader
	// View runs read against one snapshot.
	View(ctx context.Context, read func(ctx context.Context, r Reader) error) error
	// Update runs change in a write transaction and returns once it is on
	// disk, or with change's error and nothing stored. Concurrent changes share
	// one transaction and one flush, so change may run more than once, on
	// another goroutine, under the writer's context: it must touch nothing but
	// its results, and set those afresh each time. What it reads is the newest
	// state, and no other change runs beside it.
	Update(ctx context.Context, change func(ctx context.Context, tx Tx) error) error
}

// Reader is what can be asked. Single things that are not there give a
// NotFound failure.
type Reader interface {
	UserReader
	RoomReader
	MessageReader
	EventReader
	KeyReader
	PushReader
	NoteReader
	WebhookReader
	BlockReader
	AdminReader
	ManageReader
	HiddenReader
	ReactionReader
	FileReader
	// Setting gives a value kept under name, "" when there is none.
	Setting(ctx context.Context, name string) (string, error)
	// LinkByHash finds a link by the SHA-256 of its token.
	LinkByHash(ctx context.Context, hash []byte) (Link, error)
	// Invites lists the invite links that are not closed, newest first.
	Invites(ctx context.Context) ([]Link, error)
}

// UserReader asks about users and their devices.
type UserReader interface {
	User(ctx context.Context, id int64) (User, error)
	// Users finds those of ids that exist, in no particular order.
	Users(ctx context.Context, ids []int64) ([]User, error)
	// UserByEmail finds a person by lower-case address.
	UserByEmail(ctx context.Context, email string) (User, error)
	// UserByPhone finds a person by phone number in E.164 form.
	UserByPhone(ctx context.Context, phone string) (User, error)
	// UsersByPhoneHash finds users by the hashes of their numbers, by name.
	UsersByPhoneHash(ctx context.Context, hashes []string) ([]User, error)
	// People lists every person that has joined and is not deleted, by name.
	People(ctx context.Context) ([]User, error)
	// PeopleCount counts the people, deleted ones included.
	PeopleCount(ctx context.Context) (int64, error)
	// Contacts lists verified users but self by name, then id, starting at the
	// user with id from (0: at the first).
	Contacts(ctx context.Context, self int64, keyword string, from int64, limit int) ([]User, error)
	// ContactCount counts what Contacts would list in all.
	ContactCount(ctx context.Context, self int64, keyword string) (int64, error)
	// OwnContacts is Contacts for those of self's address book.
	OwnContacts(ctx context.Context, self int64, keyword string, from int64, limit int) ([]User, error)
	// OwnContactCount counts what OwnContacts would list in all.
	OwnContactCount(ctx context.Context, self int64, keyword string) (int64, error)
	// IsContact reports whether other is in self's address book.
	IsContact(ctx context.Context, self, other int64) (bool, error)
	// ShareRoom reports whether two users are members of a room now.
	ShareRoom(ctx context.Context, user, other int64) (bool, error)
	// ContactHolders lists who has a user in their address book.
	ContactHolders(ctx context.Context, user int64) ([]int64, error)
	// UsersChanged lists users modified after since, by that time.
	UsersChanged(ctx context.Context, since Time, p Part) ([]Changed[User], error)
	// OwnUsersChanged is UsersChanged for self and those of self's address book,
	// who also count as changed when they came into it.
	OwnUsersChanged(ctx context.Context, self int64, since Time, p Part) ([]Changed[User], error)
	// SessionByToken finds a device and its person by the SHA-256 of the token.
	SessionByToken(ctx context.Context, hash []byte) (Session, error)
	Device(ctx context.Context, id int64) (Device, error)
	// DeviceByClientID finds a device by the id that its client chose.
	DeviceByClientID(ctx context.Context, clientID string) (Device, error)
	// BrowserDevice finds a person's newest device that is a browser and has an
	// id of its client's own.
	BrowserDevice(ctx context.Context, user int64) (Device, error)
	// Walk finds a session's walk of a kind; the zero Walk: there is none.
	Walk(ctx context.Context, who Session, kind WalkKind) (Walk, error)
	// SignInCode finds the newest code sent for a device.
	SignInCode(ctx context.Context, clientID string) (SignInCode, error)
}

// RoomReader asks about rooms and members.
type RoomReader interface {
	Room(ctx context.Context, id int64) (Room, error)
	// PrivateRoom finds the private room of two people that is not deleted.
	PrivateRoom(ctx context.Context, a, b int64) (Room, error)
	// Member finds the newest stay of a user in a room, left or not.
	Member(ctx context.Context, room, user int64) (Member, error)
	// Peer gives the first current member of a room that is a person and not the
	// user: in a private room, the other one. Every post there asks it.
	Peer(ctx context.Context, room, user int64) (int64, error)
	// RoomMembers lists the current members with their users, by join order.
	RoomMembers(ctx context.Context, room int64) ([]RoomMember, error)
	// MembersOf is RoomMembers of several rooms, by room.
	MembersOf(ctx context.Context, rooms []int64) (map[int64][]RoomMember, error)
	// RoomsOf lists a user's current rooms that are not deleted, oldest first.
	RoomsOf(ctx context.Context, user int64, keyword string, p Page) ([]RoomStay, error)
	// RoomCount counts what RoomsOf would list in all.
	RoomCount(ctx context.Context, user int64, keyword string) (int64, error)
	// RoomsChanged lists rooms the user is in and that were modified, for
	// everyone or for the user, after since; deleted ones included. Rooms the
	// user has left after since are among them, unless since is 0. They come by
	// that time.
	RoomsChanged(ctx context.Context, user int64, since Time, p Part) ([]Changed[RoomStay], error)
	// History lists a user's rooms that hold messages, newest message first.
	History(ctx context.Context, user int64, keyword string, p Page) ([]RoomStay, error)
	// HistoryCount counts what History would list in all.
	HistoryCount(ctx context.Context, user int64, keyword string) (int64, error)
	// UnreadCounts gives how many messages are unread in each of the user's
	// rooms that are not deleted, where there are any, by room.
	UnreadCounts(ctx context.Context, user int64) ([]UnreadCount, error)
	// MarkedStays lists the user's stays that are muted or pinned, by room.
	MarkedStays(ctx context.Context, user int64) ([]Member, error)
	// GroupsByName lists a user's group rooms that are not deleted by name, then
	// id, starting at the room with id from (0: at the first).
	GroupsByName(ctx context.Context, user int64, keyword string, from int64, limit int) ([]RoomStay, error)
	// GroupCount counts what GroupsByName would list in all.
	GroupCount(ctx context.Context, user int64, keyword string) (int64, error)
	// RecentRooms lists a user's rooms of one type that hold messages, newest
	// message first.
	RecentRooms(ctx context.Context, user int64, t RoomType, limit int) ([]RoomStay, error)
	// JoinedRooms gives the rooms the user is in now, with the event number since
	// which they are in each.
	JoinedRooms(ctx context.Context, user int64) (map[int64]int64, error)
	// JoinedPeople gives the people who are in a room now, bots left out, with the
	// event number since which they are.
	JoinedPeople(ctx context.Context, room int64) (map[int64]int64, error)
	// FirstRoom gives the oldest group room that is not deleted.
	FirstRoom(ctx context.Context) (Room, error)
}

// RoomStay is a room with one user's stay in it.
type RoomStay struct {
	Room   Room
	Member Member
}

// UnreadCount is how many messages a user has not seen in a room.
type UnreadCount struct {
	RoomID int64
	Unread int64
}

// Page cuts a list: at most Limit entries after the first Offset.
type Page struct {
	Limit, Offset int
}

// MessageReader asks about messages and receipts.
type MessageReader interface {
	Message(ctx context.Context, id int64) (Message, error)
	// MessageByClientID finds the message a sender posted under a client id.
	MessageByClientID(ctx context.Context, from int64, clientID string) (Message, error)
	// Messages lists a room's messages with from <= n <= to, newest first.
	Messages(ctx context.Context, room, from, to int64, limit int) ([]Message, error)
	// MessagesByID finds those of ids that exist, in no particular order.
	MessagesByID(ctx context.Context, ids []int64) ([]Message, error)
	// MessagesChanged lists messages visible to the user that were changed, for
	// everyone or deleted by the user for themselves, by that time.
	MessagesChanged(ctx context.Context, user int64, c Changes, p Part) ([]Changed[Message], error)
	// Positions lists where the people of a room stand, of those who have
	// received anything numbered from or later.
	Positions(ctx context.Context, room, from int64) ([]Position, error)
	// Receipts lists who received and saw the message numbered n, its sender
	// left out, oldest first.
	Receipts(ctx context.Context, m Message) ([]Receipt, error)
	// PeoplePosting lists the people who posted a room's messages from <= n <= to.
	PeoplePosting(ctx context.Context, room, from, to int64) ([]int64, error)
	// SkippedWithin counts the messages of a room numbered after < n <= to that
	// are never unread to the user: their own, those hidden from them, and the
	// server's. It looks at each message of the stretch.
	SkippedWithin(ctx context.Context, room, user, after, to int64) (int64, error)
	// ReceiptOf finds one person's receipt for a message of another.
	ReceiptOf(ctx context.Context, m Message, user int64, kind ReceiptKind) (Receipt, error)
}

// EventReader asks about what happened.
type EventReader interface {
	// Now gives the newest event number and the newest stamp given out.
	Now(ctx context.Context) (seq int64, ms Time, err error)
	// Forgotten gives the number up to which events are not kept any more.
	Forgotten(ctx context.Context) (int64, error)
	// Events lists events with after < Seq <= upTo, in order.
	Events(ctx context.Context, after, upTo int64, limit int) ([]Event, error)
	// EventsFor lists those of Events whose audience holds the user: members
	// of the event's room at its number, the one person it is for, everyone.
	EventsFor(ctx context.Context, user, after, upTo int64, limit int) ([]Event, error)
}

// KeyReader asks about API keys.
type KeyReader interface {
	Key(ctx context.Context, id int64) (APIKey, error)
	// KeyByHash finds a key by the SHA-256 of its secret.
	KeyByHash(ctx context.Context, hash []byte) (APIKey, error)
	// Keys lists a room's keys, oldest first.
	Keys(ctx context.Context, room int64) ([]APIKey, error)
}

// AdminReader asks about those who manage the team and what they did.
type AdminReader interface {
	// AdminToken finds a token for the management routes by its SHA-256.
	AdminToken(ctx context.Context, hash []byte) (AdminToken, error)
	// AuditLog lists what was done, newest first.
	AuditLog(ctx context.Context, p Page) ([]AuditEntry, error)
	// AuditCount counts what AuditLog would list in all.
	AuditCount(ctx context.Context) (int64, error)
}

// BlockReader asks who blocks whom.
type BlockReader interface {
	// Block finds user's block of another user. Every post in a private room
	// asks it.
	Block(ctx context.Context, user, blocked int64) (Block, error)
	// Blocks lists a user's blocks, oldest first.
	Blocks(ctx context.Context, user int64, limit int) ([]Block, error)
	// BlockCount counts them.
	BlockCount(ctx context.Context, user int64) (int64, error)
}

// NoteReader asks about notes.
type NoteReader interface {
	Note(ctx context.Context, id int64) (Note, error)
	// Notes lists a room's notes, oldest first.
	Notes(ctx context.Context, room int64, limit int) ([]Note, error)
	// NoteCount counts what Notes would list without a limit.
	NoteCount(ctx context.Context, room int64) (int64, error)
}

// WebhookReader asks about webhooks.
type WebhookReader interface {
	Webhook(ctx context.Context, id int64) (Webhook, error)
	// Webhooks lists a room's webhooks, oldest first.
	Webhooks(ctx context.Context, room int64, limit int) ([]Webhook, error)
	// WebhookCount counts what Webhooks would list without a limit.
	WebhookCount(ctx context.Context, room int64) (int64, error)
}

// Tx is a write transaction. Writes that create something return it with its
// new id and stamps.
type Tx interface {
	Reader
	PushWriter
	ManageWriter
	FileWriter
	// Stamp is the transaction's moment, later than every earlier one's. So who
	// has seen a stamp goes on with what is later and misses nothing.
	Stamp() Time
	// NextSeq is the number the next emitted event gets.
	NextSeq() int64
	// Emit records that something happened; it is announced after the commit.
	Emit(e Event)

	CreateUser(ctx context.Context, u User) (User, error)
	UpdateUser(ctx context.Context, u User) error
	CreateDevice(ctx context.Context, d Device) (Device, error)
	UpdateDevice(ctx context.Context, d Device) error
	// DeleteDevices signs out a user's devices and forgets them.
	DeleteDevices(ctx context.Context, user int64) error
	// EndMobileSessions signs out a user's devices but one that say what they are
	// and are neither a browser nor a script.
	EndMobileSessions(ctx context.Context, user, except int64) error
	// EndSessions signs out every device of a user but one (0: all).
	EndSessions(ctx context.Context, user, except int64) error

	// SetWalk keeps a session's walk in place of the one of that kind, unless its
	// device is gone or someone else's. It goes with the device.
	SetWalk(ctx context.Context, who Session, w Walk) error
	// DropWalks forgets walks that were last set before a moment.
	DropWalks(ctx context.Context, before Time) error

	// PutSignInCode keeps a code in place of the one its device had.
	PutSignInCode(ctx context.Context, c SignInCode) error
	DeleteSignInCode(ctx context.Context, clientID string) error
	// DeleteSignInCodes forgets a user's codes.
	DeleteSignInCodes(ctx context.Context, user int64) error
	// DropSignInCodes forgets codes that expired before a moment.
	DropSignInCodes(ctx context.Context, before Time) error

	// ConfirmContacts puts users into someone's address book, or notes that they
	// still are.
	ConfirmContacts(ctx context.Context, user int64, others []int64) error
	// DropContacts takes out of someone's address book who was last confirmed
	// before a moment.
	DropContacts(ctx context.Context, user int64, before Time) error
	// DeleteContactsAbout empties a user's address book and takes the user out of
	// all others.
	DeleteContactsAbout(ctx context.Context, user int64) error

	CreateBlock(ctx context.Context, b Block) (Block, error)
	// DeleteBlock ends a user's block by its id, if it is theirs.
	DeleteBlock(ctx context.Context, user, id int64) error
	// DeleteBlockOf ends a user's block of another one, if there is one.
	DeleteBlockOf(ctx context.Context, user, blocked int64) error
	// DeleteBlocksAbout ends every block by or of a user.
	DeleteBlocksAbout(ctx context.Context, user int64) error

	// Audit notes for ever what somebody did, as of the transaction's stamp.
	Audit(ctx context.Context, e AuditEntry) error
	CreateAdminToken(ctx context.Context, t AdminToken) error
	// EndAdminTokens ends all of a user's tokens for the management routes.
	EndAdminTokens(ctx context.Context, user int64) error
	// DropAdminTokens forgets tokens that expired before a moment.
	DropAdminTokens(ctx context.Context, before Time) error

	CreateLink(ctx context.Context, l Link) (Link, error)
	UpdateLink(ctx context.Context, l Link) error
	// CloseLinks closes a user's open links of one kind.
	CloseLinks(ctx context.Context, kind LinkKind, user int64) error
	// CloseLinksBy closes the open links that a user has made.
	CloseLinksBy(ctx context.Context, user int64) error
	SetSetting(ctx context.Context, name, value string) error

	CreateRoom(ctx context.Context, r Room, pair string) (Room, error)
	UpdateRoom(ctx context.Context, r Room) error
	// AddMember opens a stay. The caller counts the room's people.
	AddMember(ctx context.Context, m Member) error
	UpdateMember(ctx context.Context, m Member) error
	// SkipNewest leaves a room's newest message out of everybody's unread count. It
	// writes a row for each member.
	SkipNewest(ctx context.Context, room int64) error

	// AppendMessage stores a new message as the room's newest: it gives the
	// id, the number and the stamps, and moves the room on.
	AppendMessage(ctx context.Context, m Message) (Message, error)
	// UpdateMessage stores a message's type, body, files, reply target, link mark,
	// modification time and whether it is deleted.
	UpdateMessage(ctx context.Context, m Message) error
	// Hide keeps a message from one user; one that is hidden already stays as it
	// is.
	Hide(ctx context.Context, h Hidden) error
	// PutReaction stores a user's reaction to a message in place of the one before.
	PutReaction(ctx context.Context, r Reaction) error
	AddReceipts(ctx context.Context, r ReceiptRange) error

	CreateKey(ctx context.Context, k APIKey) (APIKey, error)
	UpdateKey(ctx context.Context, k APIKey) error
	DeleteKey(ctx context.Context, id int64) error
	// TouchKey notes when a key was last used, if that is later than noted.
	TouchKey(ctx context.Context, id int64, at Time) error

	CreateNote(ctx context.Context, n Note) (Note, error)
	UpdateNote(ctx context.Context, n Note) error
	DeleteNote(ctx context.Context, id int64) error

	CreateWebhook(ctx context.Context, w Webhook) (Webhook, error)
	UpdateWebhook(ctx context.Context, w Webhook) error
	DeleteWebhook(ctx context.Context, id int64) error

	// DropEvents forgets up to limit of the oldest events from before at.
	DropEvents(ctx context.Context, before Time, limit int) (int64, error)
}
