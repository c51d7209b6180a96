package product

import (
	"slices"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// Clock tells the two times of an event apart.
type Clock string

const (
	// Recorded is the ledger time at which events were recorded.
	Recorded Clock = "recorded"
	// Occurred is the time at which they happened, as the events say.
	Occurred Clock = "occurred"
)

// ReadTwinAsOfRequest asks for an object's state as of a time.
type ReadTwinAsOfRequest struct {
	// ID is the object in any GS1 form.
	ID string `json:"id"`
	// Time is the time, and Clock says which: "recorded", or "occurred".
	Time  time.Time `json:"time"`
	Clock Clock     `json:"clock" jsonschema:"enum=recorded,enum=occurred"`
}

// Past is the state of an object as of a time.
type Past struct {
	// ID is the object, canonical.
	ID string `json:"id"`
	// Number is that of its last event then.
	Number uint64 `json:"number"`
	Facts
	// Inferred names the facts that are not the object's own but inherited
	// from containers, which stand in Through, the nearest first.
	Inferred []string `json:"inferred,omitempty"`
	Through  []string `json:"through,omitempty"`

	seen when // when the object itself was last seen, of what is in a container
}

// ReadTwinAsOf returns the facts of an object as they were at a time, inherited
// ones included, by as many point reads as it takes to halve the histories of
// the object and of the containers around it. Anyone may.
//
// By the clock of what was recorded, the answer is what [ReadTwin] would have
// said then. By the clock of what happened, it is the state after the last event
// before which nothing in the history happened later than the time: an event
// that was recorded late, flagged backwards, counts where it stands.
//
// It fails with fault.NotFound also when the object had not begun, and with
// fault.InvalidIdentifier, fault.Unsupported and fault.InvalidRequest.
func ReadTwinAsOf(tx *ledger.Tx, req ReadTwinAsOfRequest) (Past, error) {
	id, err := ParseObject(req.ID)
	if err != nil {
		return Past{}, fault.Of(err).At("/id")
	}
	if req.Clock != Recorded && req.Clock != Occurred {
		return Past{}, fault.New(fault.InvalidRequest, "the clock is %s or %s", Recorded, Occurred).At("/clock")
	}
	search := pastSearch{tx: tx, at: millis(req.Time), clock: req.Clock}
	past, err := search.of(id.Path(), 0)
	if err != nil {
		return Past{}, err
	}
	if past == nil {
		return Past{}, fault.New(fault.NotFound, "the object was not on the ledger at %s", req.Time.UTC().Format(time.RFC3339)).About(id.Path()).At("/time")
	}
	return *past, nil
}

type pastSearch struct {
	tx    *ledger.Tx
	at    int64
	clock Clock
	way   []string // objects and containers that the search comes from
}

// of returns an object's state as of the time, and at least as of its event
// number floor; nil when it had not begun.
func (s pastSearch) of(path string, floor uint64) (*Past, error) {
	twin, found, err := ledger.Load[Twin](s.tx, TwinKey(path))
	if err != nil || !found {
		return nil, err
	}
	number, e, err := s.last(path, floor, twin.Events)
	if err != nil || number == 0 {
		return nil, err
	}
	past := &Past{ID: path, Number: number, Facts: e.facts()}
	if past.In != nil && s.goesOn(path) {
		past.seen = e.seen()
		s.way = append(slices.Clone(s.way), path)
		if err := s.inherit(past, twin.IsAsset()); err != nil {
			return nil, err
		}
	}
	return past, s.complete(past)
}

// goesOn reports whether what is around an object is asked, too. By the clock of
// what happened, what was recorded out of order can have two objects in each
// other: then each is what its own history says.
func (s pastSearch) goesOn(path string) bool {
	return len(s.way) <= MaxDepth && !slices.Contains(s.way, path)
}

// last finds the last entry, from floor on, that the time has reached.
func (s pastSearch) last(path string, floor, events uint64) (number uint64, found *entry, err error) {
	low, high := floor, events // low has been reached, as far as it is an event
	if low > 0 {
		if found, err = s.entry(path, low); err != nil {
			return 0, nil, err
		}
	}
	for low < high {
		middle := low + (high-low+1)/2
		e, err := s.entry(path, middle)
		if err != nil {
			return 0, nil, err
		}
		if s.reached(e) {
			low, found = middle, e
		} else {
			high = middle - 1
		}
	}
	return low, found, nil
}

func (s pastSearch) reached(e *entry) bool {
	if s.clock == Recorded {
		return e.Recorded <= s.at
	}
	return e.Occurred <= s.at
}

func (s pastSearch) entry(path string, number uint64) (*entry, error) {
	e, found, err := ledger.Load[entry](s.tx, historyKey(path, number))
	if err == nil && !found {
		err = fault.New(fault.Internal, "the history lacks number %d", number).About(path)
	}
	return &e, err
}

// inherit adds what the container said then, or when it was emptied before.
func (s pastSearch) inherit(past *Past, asset bool) error {
	stay := past.In
	container, err := s.of(stay.Container, stay.First)
	if err != nil {
		return err
	}
	if container == nil {
		return fault.New(fault.Internal, "the container %s is not on the ledger", stay.Container).About(past.ID)
	}
	past.Through = []string{container.ID}
	h := heir{seen: past.seen, custodian: past.Custodian, asset: asset}
	if stay.over(container.Contents) {
		return s.departed(past, container.Number, h)
	}
	past.Through = append(past.Through, container.Through...)
	past.Inferred = past.inherit(around{Facts: container.Facts, events: container.Number, nested: container.In != nil}, h)
	return nil
}

// departed gives an object what its container was when it was emptied, at the
// latest at the container's event number last: when the emptying of that time was
// reversed later, the record of the epoch's end is that of another.
func (s pastSearch) departed(past *Past, last uint64, h heir) error {
	stay := past.In
	end, found, err := ledger.Load[epoch](s.tx, epochKey(stay.Container, stay.Attached, stay.Epoch))
	if err == nil && !found {
		err = fault.New(fault.Internal, "the end of epoch %d of %s is missing", stay.Epoch, stay.Container)
	}
	if err != nil {
		return err
	}
	number := min(end.Last, last)
	e, err := s.entry(stay.Container, number)
	if err != nil {
		return err
	}
	past.Inferred = past.depart(e.departure(number), h)
	return nil
}

// complete names the shipment that an object was on.
func (s pastSearch) complete(past *Past) error {
	if past.Offer == nil || past.Offer.Event != "" {
		return nil
	}
	e, err := s.entry(past.ID, past.Offer.Number)
	if err != nil {
		return err
	}
	past.Offer.Event, past.Offer.By = e.Event, e.By
	return nil
}
