// Package chat is the messenger's domain: people, rooms, messages, receipts,
// keys, and the use cases over them. It knows the rules and nothing of HTTP,
// SQL, JSON on the wire or any library; adapters around it do.
package chat
