package chat

// APIKey lets a program post into one room under the name of its bot.
type APIKey struct {
	ID       int64
	RoomID   int64
	BotID    int64
	Name     string // the bot's name
	Hash     []byte // SHA-256 of the secret
	Sealed   []byte // the secret, sealed; nil when it can never be shown again
	LastUsed Time   // 0: never
	Created  Time
	Modified Time
}
