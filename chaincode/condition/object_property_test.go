package condition_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// What an object suffered while it was in a container is what evaluating all
// readings for just that time says, however the readings were cut into
// recordings, as long as a run names all excursions; bounds hold in any case.
func TestWhatAnObjectSufferedIsTheEvaluationOfItsOwnTime(t *testing.T) {
	rapid.Check(t, func(draw *rapid.T) {
		r := onRoute(t, func(terms *evaluation.Terms) {
			terms.Bands[0].LongestExcursionMs = ms(30 * minute)
			terms.LargestGapMs = 60 * minute
		})
		n := rapid.IntRange(2, 60).Draw(draw, "readings")
		var pairs []int64
		last := int64(0)
		for i := range n {
			if i > 0 {
				last += rapid.Int64Range(1, 15).Draw(draw, "step")
			}
			pairs = append(pairs, last, rapid.Int64Range(40, 120).Draw(draw, "value"))
		}
		from := rapid.Int64Range(1, max(1, last-1)).Draw(draw, "from")
		to := rapid.Int64Range(from, last+1).Draw(draw, "to")

		r.say(Manufacturer, 0, Commission(item, box))
		r.watch(Manufacturer, "m", 0, 0, []string{box}, Manufacturer)
		r.say(Manufacturer, from, Pack(box, item))
		r.say(Manufacturer, to, Unpack(box))
		for rest := pairs; len(rest) > 0; {
			size := 2 * rapid.IntRange(1, len(rest)/2).Draw(draw, "cut")
			r.log(Manufacturer, rest[:size]...)
			rest = rest[size:]
		}

		run := at(pairs...)
		for i := range run {
			run[i].Time += r.start.UnixMilli()
		}
		var tally evaluation.Tally
		tally.Evaluate(r.terms, evaluation.Window{Start: evaluation.MomentOf(r.at(from)), End: evaluation.MomentOf(r.at(to))}, run, -1)
		band, want := r.kept(item, nil).Bands[0], tally.Bands[0]
		inside := func(what string, b condition.Bounds, ms int64) {
			if b.AtLeast > ms || ms > b.AtMost {
				draw.Fatalf("%s: %d is not within %+v", what, ms, b)
			}
			if b.AtLeast != b.AtMost && n <= 16 { // no run has more than 16 spans
				draw.Fatalf("%s: %+v could be exact", what, b)
			}
		}
		inside("out", band.OutMs, want.OutMs)
		inside("longest", band.LongestMs, want.LongestMs)
	})
}

// What is too short to count as an excursion counts in nothing, also when the
// object left in the middle of what counts only with what came after: the bounds
// hold the truth, which is what whole excursions share with its time.
func TestBoundsHoldWhatExcursionsShareWithAnObjectsTime(t *testing.T) {
	rapid.Check(t, func(draw *rapid.T) {
		r := onRoute(t, func(terms *evaluation.Terms) {
			terms.Bands[0].LongestExcursionMs = ms(30 * minute)
			terms.Bands[0].MinimumMs = rapid.Int64Range(1, 40).Draw(draw, "minimum") * minute
		})
		var pairs []int64
		last := int64(0)
		for i := range rapid.IntRange(2, 30).Draw(draw, "readings") {
			if i > 0 {
				last += rapid.Int64Range(1, 15).Draw(draw, "step")
			}
			pairs = append(pairs, last, rapid.SampledFrom([]int64{50, 90, 95}).Draw(draw, "value"))
		}
		from := rapid.Int64Range(1, max(1, last-1)).Draw(draw, "from")
		to := rapid.Int64Range(from, last+1).Draw(draw, "to")
		r.say(Manufacturer, 0, Commission(item, box))
		r.watch(Manufacturer, "m", 0, 0, []string{box}, Manufacturer)
		r.say(Manufacturer, from, Pack(box, item))
		r.say(Manufacturer, to, Unpack(box))
		for rest := pairs; len(rest) > 0; {
			size := 2 * rapid.IntRange(1, len(rest)/2).Draw(draw, "cut")
			r.log(Manufacturer, rest[:size]...)
			rest = rest[size:]
		}

		run := at(pairs...)
		for i := range run {
			run[i].Time += r.start.UnixMilli()
		}
		var tally evaluation.Tally
		whole := tally.Evaluate(r.terms, evaluation.Window{Start: evaluation.MomentOf(r.start), End: evaluation.Open}, run, -1)
		var out, longest int64
		for _, span := range whole.Spans { // at most 15 of 30 readings
			share := int64(min(span.To, evaluation.MomentOf(r.at(to))) - max(span.From, evaluation.MomentOf(r.at(from))))
			out, longest = out+max(0, share), max(longest, share)
		}
		band := r.kept(item, nil).Bands[0]
		for what, c := range map[string]struct {
			bounds condition.Bounds
			truth  int64
		}{"out": {band.OutMs, out}, "longest": {band.LongestMs, longest}} {
			if c.bounds.AtLeast > c.truth || c.truth > c.bounds.AtMost {
				draw.Fatalf("%s: %d is not within %+v", what, c.truth, c.bounds)
			}
		}
	})
}

// A reading at the limit, the last of its recording, ends one excursion at the
// very moment at which the next begins.
func TestTwoExcursionsThatTouchAreTwo(t *testing.T) {
	r := onRoute(t, func(terms *evaluation.Terms) { terms.Bands[0].LongestExcursionMs = ms(30 * minute) })
	r.say(Manufacturer, 0, Commission(item, box))
	r.watch(Manufacturer, "m", 0, 0, []string{box}, Manufacturer)
	r.say(Manufacturer, 1, Pack(box, item))
	r.say(Manufacturer, 11, Unpack(box))
	r.log(Manufacturer, 0, 40, 5, 81, 6, 80) // out for little more than a minute
	r.log(Manufacturer, 7, 81, 12, 40)       // and again
	band := r.kept(item, nil).Bands[0]
	require.Equal(t, band.LongestMs.AtLeast, band.LongestMs.AtMost)
	require.Less(t, band.LongestMs.AtMost, int64(2*minute))
	require.Greater(t, band.OutMs.AtLeast, int64(2*minute))
}
