package chat

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"time"
)

// AdminTokenLife is how long a token for the management routes lives.
const AdminTokenLife = 30 * 24 * time.Hour

// OperatorAccess is the access to the management routes that the settings give.
// It stands for nobody with an account and may do what the owner may.
type OperatorAccess struct {
	Name, Password string // empty: there is none
}

// fits reports whether these are the credentials. It takes as long when they are
// not.
func (a OperatorAccess) fits(name, password string) bool {
	given := a.digest(name, password)
	return subtle.ConstantTimeCompare(given, a.digest(a.Name, a.Password)) == 1 && a.Name != "" && a.Password != ""
}

func (OperatorAccess) digest(name, password string) []byte {
	first, second := sha256.Sum256([]byte(name)), sha256.Sum256([]byte(password))
	sum := sha256.Sum256(append(first[:], second[:]...))
	return sum[:]
}

func (a OperatorAccess) session() Session {
	return Session{User: User{Name: a.Name, Role: Owner}}
}

// AdminToken lets its holder use the management routes.
type AdminToken struct {
	Hash    []byte // SHA-256 of the token
	UserID  int64  // 0: who has the operator's access
	Proof   []byte // with user 0: the access as it was then, sealed
	Created Time
	Expires Time
}

// IssuedAdminToken is a fresh token, which only its holder knows.
type IssuedAdminToken struct {
	Token   string
	Expires Time
}

const errNoAdmin = "Invalid access token: sign in with POST /api/management/auth and send its token in the header \"admin-accesstoken\""

// SignInAdmin gives a token for the management routes: for the operator's name
// and password, or for the e-mail address and password of a person who manages
// the team. It fails with Forbidden, and takes as long, whatever is wrong.
func (s *Service) SignInAdmin(ctx context.Context, name, password string) (IssuedAdminToken, error) {
	wrong := Errorf(Forbidden, "Invalid username or password")
	if s.opts.Operator.fits(name, password) {
		return s.issueAdminToken(ctx, func(context.Context, Tx) (Session, error) { return s.opts.Operator.session(), nil })
	}
	var user User
	if email, err := CleanEmail(name); err == nil {
		if user, err = s.store.UserByEmail(ctx, email); err != nil && !IsNotFound(err) {
			return IssuedAdminToken{}, err
		}
	}
	ok, err := s.passwords.Verify(ctx, user.Password, password)
	if err != nil {
		return IssuedAdminToken{}, err
	}
	if !ok || !managing(user) {
		return IssuedAdminToken{}, wrong
	}
	return s.issueAdminToken(ctx, func(ctx context.Context, tx Tx) (Session, error) {
		now, err := tx.User(ctx, user.ID)
		if err == nil && (!managing(now) || now.Password != user.Password) {
			err = wrong
		}
		return Session{User: now}, err
	})
}

// managing reports whether this is a person who manages the team.
func managing(u User) bool { return u.Kind == Person && u.Role.Manages() && !u.Deleted }

func (s *Service) issueAdminToken(ctx context.Context, find func(context.Context, Tx) (Session, error)) (IssuedAdminToken, error) {
	return update(ctx, s, func(ctx context.Context, tx Tx) (IssuedAdminToken, error) {
		who, err := find(ctx, tx)
		if err != nil {
			return IssuedAdminToken{}, err
		}
		token := NewSecret()
		t := AdminToken{Hash: HashSecret(token), UserID: who.User.ID, Expires: tx.Stamp().Add(AdminTokenLife)}
		if t.UserID == 0 {
			t.Proof = s.sealer.Seal(0, s.operatorProof())
		}
		if err := tx.DropAdminTokens(ctx, tx.Stamp()); err != nil {
			return IssuedAdminToken{}, err
		}
		if err := tx.CreateAdminToken(ctx, t); err != nil {
			return IssuedAdminToken{}, err
		}
		return IssuedAdminToken{Token: token, Expires: t.Expires}, tx.Audit(ctx, who.did("admin.sign_in", who.User.ID))
	})
}

// operatorProof binds tokens to the settings they were given under: when the
// operator changes or takes away the access, they are worth nothing.
func (s *Service) operatorProof() string {
	a := s.opts.Operator
	return hex.EncodeToString(a.digest(a.Name, a.Password))
}

// AuthenticateAdmin finds who a token for the management routes speaks for. It
// fails with Forbidden when the token is empty, unknown or expired, or its holder
// does not manage the team any more.
func (s *Service) AuthenticateAdmin(ctx context.Context, token string) (Session, error) {
	refused := Errorf(Forbidden, errNoAdmin)
	if token == "" {
		return Session{}, refused
	}
	hash := HashSecret(token)
	t, err := s.store.AdminToken(ctx, hash)
	if err != nil || !sameHash(t.Hash, hash) || t.Expires <= s.now() {
		return Session{}, refused.unless(err)
	}
	if t.UserID == 0 {
		proof, err := s.sealer.Open(0, t.Proof)
		if err != nil || s.opts.Operator.Name == "" || s.opts.Operator.Password == "" || !sameHash([]byte(proof), []byte(s.operatorProof())) {
			return Session{}, refused // sealed under another key, or for other settings
		}
		return s.opts.Operator.session(), nil
	}
	user, err := s.store.User(ctx, t.UserID)
	if err != nil || !managing(user) {
		return Session{}, refused.unless(err)
	}
	return Session{User: user}, nil
}
