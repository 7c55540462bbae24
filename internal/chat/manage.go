package chat

import (
	"context"
	"time"
)

// ManagePage is how many entries a page of the management lists holds.
const ManagePage = 10

// Listed is one page of a management list. Count is the number of all where the
// list was not narrowed, else that of the page.
type Listed[T any] struct {
	List  []T
	Count int64
}

// listing says how a list is read, and counted where it is not narrowed.
type listing[T any] struct {
	whole bool
	read  func(ctx context.Context, r Reader, p Page) ([]T, error)
	count func(ctx context.Context, r Reader) (int64, error)
}

// managedList reads a page, counted from 0, for someone who manages the team.
func managedList[T any](ctx context.Context, s *Service, who Session, page int, l listing[T]) (Listed[T], error) {
	if err := mayManage(who); err != nil {
		return Listed[T]{}, err
	}
	return view(ctx, s, func(ctx context.Context, r Reader) (Listed[T], error) {
		list, err := l.read(ctx, r, Page{Limit: ManagePage, Offset: page * ManagePage})
		if err != nil || !l.whole {
			return Listed[T]{List: list, Count: int64(len(list))}, err
		}
		n, err := l.count(ctx, r)
		return Listed[T]{List: list, Count: n}, err
	})
}

// maxCounted is how long a time messages are counted for.
const maxCounted = 366 * 24 * time.Hour

// PostCount is how many messages were posted in an hour or on a day.
type PostCount struct {
	At     Time // when the hour or day begins, in UTC
	Number int64
}

// CountMessages counts what was posted from a moment on and before another, by
// hours or by days of UTC; those without any are left out. Fails with Invalid for
// more than a year.
func (s *Service) CountMessages(ctx context.Context, who Session, from, to Time, step time.Duration) ([]PostCount, error) {
	if err := mayManage(who); err != nil {
		return nil, err
	}
	if to < from || to-from > Time(maxCounted.Milliseconds()) {
		return nil, Errorf(Invalid, "end must not be before start, nor more than %d days after it", int(maxCounted.Hours()/24))
	}
	hours, err := s.store.PostedPerHour(ctx, from, to)
	if err != nil {
		return nil, err
	}
	var out []PostCount
	for _, h := range hours {
		at := Time(h.Hour * time.Hour.Milliseconds())
		at -= at % Time(step.Milliseconds())
		if i := len(out) - 1; i >= 0 && out[i].At == at {
			out[i].Number += h.Posted
			continue
		}
		out = append(out, PostCount{at, h.Posted})
	}
	return out, nil
}

// mayTouch refuses who may not change another's account or devices: the owner's
// and other admins' are the owner's to change.
func mayTouch(who Session, u User) error {
	if u.Role.Manages() && who.User.Role != Owner && u.ID != who.User.ID {
		return Errorf(Forbidden, "Forbidden: only the owner changes admins and what is theirs")
	}
	return nil
}

// managedPerson finds a person whom the asker may change.
func managedPerson(ctx context.Context, r Reader, who Session, id int64) (User, error) {
	u, err := r.User(ctx, id)
	switch {
	case err != nil || u.Deleted:
		return User{}, Errorf(NotFound, "Wrong user id").unless(err)
	case u.IsBot():
		return User{}, Errorf(Invalid, "Bots are changed with their API key, in the room's settings")
	}
	return u, mayTouch(who, u)
}

// UploaderOf gives whose files those are that come with a token for the management
// routes: its holder's, and the owner's where the operator holds it. It fails as
// AuthenticateAdmin does, and with Invalid while there is no owner.
func (s *Service) UploaderOf(ctx context.Context, token string) (int64, error) {
	who, err := s.AuthenticateAdmin(ctx, token)
	if err != nil {
		return 0, err
	}
	return uploaderFor(ctx, s.store, who)
}

func uploaderFor(ctx context.Context, r Reader, who Session) (int64, error) {
	if who.User.ID != 0 {
		return who.User.ID, nil
	}
	people, err := r.People(ctx)
	if err != nil {
		return 0, err
	}
	for _, p := range people {
		if p.Role == Owner {
			return p.ID, nil
		}
	}
	return 0, Errorf(Invalid, "There is no owner yet, whose files these would be: set the team up first")
}

// checkPicture refuses a picture of a person that neither they nor who changes it
// uploaded, unless it is the one they have.
func checkPicture(ctx context.Context, r Reader, who Session, u User, before int64) error {
	if u.AvatarID == 0 || u.AvatarID == before {
		return nil
	}
	uploader, err := uploaderFor(ctx, r, who)
	if err != nil {
		return err
	}
	f, err := r.File(ctx, u.AvatarID)
	if err != nil || f.UserID != uploader && f.UserID != u.ID {
		return Errorf(Invalid, "Invalid avatarFileId: there is no such file, or it is another's").unless(err)
	}
	return nil
}
