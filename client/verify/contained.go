package verify

import (
	"fmt"
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/client/evidence"
)

// Contained is what a verified file says of where an object was.
type Contained struct {
	// Object was in Container, through the containers in Through, the nearest
	// first; that is empty when it was in it directly.
	Object    string   `json:"object"`
	Container string   `json:"container"`
	Through   []string `json:"through,omitempty"`
	// Attached says that it was fixed to the nearest container rather than packed,
	// Epoch counts how often that one had been emptied, and First is the number of
	// its event with which the object went in.
	Attached bool   `json:"attached,omitempty"`
	Epoch    uint64 `json:"epoch,omitempty"`
	First    uint64 `json:"first"`
	// AsOf is the time that was asked for, by the clock of what was "recorded" or
	// of what "occurred"; absent for the present of the statement.
	AsOf  string `json:"asOf,omitempty"`
	Clock string `json:"clock,omitempty"`
}

// contained checks that an object was in a container.
func (r *run) contained(e *evidence.Contained) {
	if r.proposal == nil || r.answer == nil {
		r.skip(CheckContainer, "", unread)
		return
	}
	r.record(CheckContainer, "", r.container(e.Container))
}

func (r *run) container(path string) outcome {
	at, err := r.whereabouts()
	if err != nil {
		return outcome{err: err}
	}
	if at.in == nil {
		return fail("%s was in no container", at.object)
	}
	way := at.through
	if len(way) == 0 || way[0] != at.in.Container {
		way = append([]string{at.in.Container}, way...)
	}
	level := slices.Index(way, path)
	if level < 0 {
		return fail("%s was in %q, not in %q", at.object, way, path)
	}
	for _, container := range way[:level+1] {
		if key, err := twinKey(container); err != nil || !r.has(string(key)) {
			return fail("the answer is about container %s, which was not read or not there", container)
		}
	}
	r.report.Contained = &Contained{
		Object: at.object, Container: path, Through: way[:level], Attached: at.in.Attached, Epoch: at.in.Epoch, First: at.in.First,
		AsOf: at.asOf, Clock: at.clock,
	}
	return pass("%s was in it, at depth %d; went in with event %d of %s", at.object, level+1, at.in.First, at.in.Container)
}

// whereabouts is where an object was.
type whereabouts struct {
	object      string
	in          *product.Stay
	through     []string
	asOf, clock string
}

// whereabouts reads what the endorsers signed of an object: only of the one that
// was asked for.
func (r *run) whereabouts() (*whereabouts, error) {
	var asked product.ReadTwinAsOfRequest
	var at whereabouts
	switch r.proposal.Function {
	case api.Twin.FullName():
		var found product.View
		if err := unmarshalBoth(r.proposal.Request, &asked, r.answer.Result, &found); err != nil {
			return nil, err
		}
		at = whereabouts{object: found.ID, in: found.In, through: found.Through}
	case api.TwinAsOf.FullName():
		var found product.Past
		if err := unmarshalBoth(r.proposal.Request, &asked, r.answer.Result, &found); err != nil {
			return nil, err
		}
		at = whereabouts{object: found.ID, in: found.In, through: found.Through, asOf: stamp(asked.Time), clock: string(asked.Clock)}
	default:
		return nil, fmt.Errorf("%q was asked: a container is shown with an answer of %s or %s", r.proposal.Function, api.Twin.FullName(), api.TwinAsOf.FullName())
	}
	object, err := product.ParseObject(asked.ID)
	if err != nil {
		return nil, err
	}
	if at.object != object.Path() {
		return nil, fmt.Errorf("the answer is about %q, %q was asked for", at.object, object.Path())
	}
	return &at, nil
}
