package chat

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// notice says in a room what someone changed about it.
type notice struct {
	kind    noticeKind
	objects []string // names of what was changed
	ids     []int64  // and their ids
}

// noticeKind is what was changed. Its values are part of stored messages.
type noticeKind string

const (
	createdGroup  noticeKind = "created_group"
	userLeft      noticeKind = "user_left_group"
	renamedGroup  noticeKind = "updated_group_name"
	newAvatar     noticeKind = "updated_group_avatar"
	addedMembers  noticeKind = "added_group_members"
	removedMember noticeKind = "removed_group_members"
	addedAdmins   noticeKind = "added_group_admins"
	removedAdmins noticeKind = "removed_group_admins"
	createdNote   noticeKind = "created_note"
	updatedNote   noticeKind = "updated_note"
	deletedNote   noticeKind = "deleted_note"
)

// What a notice holds at most: the rest is only counted.
const (
	maxNoticeObjects = 100
	maxNoticeNames   = 10 // in its text
)

// systemBody is the body of a system message.
type systemBody struct {
	Text      string     `json:"text"`
	Subject   string     `json:"subject"` // who made the change
	SubjectID int64      `json:"subjectId"`
	Type      noticeKind `json:"type"`
	Objects   []string   `json:"objects"`
	ObjectIDs []int64    `json:"objectIds"`
}

func aboutRoom(kind noticeKind, r Room) notice {
	return notice{kind, []string{r.Name}, []int64{r.ID}}
}

func aboutNote(kind noticeKind, n Note) notice {
	return notice{kind, []string{n.Title}, []int64{n.ID}}
}

// tell posts a notice in the name of the asker, a member, if the operator wants
// that. It is a message like any other, but unread to nobody.
func (s *Service) tell(ctx context.Context, tx Tx, who Session, roomID int64, n notice) error {
	if !s.opts.SystemMessages {
		return nil
	}
	user, err := tx.User(ctx, who.User.ID)
	if err != nil {
		return err
	}
	body, err := n.body(user)
	if err != nil {
		return err
	}
	room, err := tx.Room(ctx, roomID)
	if err != nil {
		return err
	}
	member, err := tx.Member(ctx, roomID, user.ID)
	if err != nil {
		return err
	}
	heard, err := heardIn(ctx, tx, room, user.ID)
	if err != nil {
		return err
	}
	_, err = appendTo(ctx, tx, poster{Sender{UserID: user.ID}, room, member, heard}, Message{Type: SystemType, Body: body})
	return err
}

// tellLeaving posts that a member leaves, while they are still one: they can see
// it and are counted. The room and the member are given as they are after it.
func (s *Service) tellLeaving(ctx context.Context, tx Tx, who Session, room *Room, member *Member) error {
	if !s.opts.SystemMessages {
		return nil
	}
	if err := s.tell(ctx, tx, who, room.ID, aboutRoom(userLeft, *room)); err != nil {
		return err
	}
	var err error
	if *room, err = tx.Room(ctx, room.ID); err != nil {
		return err
	}
	*member, err = tx.Member(ctx, room.ID, member.UserID)
	return err
}

// roomChange is what an admin changed about a room.
type roomChange struct {
	before, now Room
	moves       moves
}

// tellChanges posts what an admin changed about a room.
func (s *Service) tellChanges(ctx context.Context, tx Tx, who Session, c roomChange) error {
	if !s.opts.SystemMessages {
		return nil
	}
	var list []notice
	if c.before.Name != c.now.Name {
		list = append(list, aboutRoom(renamedGroup, c.now))
	}
	if c.before.AvatarID != c.now.AvatarID {
		list = append(list, aboutRoom(newAvatar, c.now))
	}
	for _, moved := range []struct {
		kind  noticeKind
		users []int64
	}{{addedMembers, c.moves.added}, {removedMember, c.moves.removed}, {addedAdmins, c.moves.promoted}, {removedAdmins, c.moves.demoted}} {
		if len(moved.users) > 0 {
			n, err := aboutUsers(ctx, tx, moved.kind, moved.users)
			if err != nil {
				return err
			}
			list = append(list, n)
		}
	}
	for _, n := range list {
		if err := s.tell(ctx, tx, who, c.now.ID, n); err != nil {
			return err
		}
	}
	return nil
}

// aboutUsers is a notice about people, by their ids.
func aboutUsers(ctx context.Context, r Reader, kind noticeKind, ids []int64) (notice, error) {
	users, err := r.Users(ctx, ids)
	if err != nil {
		return notice{}, err
	}
	slices.SortFunc(users, func(a, b User) int { return int(a.ID - b.ID) })
	n := notice{kind: kind}
	for _, u := range users {
		n.objects, n.ids = append(n.objects, u.Name), append(n.ids, u.ID)
	}
	return n, nil
}

func (n notice) body(by User) ([]byte, error) {
	return marshal(systemBody{
		Text: n.text(by.Name), Subject: by.Name, SubjectID: by.ID, Type: n.kind,
		Objects: n.objects[:min(len(n.objects), maxNoticeObjects)], ObjectIDs: n.ids[:min(len(n.ids), maxNoticeObjects)],
	})
}

// sentences say what was done; the second place is for what it was done to.
var sentences = map[noticeKind]string{
	createdGroup:  "%s created the group %s",
	userLeft:      "%s left the group %s",
	renamedGroup:  "%s renamed the group to %s",
	newAvatar:     "%s changed the picture of the group %s",
	addedMembers:  "%s added %s",
	removedMember: "%s removed %s",
	addedAdmins:   "%s made %s an admin",
	removedAdmins: "%s took the admin rights of %s",
	createdNote:   "%s wrote the note %s",
	updatedNote:   "%s changed the note %s",
	deletedNote:   "%s deleted the note %s",
}

// text gives a notice as a sentence, for clients that know no notices.
func (n notice) text(by string) string {
	names := slices.Clone(n.objects[:min(len(n.objects), maxNoticeNames)])
	if more := len(n.objects) - len(names); more > 0 {
		names = append(names, fmt.Sprintf("%d others", more))
	}
	last := names[len(names)-1]
	if len(names) > 1 {
		last = strings.Join(names[:len(names)-1], ", ") + " and " + last
	}
	return strings.TrimRight(fmt.Sprintf(sentences[n.kind], by, last), " ")
}
