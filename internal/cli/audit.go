package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"spika/internal/chat"
	"spika/internal/config"
	"spika/internal/server"
)

type audit struct {
	config.Base `group:"Storage:"`
	Limit       int `default:"50" placeholder:"N" help:"How many of the newest entries to show, at most 10000."`
}

// Help is the long help.
func (audit) Help() string {
	return `Shows who added, changed and deleted people, devices, rooms, invites and API keys, newest first. The log holds no secrets. With --json {"entries":[{"id","at","actorId","actor","action","targetId","details"}],"count"}, at in Unix milliseconds, actorId 0 for the operator.`
}

const maxAudit = 10_000

// Run is the command.
func (a *audit) Run(ctx context.Context, e *env) error {
	if a.Limit < 1 || a.Limit > maxAudit {
		return &usageError{fmt.Sprintf("--limit must be 1 to %d", maxAudit)}
	}
	return e.withCore(ctx, settings(a.Base), func(core *server.Core) error {
		found, err := core.Service.NewestAudit(ctx, a.Limit)
		if err != nil {
			return err
		}
		out := auditLog{Entries: []auditEntry{}, Count: found.Count}
		for _, entry := range found.List {
			out.Entries = append(out.Entries, newAuditEntry(entry))
		}
		if e.json {
			return writeJSON(e.Out, out)
		}
		return out.table(e.Out)
	})
}

type auditLog struct {
	Entries []auditEntry `json:"entries"`
	Count   int64        `json:"count"` // all there are
}

type auditEntry struct {
	ID       int64           `json:"id"`
	At       chat.Time       `json:"at"`
	ActorID  int64           `json:"actorId"`
	Actor    string          `json:"actor"`
	Action   string          `json:"action"`
	TargetID int64           `json:"targetId"`
	Details  json.RawMessage `json:"details"`
}

func newAuditEntry(a chat.AuditEntry) auditEntry {
	return auditEntry{
		ID: a.ID, At: a.At, ActorID: a.ActorID, Actor: a.Actor, Action: a.Action, TargetID: a.TargetID, Details: a.Details,
	}
}

func (l auditLog) table(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "AT\tWHO\tACTION\tON\tDETAILS")
	for _, a := range l.Entries {
		who := a.Actor
		if a.ActorID != 0 {
			who = fmt.Sprintf("%s (%d)", a.Actor, a.ActorID)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%d\t%s\n", a.At.Std().Format(time.RFC3339), who, a.Action, a.TargetID, a.Details)
	}
	return t.Flush()
}
