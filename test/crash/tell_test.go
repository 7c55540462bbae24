package crash

// tell says what a life was worth, and gives how many posts a kill hit between
// being stored and being answered.
func (l *life) tell(heard []*heard) (kept int) {
	known := l.load.ledger.view()
	there := map[string]bool{}
	for _, m := range l.before.messages {
		there[textOf([]byte(m.body))] = true
	}
	var answered, cut, lost, refused int
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
	return kept
}
