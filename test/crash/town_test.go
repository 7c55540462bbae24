package crash

import (
	"fmt"
	"strings"
	"testing"
)

// town is who there is before the first message.
type town struct {
	lobby, annex int64 // rooms; the lobby is where the keeper changes things

	keeper    account
	guest     account
	talkers   []account // post and read in both rooms
	listeners []account // two devices of one person, who only listens
	lobbyKeys []account
	annexKeys []account
}

// settle makes people, rooms and keys as an operator would.
func settle(t *testing.T, i *installation) *town {
	t.Helper()
	w := &town{keeper: enter(t, i, "ada"), guest: enter(t, i, "gus"), talkers: []account{enter(t, i, "bob"), enter(t, i, "cleo")}}
	lena := enter(t, i, "lena")
	again := lena
	again.token = signIn(t, i, lena.name)
	w.listeners = []account{lena, again}
	w.lobby = room(t, i, "Lobby", "bob", "cleo", "lena", "gus")
	w.annex = room(t, i, "Annex", "bob", "cleo", "lena")
	for n := range 2 {
		w.lobbyKeys = append(w.lobbyKeys, key(t, i, w.lobby, fmt.Sprintf("lobby robot %d", n)))
		w.annexKeys = append(w.annexKeys, key(t, i, w.annex, fmt.Sprintf("annex robot %d", n)))
	}
	return w
}

func email(name string) string { return name + "@example.org" }

// made is what the commands print.
type made struct {
	ID    int64
	Token string
}

// enter makes a person who is signed in.
func enter(t *testing.T, i *installation, name string) account {
	t.Helper()
	var person made
	i.run(t, &person, "correct horse battery", "user", "add", "--email", email(name), "--name", strings.ToUpper(name), "--password-stdin")
	return account{name: name, token: signIn(t, i, name), user: person.ID}
}

func signIn(t *testing.T, i *installation, name string) string {
	t.Helper()
	var session made
	i.run(t, &session, "", "user", "token", "--email", email(name))
	return session.Token
}

func room(t *testing.T, i *installation, name string, members ...string) int64 {
	t.Helper()
	args := []string{"room", "add", "--name", name, "--admin", email("ada")}
	for _, m := range members {
		args = append(args, "--member", email(m))
	}
	var room made
	i.run(t, &room, "", args...)
	return room.ID
}

func key(t *testing.T, i *installation, room int64, name string) account {
	t.Helper()
	var key made
	i.run(t, &key, "", "key", "add", "--room", fmt.Sprint(room), "--name", name)
	return account{name: name, token: key.Token}
}
