package participant

import (
	"slices"
	"strings"
	"time"
)

// Why readings are in doubt.
const (
	// DoubtNotCalibrated: they lie outside of all calibrations.
	DoubtNotCalibrated = "notCalibrated"
	// DoubtAsFound: the next calibration found the device outside of its limits.
	DoubtAsFound = "asFoundFailed"
	// DoubtSuspended: the device was suspended.
	DoubtSuspended = "suspended"
	// DoubtRetired, DoubtCompromised: the device is revoked since before them.
	DoubtRetired     = "retired"
	DoubtCompromised = "compromised"
	// DoubtGateway stands before suspended, retired and compromised where the
	// gateway that vouches is.
	DoubtGateway = "gateway:"
)

// Doubt is a time within which a device's readings are not believed. Its ends
// belong to it.
type Doubt struct {
	From   time.Time `json:"from"`
	To     time.Time `json:"to"`
	Reason string    `json:"reason"`
}

// Doubts returns what is in doubt of a device's readings between two instants,
// both included: in order of time, cut to that interval, and the same for
// whoever asks, as it depends on the records alone. It is empty when every
// reading of that time is believed.
//
// A gateway puts in doubt what it may have signed: all up to the time when
// another took its place.
func (t *Trust) Doubts(from, to time.Time) []Doubt {
	found := doubts{from: from, to: to}
	t.notCalibrated(&found)
	for i, c := range t.Calibrations {
		if c.AsFound == CheckFail {
			since := time.Time{}
			if i > 0 {
				since = t.Calibrations[i-1].Performed
			}
			found.addUntil(since, c.Performed, DoubtAsFound)
		}
	}
	t.Device.disbelieved(&found, time.Time{}, "")
	for _, signer := range t.signers() {
		if signer.Gateway != "" {
			t.gateway(signer.Gateway).Device.disbelieved(&found, signer.Until, DoubtGateway)
		}
	}
	slices.SortFunc(found.list, func(a, b Doubt) int {
		if order := a.From.Compare(b.From); order != 0 {
			return order
		}
		return strings.Compare(a.Reason, b.Reason)
	})
	return slices.Compact(found.list)
}

// doubts collects what overlaps an interval.
type doubts struct {
	from, to time.Time
	list     []Doubt
}

// instant is the resolution of the ledger's times.
const instant = time.Millisecond

// add adds a doubt with both its ends; the zero To stands for ever.
func (d *doubts) add(from, to time.Time, reason string) {
	if from.Before(d.from) {
		from = d.from
	}
	if to.IsZero() || to.After(d.to) {
		to = d.to
	}
	if !to.Before(from) {
		d.list = append(d.list, Doubt{From: from, To: to, Reason: reason})
	}
}

// addUntil is add for a doubt that ends before an instant.
func (d *doubts) addUntil(from, until time.Time, reason string) {
	if !until.IsZero() {
		until = until.Add(-instant)
	}
	d.add(from, until, reason)
}

// notCalibrated adds what no calibration covers. What measures nothing has none.
func (t *Trust) notCalibrated(found *doubts) {
	if t.Device.Measures == "" {
		return
	}
	next := time.Time{} // the first instant that is not covered yet
	for i := range t.Calibrations {
		from, until, ok := t.covered(i)
		if !ok {
			continue
		}
		if from.After(next) {
			found.addUntil(next, from, DoubtNotCalibrated)
		}
		next = until.Add(instant)
	}
	found.add(next, time.Time{}, DoubtNotCalibrated)
}

// disbelieved adds suspensions and revocation, up to an instant.
func (d *Device) disbelieved(found *doubts, until time.Time, prefix string) {
	earlier := func(end time.Time) time.Time {
		if end.IsZero() || !until.IsZero() && until.Before(end) {
			return until
		}
		return end
	}
	for _, s := range d.Suspensions {
		found.addUntil(s.From, earlier(s.Until), prefix+DoubtSuspended)
	}
	if d.Revoked != nil {
		found.addUntil(d.Revoked.Since, until, prefix+d.Revoked.Kind)
	}
}
