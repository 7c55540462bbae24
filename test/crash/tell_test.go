package crash

// tell says what the run was worth, and fails one in which no kill hit anything.
func (l *life) tell(heard []*heard) {
	known := l.load.ledger.view()
	there := map[string]bool{}
	for _, m := range l.before.messages {
		there[textOf([]byte(m.body))] = true
	}
	var answered, cut, kept, lost, refused int
	for text, p := range known.posts {
		switch {
		case p.wrong != 0:
			refused++
		case p.stored != nil:
			answered++
		}
		cut += p.cut
		switch {
		case p.cut == 0 || p.wrong != 0:
		case p.clientID() != "" && p.stored.replay || p.clientID() == "" && there[text]:
			kept++
		default:
			lost++
		}
	}
	l.t.Logf("%d posts answered, %d refused; %d tries cut off by a kill, of which %d were stored and %d not; %d messages, %d ranges of receipts, %d events; %d kills at the start, %d while stopping",
		answered, refused, cut, kept, lost, len(heard[0].all()), len(l.before.receipts), l.before.clock.seq, l.early, l.late)
	if kept == 0 || lost == 0 {
		l.t.Error("no kill hit a post before it was stored, or none after: the moments are badly chosen")
	}
}
