package condition

import (
	"slices"
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/personal"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// An allowance is for an object, over all of its watches and custodians; a lane
// knows of one watch. What only all of them together break, a review of one of the
// watches finds when it is told the object.

// reviewObject opens a breach of one object when the time out of range in all of
// its watches by the policy is over the allowance, and no breach says so.
func (r *reviewing) reviewObject(text string) error {
	id, err := product.ParseObject(text)
	if err != nil {
		return fault.Of(err).At("/object")
	}
	policies, err := foldObject(r.tx, id, r.policy.ID, 0, r.found.AsOf)
	if err != nil {
		return err
	}
	here := func(w ObjectWatch) bool { return w.Watch == r.watch.ID }
	if len(policies) == 0 || !slices.ContainsFunc(policies[0].Watches, here) {
		return fault.New(fault.NotFound, "the watch says nothing of the object").About(id.Path()).At("/object")
	}
	folded := policies[0]
	rules := slices.DeleteFunc(slices.Clone(folded.broken), func(reason string) bool {
		return !strings.HasSuffix(reason, ":"+evaluation.RuleAllowance)
	})
	if len(rules) == 0 {
		return nil
	}
	rules, since, err := r.unnamed(id, rules)
	if err != nil || len(rules) == 0 {
		return err
	}
	return r.overdrawn(id, folded, rules, since)
}

// unnamed returns the rules that no breach of the object by this policy names, or
// only settled ones after which more time out of range was added; and since when
// that is.
func (r *reviewing) unnamed(id gs1.ID, rules []string) (left []string, since evaluation.Moment, err error) {
	entries, err := r.tx.Scan(ledger.NewKey("breachof", id.Path()))
	if err != nil {
		return nil, 0, err
	}
	settled := map[string]evaluation.Moment{} // until when, by rule
	for _, entry := range entries {
		_, parts := entry.Key.Parts() // object, breach
		b, err := loadBreach(r.tx, parts[1])
		if err != nil {
			return nil, 0, err
		}
		if b.Policy.ID != r.policy.ID {
			continue
		}
		for _, rule := range b.Rules {
			if b.settled() {
				settled[rule] = max(settled[rule], b.To)
			} else {
				settled[rule] = evaluation.Open
			}
		}
	}
	for _, rule := range rules {
		until, named := settled[rule]
		more := !named
		if named && until != evaluation.Open {
			if more, err = r.outSince(id, strings.TrimSuffix(rule, ":"+evaluation.RuleAllowance), until); err != nil {
				return nil, 0, err
			}
		}
		if more {
			left, since = append(left, rule), max(since, until)
		}
	}
	return left, since, nil
}

// outSince reports whether the object was out of a band after a moment.
func (r *reviewing) outSince(id gs1.ID, band string, since evaluation.Moment) (bool, error) {
	if since >= r.found.AsOf {
		return false, nil
	}
	policies, err := foldObject(r.tx, id, r.policy.ID, since, r.found.AsOf)
	if err != nil || len(policies) == 0 {
		return false, err
	}
	return slices.ContainsFunc(policies[0].Bands, func(b ObjectBand) bool { return b.Name == band && b.OutMs.AtLeast > 0 }), nil
}

// overdrawn opens a breach of an allowance by all watches of an object.
func (r *reviewing) overdrawn(id gs1.ID, folded ObjectPolicy, rules []string, since evaluation.Moment) error {
	slices.Sort(rules)
	from := max(since, folded.Watches[0].From)
	for _, w := range folded.Watches {
		from = max(since, min(from, w.From))
	}
	by, err := r.submittersOf(folded.Watches)
	if err != nil {
		return err
	}
	found := finding{
		object: id.Path(), by: by,
		broke: evaluation.Break{Unit: r.policy.Terms.Unit, From: from, To: r.found.AsOf, At: r.found.AsOf, Rules: rules},
	}
	opened, err := found.open(r.tx, r.watch, r.policy, nil)
	if err != nil {
		return err
	}
	r.found.Opened = append(r.found.Opened, opened.ID)
	return nil
}

// submittersOf returns who submitted recordings to watches, the first sixteen.
func (r *reviewing) submittersOf(watches []ObjectWatch) ([]personal.Person, error) {
	var all []personal.Person
	var seen []string
	for _, w := range watches {
		if slices.Contains(seen, w.Watch) {
			continue
		}
		seen = append(seen, w.Watch)
		watch, err := loadWatch(r.tx, w.Watch)
		if err != nil {
			return nil, err
		}
		lanes, err := watch.lanes(r.tx)
		if err != nil {
			return nil, err
		}
		for _, lane := range lanes {
			by, err := lane.submitters(r.tx)
			if err != nil {
				return nil, err
			}
			for _, p := range by {
				if len(all) < maxSubmitters && !slices.ContainsFunc(all, p.Same) {
					all = append(all, p)
				}
			}
		}
	}
	return all, nil
}
