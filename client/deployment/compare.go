package deployment

import (
	"reflect"
	"slices"
	"strings"
)

// relation is what a policy in force is to the one that is wanted.
type relation int

const (
	// same: whatever satisfies one satisfies the other.
	same relation = iota
	// stricter: it asks for more.
	stricter
	// weaker: something satisfies it that must not.
	weaker
)

// compare says by meaning what a policy in force is to the wanted one. It looks at
// the least sets of signatures that satisfy each; where those are too many to look
// at, two policies that are not written alike count as weaker.
func compare(inForce, wanted rule) relation {
	if reflect.DeepEqual(inForce.normal(), wanted.normal()) { // not by text: names are others' to choose
		return same
	}
	enough, ok := inForce.least()
	if !ok || slices.ContainsFunc(enough, func(set []principal) bool { return !wanted.met(set) }) {
		return weaker
	}
	needed, ok := wanted.least()
	if !ok || slices.ContainsFunc(needed, func(set []principal) bool { return !inForce.met(set) }) {
		return stricter
	}
	return same
}

// normal writes equal policies alike: gates of one rule are that rule, gates in
// gates of the same kind are one, and the order is the alphabet's.
func (r rule) normal() rule {
	if r.leaf() {
		return r
	}
	if r.required == 1 && len(r.of) == 1 {
		return r.of[0].normal()
	}
	made := rule{required: r.required, of: []rule{}}
	for _, b := range r.of {
		b = b.normal()
		if !b.leaf() && (all(b) && all(r) || b.required == 1 && r.required == 1) {
			made.of = append(made.of, b.of...)
			continue
		}
		made.of = append(made.of, b)
	}
	if all(r) {
		made.required = len(made.of)
	}
	slices.SortFunc(made.of, func(a, b rule) int { return strings.Compare(a.String(), b.String()) })
	return made
}

// all tells whether a gate asks for all that is below it.
func all(r rule) bool { return r.required == len(r.of) }

// maxSets bounds how many sets of signatures are looked at.
const maxSets = 5000

// least returns sets of principals that satisfy the rule, the least among them; ok
// is false when there are too many to look at.
func (r rule) least() (sets [][]principal, ok bool) {
	switch {
	case r.leaf() && r.who == (principal{}), !r.leaf() && r.required > len(r.of):
		return nil, true
	case r.leaf():
		return [][]principal{{r.who}}, true
	}
	// reached[n] are the sets that satisfy n of the rules looked at so far.
	reached := make([][][]principal, r.required+1)
	reached[0] = [][]principal{{}}
	for _, b := range r.of {
		below, ok := b.least()
		if !ok {
			return nil, false
		}
		for n := r.required; n > 0; n-- {
			more, ok := product(reached[n-1], below)
			if !ok || len(reached[n])+len(more) > maxSets {
				return nil, false
			}
			reached[n] = append(reached[n], more...)
		}
	}
	return reached[r.required], true
}

func product(a, b [][]principal) ([][]principal, bool) {
	if len(a)*len(b) > maxSets {
		return nil, false
	}
	var made [][]principal
	for _, x := range a {
		for _, y := range b {
			made = append(made, slices.Concat(x, y))
		}
	}
	return made, true
}
