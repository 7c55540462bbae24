package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"spika/client"
)

// maxInput is how much is read from standard input, in bytes: more than any
// server takes.
const maxInput = 64 << 20

type send struct {
	sameFlags
	URL            string        `required:"" environment:"" placeholder:"URL" help:"The server's address, or the POST URL shown beside the key."`
	Key            string        `required:"" environment:"" secret:"" placeholder:"KEY" help:"The API key. Better given in the environment, where other users cannot read it."`
	Room           int64         `required:"" placeholder:"ID" help:"The room the key belongs to."`
	Reply          int64         `placeholder:"ID" help:"The message to answer."`
	LocalID        string        `placeholder:"TEXT" help:"Your own id of the message: sent again with the same one, it is stored once."`
	IdempotencyKey string        `placeholder:"TEXT" help:"The same, without showing up in the message."`
	File           []string      `placeholder:"PATH" help:"A file to send; can be given several times. Each becomes a message of its own, after the text."`
	Timeout        time.Duration `default:"30s" help:"How long to go on trying when the server does not answer."`
	Text           *string       `arg:"" optional:"" help:"The text; read from standard input if left out."`
}

// Help is the long help.
func (send) Help() string {
	return `Posts over HTTP, as any integration would, and returns when the message is on the server's disk. While there is no answer it tries again, and the message is stored once all the same.

With --file, the text can be left out and is not read from standard input. Pictures, sound and video are told by what is in the file; everything else is sent to be downloaded. A file is uploaded and posted anew each time, so --local-id and --idempotency-key do not go with it. It has a second more than --timeout for every 64 KiB.

Prints the message's id, or several, one a line; with --json {"id","roomId","createdAt","replayed"}, with --file {"messages":[…]}.`
}

// Run is the command.
func (s *send) Run(ctx context.Context, e *env) error {
	c, err := client.New(client.Options{URL: s.URL, Token: s.Key, Tries: 1_000}) // until the time is up
	if err != nil {
		return usagef("--url: %v", err)
	}
	if len(s.File) > 0 {
		return s.sendFiles(ctx, e, c)
	}
	text, err := s.text(e.In)
	if err != nil {
		return err
	}
	posted, err := s.post(ctx, c, text)
	if err != nil {
		return err
	}
	return e.print(fmt.Sprint(posted.ID), posted)
}

// sent is what is told of a message.
type sent struct {
	ID        int64 `json:"id"`
	RoomID    int64 `json:"roomId"`
	CreatedAt int64 `json:"createdAt"`
	Replayed  bool  `json:"replayed"`
}

// post posts the text.
func (s *send) post(ctx context.Context, c *client.Client, text string) (sent, error) {
	if !utf8.ValidString(text) {
		return sent{}, usagef("the text is not valid UTF-8")
	}
	ctx, cancel := context.WithTimeout(ctx, s.Timeout)
	defer cancel()
	posted, err := c.Post(ctx, client.Draft{
		RoomID: s.Room, Text: text, ReplyID: s.Reply, LocalID: s.LocalID, IdempotencyKey: s.IdempotencyKey,
	})
	return sent{posted.ID, posted.RoomID, posted.CreatedAt, posted.Replayed}, err
}

// text gives what is to be posted. Line ends at the end of the input are those
// of the program that wrote it, and are left out.
func (s *send) text(in io.Reader) (string, error) {
	if s.Text != nil {
		return *s.Text, nil
	}
	if f, ok := in.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			return "", usagef("give the text as an argument or on standard input")
		}
	}
	b, err := io.ReadAll(io.LimitReader(in, maxInput+1))
	if err != nil {
		return "", fmt.Errorf("read the text: %w", err)
	}
	if len(b) > maxInput {
		return "", usagef("the text on standard input is over 64 MiB")
	}
	return strings.TrimRight(string(b), "\r\n"), nil
}
