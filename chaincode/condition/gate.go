package condition

import (
	"slices"
	"strings"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// Gate is where an object passes from one hand or container to another: there it is asked what the readings of its unfinished watches say, up to that
// moment. What is not asked then can be withheld: the last recording before a
// shipment, for one.
//
// A Gate reads the lists of watches of all its subjects in one trip, and what else
// it needs only of the watches that it finds.
type Gate struct {
	tx       *ledger.Tx
	subjects map[string][]string // unfinished watches, by subject
	watches  map[string]*gateWatch
	passed   map[passing]Passage // what was asked before
}

type passing struct {
	watch string
	at    evaluation.Moment
}

// gateWatch is a watch with all that its verdict needs.
type gateWatch struct {
	watch  *Watch
	policy *Policy
	lanes  []*Lane
}

// OpenGate reads the unfinished watches of subjects: paths of objects, containers
// and places.
func OpenGate(tx *ledger.Tx, subjects []string) (*Gate, error) {
	g := &Gate{tx: tx, subjects: map[string][]string{}, watches: map[string]*gateWatch{}, passed: map[passing]Passage{}}
	return g, g.read(subjects)
}

func (g *Gate) read(subjects []string) error {
	var ask []string
	for _, subject := range subjects {
		if _, known := g.subjects[subject]; !known && ledger.NewKey("watching", subject) != "" {
			g.subjects[subject] = nil
			ask = append(ask, subject)
		}
	}
	if len(ask) == 0 {
		return nil
	}
	lists, err := loadWatching(g.tx, ask)
	if err != nil {
		return err
	}
	for i, list := range lists {
		if list != nil {
			g.subjects[ask[i]] = list.Watches
		}
	}
	return nil
}

// Passage is what the watches of something that passes a gate say.
type Passage struct {
	// Broken says that a policy was broken and nobody has decided on that.
	Broken bool
	// Undetermined says that readings do not show that all policies were kept.
	Undetermined bool
	// Refused is why it must not pass, by the policies that say so: fault.Held
	// while a breach waits for its holds, fault.Undetermined for want of readings;
	// nil when it may.
	Refused *fault.Error
}

func (p *Passage) add(q Passage) {
	p.Broken = p.Broken || q.Broken
	p.Undetermined = p.Undetermined || q.Undetermined
	if p.Refused == nil {
		p.Refused = q.Refused
	}
}

// Watched reports whether an unfinished watch is about a subject.
func (g *Gate) Watched(subject string) (bool, error) {
	err := g.read([]string{subject})
	return len(g.subjects[subject]) > 0, err
}

// Pass says what the unfinished watches of an object, of the containers around it
// and of the place where they are say as of a time. Watches that begin later say
// nothing.
func (g *Gate) Pass(subjects []string, at time.Time) (Passage, error) {
	if err := g.read(subjects); err != nil {
		return Passage{}, err
	}
	var whole Passage
	var seen []string
	for _, subject := range subjects {
		for _, id := range g.subjects[subject] {
			if slices.Contains(seen, id) {
				continue
			}
			seen = append(seen, id)
			passage, err := g.ask(passing{id, evaluation.MomentOf(at)})
			if err != nil {
				return Passage{}, err
			}
			whole.add(passage)
		}
	}
	return whole, nil
}

func (g *Gate) ask(what passing) (Passage, error) {
	if known, asked := g.passed[what]; asked {
		return known, nil
	}
	w, err := g.load(what.watch)
	if err != nil {
		return Passage{}, err
	}
	passage, err := w.pass(g.tx, what.at)
	g.passed[what] = passage
	return passage, err
}

func (g *Gate) load(id string) (*gateWatch, error) {
	if known := g.watches[id]; known != nil {
		return known, nil
	}
	watch, err := loadWatch(g.tx, id)
	if err != nil {
		return nil, err
	}
	w, err := watch.gate(g.tx)
	g.watches[id] = w
	return w, err
}

// gate reads what the verdict of a watch needs.
func (w *Watch) gate(tx *ledger.Tx) (*gateWatch, error) {
	policy, err := loadPolicy(tx, w.Policy)
	if err != nil {
		return nil, err
	}
	lanes, err := w.lanes(tx)
	return &gateWatch{watch: w, policy: policy, lanes: lanes}, err
}

// pass judges a watch as of a moment, and says what follows at a gate.
func (w *gateWatch) pass(tx *ledger.Tx, at evaluation.Moment) (Passage, error) {
	if at < w.watch.Start {
		return Passage{}, nil
	}
	verdict, err := w.judge(tx, at)
	if err != nil {
		return Passage{}, err
	}
	var passage Passage
	for i, j := range verdict {
		if j.Verdict != evaluation.Broken {
			continue
		}
		held, open, err := w.standing(tx, j.lane, at)
		switch {
		case err != nil:
			return Passage{}, err
		case !open:
			verdict[i].Judgement = decided(j.Judgement)
			continue
		}
		passage.Broken = true
		if !held && w.policy.Gate == GateRefuses {
			passage.add(Passage{Refused: w.errBroken(j.lane)})
		}
	}
	if slices.ContainsFunc(verdict, func(j gateJudgement) bool { return j.Verdict == evaluation.Undetermined }) {
		passage.Undetermined = true
		if w.policy.Gate == GateRefuses {
			passage.add(Passage{Refused: w.errUndetermined(verdict, at)})
		}
	}
	return passage, nil
}

// decided is what a broken lane says beside what has been decided on, which is the
// rules broken and an excursion still under way: a release is no leave to show no
// readings any more.
func decided(broken evaluation.Judgement) evaluation.Judgement {
	known := func(reason string) bool {
		isRule := strings.Contains(reason, ":") && !strings.HasPrefix(reason, ReasonDevice)
		return isRule || reason == evaluation.RuleMKT || reason == evaluation.ReasonUnderWay
	}
	left := evaluation.Judgement{Verdict: evaluation.Kept, Reasons: slices.DeleteFunc(slices.Clone(broken.Reasons), known)}
	if len(left.Reasons) > 0 {
		left.Verdict = evaluation.Undetermined
	}
	return left
}

// gateJudgement is what one lane says at a gate.
type gateJudgement struct {
	evaluation.Judgement
	lane *Lane
}

// judge judges each lane. For less than the largest gap after the start of a watch
// that goes on no reading is asked for; one that ends without was not kept.
func (w *gateWatch) judge(tx *ledger.Tx, at evaluation.Moment) ([]gateJudgement, error) {
	found, err := judgeLanes(tx, w.watch, w.policy, w.lanes, at)
	if err != nil {
		return nil, err
	}
	early := w.watch.End == nil && int64(at-w.watch.Start) <= w.policy.Terms.LargestGapMs
	judgements := make([]gateJudgement, len(found))
	for i, j := range found {
		judgements[i] = gateJudgement{j.Judgement, w.lanes[i]}
		if early && slices.Equal(j.Reasons, []string{evaluation.ReasonNoReadings}) {
			judgements[i].Judgement = evaluation.Judgement{Verdict: evaluation.Kept}
		}
	}
	return judgements, nil
}

// standing says whether a lane has a breach, begun by then, that waits for a
// decision, and whether all that it affects is on hold.
func (w *gateWatch) standing(tx *ledger.Tx, lane *Lane, at evaluation.Moment) (held, open bool, err error) {
	if lane.Breach == "" {
		return false, true, nil
	}
	breach, err := loadBreach(tx, lane.Breach)
	if err != nil || !breach.undecided() || breach.From > at {
		return false, false, err
	}
	spread, err := loadSpread(tx, breach.ID)
	return breach.Held && spread != nil && spread.Done, true, err
}

func (w *gateWatch) errBroken(lane *Lane) *fault.Error {
	return fault.New(fault.Held, "the policy %s was broken in watch %s, and nothing has been decided: see breach %s", w.policy.ID, w.watch.ID, lane.Breach).
		With("watch", w.watch.ID).With("breach", lane.Breach)
}

// errUndetermined says what is missing: which readings, and up to when there are
// some.
func (w *gateWatch) errUndetermined(verdict []gateJudgement, at evaluation.Moment) *fault.Error {
	until, first := "", true
	var reasons []string
	for _, j := range verdict {
		if j.Verdict != evaluation.Undetermined {
			continue
		}
		reasons = append(reasons, j.Reasons...)
		last := "none"
		if j.lane.Last != nil {
			last = j.lane.Last.Time.String()
		}
		if !first {
			until += ", "
		}
		until, first = until+j.lane.Device+" "+last, false
	}
	slices.Sort(reasons)
	reasons = slices.Compact(reasons)
	at = min(at, w.watch.window().End)
	return fault.New(fault.Undetermined, "readings do not show that watch %s was kept up to %s (%s): submit the recordings up to then and try again; the last readings are: %s",
		w.watch.ID, at, strings.Join(reasons, ", "), until).
		With("watch", w.watch.ID).With("upTo", at.String()).With("reasons", strings.Join(reasons, ",")).With("readings", until)
}

// end judges a watch as of its end, and refuses an end that the policy does not
// allow who does not decide.
func (w *gateWatch) end(tx *ledger.Tx, end evaluation.Moment, decides bool) (*evaluation.Judgement, error) {
	verdict, err := w.judge(tx, end)
	if err != nil {
		return nil, err
	}
	judgements := make([]evaluation.Judgement, len(verdict))
	for i, j := range verdict {
		judgements[i] = j.Judgement
	}
	folded := evaluation.Fold(judgements...)
	if folded.Verdict == evaluation.Undetermined && w.policy.Gate == GateRefuses && !decides {
		return nil, w.errUndetermined(verdict, end)
	}
	return &folded, nil
}
