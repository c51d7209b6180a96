package assess

import (
	"errors"
	"fmt"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
)

// Question is what is asked of readings.
type Question struct {
	Policy Policy
	// From and To are the ends of the window; absent: the first and the last
	// reading of all series.
	From, To *evaluation.Moment
	// Listed bounds the excursions of a band, and the gaps, that are listed.
	Listed int
	// Progress is called now and then with how many of all readings are done;
	// nil: not.
	Progress func(done, all int)
}

// Judge judges series by a policy, each as the ledger judges a lane, and folds the
// judgements. It fails when the window ends before it starts, when there is no
// reading to take its ends from, and with evaluation's error when a series is in a
// unit that the policy's cannot be converted to exactly.
func Judge(question Question, series []Series) (*Report, error) {
	window, err := question.window(series)
	if err != nil {
		return nil, err
	}
	report := &Report{
		Format: Format, Listed: question.Listed, Policy: PolicyReport{question.Policy.Name, question.Policy.Terms},
		Window: WindowReport{From: window.Start, To: window.End, Ms: int64(window.End - window.Start)},
	}
	done, all := 0, 0
	for _, s := range series {
		all += len(s.Readings)
	}
	judgements := make([]evaluation.Judgement, len(series))
	for i, s := range series {
		before := done
		device, evaluated, err := question.judge(window, s, func(n int) {
			done = before + n
			if question.Progress != nil {
				question.Progress(done, all)
			}
		})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.name(), err)
		}
		report.Devices, report.Evaluated = append(report.Devices, device), append(report.Evaluated, evaluated)
		judgements[i] = device.Judgement
	}
	report.Judgement = evaluation.Fold(judgements...)
	return report, nil
}

func (s Series) name() string {
	if s.Device != "" {
		return s.Device
	}
	if len(s.Files) == 0 {
		return "readings"
	}
	return s.Files[0]
}

// last is the latest moment that a window can end at.
var last = evaluation.MomentOf(time.Date(9999, 12, 31, 23, 59, 59, 999_000_000, time.UTC))

func (q Question) window(series []Series) (evaluation.Window, error) {
	w := evaluation.Window{Start: last, End: 0}
	found := false
	for _, s := range series {
		if n := len(s.Readings); n > 0 {
			found = true
			w.Start = min(w.Start, evaluation.Moment(s.Readings[0].Time))
			w.End = max(w.End, evaluation.Moment(s.Readings[n-1].Time))
		}
	}
	if !found && (q.From == nil || q.To == nil) {
		return w, errors.New("there are no readings to take the window from")
	}
	if q.From != nil {
		w.Start = *q.From
	}
	if q.To != nil {
		w.End = *q.To
	}
	if w.End < w.Start {
		return w, fmt.Errorf("the window ends at %s, before it starts at %s", w.End, w.Start)
	}
	if w.Start < 0 || w.End > last {
		return w, errors.New("the window is outside 1970 to 9999")
	}
	return w, nil
}

// judge judges one series.
func (q Question) judge(window evaluation.Window, s Series, progress func(done int)) (Device, Evaluated, error) {
	unit := s.Unit
	if unit == "" {
		unit = q.Policy.Terms.Unit
	}
	e, err := align(q.Policy.Terms, unit, s)
	if err != nil {
		return Device{}, Evaluated{}, err
	}
	terms := e.Terms
	a := newAccount(terms, window, e.Scale, q.Listed)
	a.add(e.Readings, progress)
	a.finish()
	d := Device{
		Device: s.Device, Component: s.Component, Files: s.Files, Unit: terms.Unit, UnitTaken: s.Unit == "",
		Judgement: a.tally.Judge(terms, window, window.End),
		Readings:  a.tally.Readings, Read: len(s.Readings), Duplicates: s.Duplicates, Empty: s.Empty, Unsorted: s.Unsorted, Other: s.Other,
		Last: a.tally.Last, Lowest: a.tally.Lowest, Highest: a.tally.Highest,
		Gaps:   Gaps{Count: a.tally.Gaps, MissingMs: a.tally.MissingMs, List: a.gaps},
		MKT:    a.kinetic(e.Readings),
		Broken: a.broken, Recordings: s.Chain,
	}
	for i, b := range terms.Bands {
		d.Bands = append(d.Bands, a.report(i, b))
	}
	if a.tally.Last != nil {
		d.UncoveredMs = max(0, int64(window.End-a.tally.Last.Time))
	}
	if a.tally.Implausible > 0 && a.tally.ImplausibleAt != nil {
		d.Implausible = &Implausible{Count: a.tally.Implausible, First: *a.tally.ImplausibleAt}
	}
	if s.Chain != nil && s.Chain.Missing > 0 {
		d.Judgement = missing(d.Judgement)
	}
	return d, e, nil
}

// missing is a judgement of readings of which whole recordings are not there.
func missing(j evaluation.Judgement) evaluation.Judgement {
	if j.Verdict == evaluation.Kept {
		j.Verdict = evaluation.Undetermined
	}
	j.Reasons = append(j.Reasons, ReasonMissing)
	return j
}

// report is what the account says of a band.
func (a *account) report(i int, b evaluation.Band) Band {
	band := Band{
		Name: b.Name, Lower: b.Lower, Upper: b.Upper, LongestExcursionMs: b.LongestExcursionMs, AllowanceMs: b.AllowanceMs,
		List: a.excursions[i][:min(len(a.excursions[i]), a.listed)],
	}
	if i < len(a.tally.Bands) {
		t := a.tally.Bands[i]
		band.Broken, band.Excursions, band.LongestMs, band.OutMs = t.Broken, t.Excursions, t.LongestMs, t.OutMs
	}
	return band
}
