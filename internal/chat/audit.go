package chat

import (
	"context"
	"encoding/json"
)

// AuditPage is how many entries a page of the audit log holds.
const AuditPage = 50

// AuditEntry is one thing that somebody with power over others did. It names no
// secret and, beside the actor, nobody: whom it is about is told by an id, so
// that a person who is forgotten is forgotten here, too.
type AuditEntry struct {
	ID       int64
	At       Time
	ActorID  int64  // 0: the operator, at the command line or with the settings' access
	Actor    string // their name at that time
	Action   string // what it is about and what was done, like "user.role"
	TargetID int64  // of what the first half of Action names; 0: nothing in particular
	Details  []byte // a JSON object
}

// did makes an entry of what someone did. details are names, each followed by a
// value.
func (who Session) did(action string, target int64, details ...any) AuditEntry {
	named := make(map[string]any, len(details)/2)
	for i := 0; i+1 < len(details); i += 2 {
		named[details[i].(string)] = details[i+1]
	}
	text, err := json.Marshal(named)
	if err != nil {
		panic("audit details that are no JSON: " + action) // a mistake in the code, which its tests meet
	}
	return AuditEntry{ActorID: who.User.ID, Actor: who.User.Name, Action: action, TargetID: target, Details: text}
}

// AuditList is one page of the audit log with the number of all entries.
type AuditList struct {
	List  []AuditEntry
	Count int64
}

// AuditLog gives a page of what was done, newest first; pages count from 0. Only
// those who manage the team may read it.
func (s *Service) AuditLog(ctx context.Context, who Session, page int) (AuditList, error) {
	if err := mayManage(who); err != nil {
		return AuditList{}, err
	}
	return s.auditLog(ctx, Page{Limit: AuditPage, Offset: page * AuditPage})
}

// NewestAudit gives the newest entries, for the operator.
func (s *Service) NewestAudit(ctx context.Context, limit int) (AuditList, error) {
	return s.auditLog(ctx, Page{Limit: limit})
}

func (s *Service) auditLog(ctx context.Context, p Page) (AuditList, error) {
	return view(ctx, s, func(ctx context.Context, r Reader) (AuditList, error) {
		list, err := r.AuditLog(ctx, p)
		if err != nil {
			return AuditList{}, err
		}
		count, err := r.AuditCount(ctx)
		return AuditList{List: list, Count: count}, err
	})
}
