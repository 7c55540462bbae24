package api

// Note is a text that a room's members keep together.
type Note struct {
	ID         int64  `json:"id"`
	Title      string `json:"title"`
	Content    string `json:"content"`
	RoomID     int64  `json:"roomId"`
	CreatedAt  int64  `json:"createdAt"`
	ModifiedAt int64  `json:"modifiedAt"`
}

// NoteText is the body of requests that make or change a note.
type NoteText struct {
	Title   string `json:"title"`   // 1 to 135 characters
	Content string `json:"content"` // 1 to 65,536 bytes of UTF-8
}

// NoteData is the data of a reply that gives one note.
type NoteData struct {
	Note Note `json:"note"`
}

// NoteList is the data of GET /api/messenger/notes/roomId/{roomId}, oldest
// first.
type NoteList struct {
	Notes []Note `json:"notes"`
}
