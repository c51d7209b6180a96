package exposuretest_test

import (
	"errors"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// stay is a time that a thing was in another, as events say.
type stay struct {
	what, in  string
	from, out int64
}

// model knows who was inside when in the simplest way: a list of stays.
type model struct {
	*World
	t         *rapid.T
	stays     []*stay
	inside    map[string]*stay // the stay that lasts
	custodian map[string]string
	earliest  time.Time // no event may claim to have happened before
}

func (m *model) at(late bool) time.Time {
	at := m.Now.Add(time.Minute)
	if late {
		at = at.Add(-time.Duration(rapid.IntRange(0, 25).Draw(m.t, "minutes late")) * time.Minute)
	}
	if at.Before(m.earliest) {
		return m.earliest
	}
	return at
}

func (m *model) leave(what string, at time.Time) {
	if s := m.inside[what]; s != nil {
		s.out = at.UnixMilli()
		delete(m.inside, what)
	}
}

func (m *model) enter(what, in string, at time.Time) {
	s := &stay{what: what, in: in, from: at.UnixMilli(), out: math.MaxInt64}
	m.stays, m.inside[what] = append(m.stays, s), s
}

// contains reports whether something is in a container now, at any depth.
func (m *model) contains(container, what string) bool {
	for s := m.inside[what]; s != nil; s = m.inside[s.in] {
		if s.in == container {
			return true
		}
	}
	return false
}

// exposed returns what was in something within a time. Events that contradict each
// other can have two things in each other: nothing is looked into twice on one way.
func (m *model) exposed(way []string, from, to int64, into map[string]bool) {
	in := way[len(way)-1]
	for _, s := range m.stays {
		begin, end := max(min(s.from, s.out), from), min(max(s.from, s.out), to)
		if s.in == in && begin <= end {
			into[s.what] = true
			if !slices.Contains(way, s.what) {
				m.exposed(append(slices.Clone(way), s.what), begin, end, into)
			}
		}
	}
}

// try captures an event; what is refused for a hold, or has been said already, has not happened.
func (m *model) try(msp string, e Event) bool {
	_, err := m.Capture(msp, e)
	if errors.Is(err, fault.Held) || errors.Is(err, fault.AlreadyRecorded) {
		return false
	}
	require.NoError(m.t, err)
	return true
}

func (m *model) pack(what, in string, at time.Time) {
	if what == in || m.contains(what, in) || m.custodian[what] != m.custodian[in] {
		return
	}
	if s := m.inside[what]; s != nil && s.in == in {
		return
	}
	if m.try(m.custodian[in], when(at, Pack(in, what))) {
		m.leave(what, at)
		m.enter(what, in, at)
	}
}

func (m *model) unpack(what string, at time.Time) {
	s := m.inside[what]
	if s != nil && m.try(m.custodian[what], when(at, Unpack(s.in, what))) {
		m.leave(what, at)
	}
}

func (m *model) empty(container string, at time.Time) {
	if !m.try(m.custodian[container], when(at, Unpack(container))) {
		return
	}
	for what, s := range m.inside {
		if s.in == container {
			m.leave(what, at)
		}
	}
}

// move hands something over, with what is in it; it slips out of what it is in.
func (m *model) move(what string) {
	from, to := m.custodian[what], Retailer
	if from == Retailer {
		to = Manufacturer
	}
	at := m.at(false)
	if !m.try(from, when(at, Ship(to, what))) {
		return
	}
	m.leave(what, at)
	m.MustCapture(to, Step("receiving", what))
	for other := range m.custodian {
		if other == what || m.contains(what, other) {
			m.custodian[other] = to
		}
	}
}

func (m *model) act(goods, containers []string) {
	what := rapid.SampledFrom(slices.Concat(goods, goods, containers)).Draw(m.t, "what")
	container := rapid.SampledFrom(containers).Draw(m.t, "container")
	leaf := slices.Contains(goods, what)
	switch rapid.IntRange(0, 9).Draw(m.t, "act") {
	case 0, 1, 2, 3, 4:
		m.pack(what, container, m.at(leaf))
	case 5, 6:
		m.unpack(what, m.at(leaf))
	case 7:
		m.empty(container, m.at(true))
	case 8:
		m.move(what)
	case 9:
		m.Now = m.Now.Add(time.Duration(rapid.IntRange(1, 30).Draw(m.t, "wait")) * time.Minute)
	}
}

// Whatever is packed, unpacked, emptied and shipped, in whatever order it is
// recorded, and whether the excursion is known at once or long after: exactly what
// was inside when it was out of range is on hold.
func TestExactlyWhatWasInsideIsHeld(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &model{World: Start(t), t: t, inside: map[string]*stay{}, custodian: map[string]string{}}
		goods := cases(0, 6)
		containers := []string{Pallet(Manufacturer, 1), Pallet(Manufacturer, 2), Pallet(Manufacturer, 3), "/8004/9506000REEFER"}
		all := slices.Concat(goods, containers)
		m.MustCapture(Manufacturer, Commission(all...))
		for _, path := range all {
			m.custodian[path] = Manufacturer
		}
		logger := m.Logger(Manufacturer, 1)
		policy := m.Policy(Manufacturer, "cold", holding())
		acts := func(n int) {
			for range n {
				m.act(goods, containers)
			}
		}
		acts(rapid.IntRange(0, 8).Draw(t, "acts before"))
		subject := rapid.SampledFrom(containers).Draw(t, "subject")
		m.earliest = m.Now
		m.Now = m.Now.Add(time.Minute)
		begin := m.Now.Add(time.Minute)
		m.Watch(m.custodian[subject], "w", policy, m.loggerOf(m.custodian[subject], logger), subject)
		device := m.loggerOf(m.custodian[subject], logger)
		acts(rapid.IntRange(0, 12).Draw(t, "acts"))
		m.Now = m.Now.Add(11 * time.Minute)
		run := Every(10*time.Minute, begin, m.Now, 50)
		out := rapid.IntRange(0, len(run)-1).Draw(t, "reading out of range")
		run[out].Value = 120
		if rapid.Bool().Draw(t, "late") {
			acts(rapid.IntRange(0, 12).Draw(t, "acts until it is known"))
		}
		breach := m.Record(Manufacturer, device, run...).Lanes[0].Breach
		m.Spread(Manufacturer, breach)
		broke, err := Ask(m.World, condition.ReadBreach, condition.ReadBreachRequest{Breach: breach})
		require.NoError(t, err)
		m.check(goods, subject, broke.From, broke.To, "when it is known")

		m.earliest = broke.To.Time().Add(time.Minute)
		if m.earliest.After(m.Now) {
			m.Now = m.earliest
		}
		acts(rapid.IntRange(0, 10).Draw(t, "acts after"))
		m.Spread(Retailer, breach)
		m.check(goods, subject, broke.From, broke.To, "after all")
	})
}

// loggerOf returns a device of the organisation that starts the watch.
func (m *model) loggerOf(msp, logger string) string {
	if msp == Manufacturer {
		return logger
	}
	if m.custodian["logger"] == "" {
		m.custodian["logger"] = m.Logger(msp, 1)
	}
	return m.custodian["logger"]
}

func (m *model) check(goods []string, subject string, from, to evaluation.Moment, at string) {
	exposed := map[string]bool{}
	m.exposed([]string{subject}, int64(from), int64(to), exposed)
	want := []string{}
	for _, path := range goods {
		if exposed[path] {
			want = append(want, path)
		}
	}
	require.Equal(m.t, want, m.HeldOf(goods...), "%s: in %s from %s to %s", at, subject, from, to)
}
