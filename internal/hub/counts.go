package hub

import (
	"log/slog"
	"time"

	"spika/internal/chat"
)

// noteCounts remembers that the counts of a large room's messages moved.
func (h *Hub) noteCounts(e chat.Event) {
	data, err := e.Receipts()
	if err != nil || !data.Large {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	at, known := h.counts[e.RoomID]
	if !known {
		at = span{data.FromN, data.ToN}
	}
	h.counts[e.RoomID] = span{min(at.from, data.FromN), max(at.to, data.ToN)}
}

// tellCounts tells the members of large rooms which counts moved, all at once
// and not too often: telling everyone of each receipt would cost the square of
// the room's size.
func (h *Hub) tellCounts() {
	tick := time.NewTicker(h.opts.CountsEvery)
	defer tick.Stop()
	for {
		select {
		case <-h.ctx.Done():
			return
		case <-tick.C:
			for room, at := range h.takeCounts() {
				h.tellRoomCounts(room, at)
			}
		}
	}
}

// takeCounts gives the rooms whose counts moved and that somebody listens to.
func (h *Hub) takeCounts() map[int64]span {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.counts) == 0 {
		return nil
	}
	taken := h.counts
	h.counts = map[int64]span{}
	for room := range taken {
		if len(h.rooms[room]) == 0 {
			delete(taken, room)
		}
	}
	return taken
}

func (h *Hub) tellRoomCounts(room int64, at span) {
	frame, err := h.opts.Renderer.Counts(h.ctx, room, at.from, at.to)
	if err != nil && h.ctx.Err() == nil {
		h.opts.Logger.Error("counts could not be told live", slog.Int64("room", room), slog.Any("cause", err))
	}
	if err != nil || frame == nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for l := range h.rooms[room] {
		l.push(Frame{Parts: [][]byte{frame}})
	}
}
