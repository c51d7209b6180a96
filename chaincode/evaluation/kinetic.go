package evaluation

// kinetic is the state of the mean kinetic temperature as plain values. Between
// two readings that are known, each stretch within one bucket adds its length
// times the rates at both its ends, where values run linear, and twice its
// length times the rate at the first reading where they hold. So what a pair of
// readings adds depends on them, the buckets and the window alone.
type kinetic struct {
	arrhenius
	thermometer
	bucketMs int64
	count    int // buckets in a window
	start    Moment
	first    int64 // the bucket that the watch starts in

	begun   bool               // there is a bucket
	newest  int64              // its number
	edge    Moment             // its end
	open    Bucket             // what it holds
	buckets [MaxBuckets]Bucket // the others of the window, in a ring
	at      int                // where the newest will stand in it; those before it stand before
	closed  Bucket             // all of the ring together
	ended   bool
	broken  bool
	worst   KineticWindow
	judged  bool // there is a worst window

	lastValue Amount // of the last rate that was computed
	lastRate  rate
}

func newKinetic(terms Terms, window Window, t *MKTTally) *kinetic {
	m := thermometerOf(terms.Unit)
	k := &kinetic{
		arrhenius: newArrhenius(terms.MKT.ActivationEnergy, m.kelvin(terms.MKT.Upper)), thermometer: m,
		bucketMs: terms.MKT.BucketMs, count: terms.MKT.Buckets, start: window.Start,
		lastValue: terms.MKT.Upper, lastRate: rate{1 << (88 - 64), 0},
	}
	k.first = k.bucketOf(window.Start)
	if t == nil {
		return k
	}
	k.ended, k.broken = t.Ended, t.Broken
	k.begin(t.Bucket)
	k.at = max(len(t.Buckets)-1, 0)
	for i, b := range t.Buckets {
		if i == k.at {
			k.open = b
			break
		}
		k.buckets[i] = b
		k.closed = k.closed.Plus(b)
	}
	if t.Worst != nil {
		k.worst, k.judged = *t.Worst, true
	}
	return k
}

// tally returns the state; nil before the first bucket.
func (k *kinetic) tally() *MKTTally {
	if !k.begun {
		return nil
	}
	t := &MKTTally{Bucket: k.newest, Ended: k.ended, Broken: k.broken}
	for i := 1; i < k.count; i++ { // from the oldest
		if b := k.buckets[(k.at+i)%k.count]; b.Ms > 0 || len(t.Buckets) > 0 {
			t.Buckets = append(t.Buckets, b)
		}
	}
	if k.open.Ms > 0 || len(t.Buckets) > 0 {
		t.Buckets = append(t.Buckets, k.open)
	}
	if k.judged {
		worst := k.worst
		t.Worst = &worst
	}
	return t
}

// bucketOf returns the number of the bucket that a moment stands at the start of,
// or within.
func (k *kinetic) bucketOf(m Moment) int64 {
	number := int64(m) / k.bucketMs
	if int64(m)%k.bucketMs < 0 {
		number--
	}
	return number
}

// begin makes a bucket the newest.
func (k *kinetic) begin(number int64) {
	k.newest, k.edge, k.begun = number, Moment((number+1)*k.bucketMs), true
}

// next goes on to the next bucket, and forgets the one that leaves the window.
func (k *kinetic) next() {
	k.begin(k.newest + 1)
	k.buckets[k.at] = k.open
	k.closed = k.closed.Plus(k.open)
	k.at = (k.at + 1) % k.count
	k.closed = k.closed.minus(k.buckets[k.at])
	k.open, k.buckets[k.at] = Bucket{}, Bucket{}
}

// total returns what the window holds.
func (k *kinetic) total() Bucket { return k.closed.Plus(k.open) }

// rateAt returns the rate at a value.
func (k *kinetic) rateAt(value Amount) rate {
	if value != k.lastValue {
		k.lastValue, k.lastRate = value, k.rate(k.kelvin(value))
	}
	return k.lastRate
}

// rateOn returns the rate on a straight line at a moment, with the temperature
// there rounded towards that of its first end.
func (k *kinetic) rateOn(a, b Point, moment Moment) rate {
	switch moment {
	case a.Time:
		return k.rateAt(a.Value)
	case b.Time:
		return k.rateAt(b.Value)
	}
	from, to := k.kelvin(a.Value), k.kelvin(b.Value)
	passed, whole := uint64(moment-a.Time), uint64(b.Time-a.Time)
	if to > from {
		return k.rate(from + kelvin(share(uint64(to-from), passed, whole, false)))
	}
	return k.rate(from - kelvin(share(uint64(from-to), passed, whole, false)))
}

// add adds a stretch of time within the newest bucket, from one rate to another.
func (k *kinetic) add(ms int64, from, to rate) {
	k.open.Ms += ms
	k.open.Sum = k.open.Sum.plus(weighted(ms, from, to))
}

// warm adds the known time between two readings, as far as it lies within the
// window, to the buckets that it is in.
func (e *evaluation) warm(a, b Point, from, to Moment) {
	k := e.kinetic
	if !k.begun {
		k.begin(k.bucketOf(from))
	}
	if k.edge <= from {
		e.idle(from, from)
	}
	for rateFrom := e.rateBetween(a, b, from); from < to; {
		until := min(to, k.edge)
		rateUntil := e.rateBetween(a, b, until)
		k.add(int64(until-from), rateFrom, rateUntil)
		if until == k.edge {
			e.judgeWindow(until)
			if until < to {
				k.next()
			}
		}
		from, rateFrom = until, rateUntil
	}
}

func (e *evaluation) rateBetween(a, b Point, moment Moment) rate {
	if e.hold {
		return e.kinetic.rateAt(a.Value)
	}
	return e.kinetic.rateOn(a, b, moment)
}

// idle lets unknown time pass until a moment, judging the windows that end in
// it. The bucket that ends with it stays the newest, unless no time passes at
// all: then the one that begins is.
func (e *evaluation) idle(from, until Moment) {
	k := e.kinetic
	for k.begun && k.edge <= until {
		if k.edge > from {
			e.judgeWindow(k.edge)
		}
		if k.closed.Ms == 0 && k.open.Ms == 0 && k.newest < k.bucketOf(until-1) { // nothing is left: no need to pass by every bucket
			k.begin(k.bucketOf(until - 1))
			continue
		}
		if k.edge >= until && from < until {
			return
		}
		k.next()
	}
}

// judgeWindow judges the window that ends with the newest bucket, or within it at
// the end of the watch. Before the end of the watch it is judged only when it is
// full: when so many buckets have begun since the watch started.
func (e *evaluation) judgeWindow(at Moment) {
	k := e.kinetic
	if k.newest-k.first+1 < int64(k.count) && at != e.window.End {
		return
	}
	w := KineticWindow{Bucket: k.total(), At: at}
	if w.Ms == 0 {
		return
	}
	if !k.judged || w.warmer(k.worst.Bucket) {
		k.worst, k.judged = w, true
	}
	if w.broken() {
		k.broken = true
		e.broke.window(w, max(k.start, Moment((k.newest+1-int64(k.count))*k.bucketMs)), e.Implausible > 0)
	}
}

// broken reports whether the mean rate is above that at the limit.
func (b Bucket) broken() bool { return b.Sum.more(atReference(b.Ms)) }

// finishKinetic judges the last window once readings have reached the end of the
// watch.
func (e *evaluation) finishKinetic() {
	if e.kinetic == nil || e.kinetic.ended || !e.started || e.last.Time < e.window.End {
		return
	}
	e.kinetic.ended = true
	if e.kinetic.begun {
		e.judgeWindow(e.window.End)
	}
}
