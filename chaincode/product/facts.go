package product

import (
	"slices"
	"time"
)

// State is where an object is in its life.
type State string

const (
	// Active: it has begun and not ended.
	Active State = "active"
	// Ended: it was destroyed, consumed, dispensed, sold or decommissioned.
	Ended State = "ended"
	// Undone: its beginning was declared an error. It may begin anew.
	Undone State = "undone"
)

// Facts are what events say of an object and change. They stand in its twin, as
// its last own event left them, and in each entry of its history, as that event
// left them: so the state as of an earlier event is one read.
type Facts struct {
	// State is where the object is in its life.
	State State `json:"state"`
	// Custodian is the MSP id of the organisation that answers for it.
	Custodian string `json:"custodian"`
	// Party is who has it, "/417/...", when that is a party outside of the
	// channel for which the custodian records; absent otherwise.
	Party string `json:"party,omitempty"`
	// From is the MSP id of the organisation that it was last received from.
	From string `json:"from,omitempty"`
	// Owner is the MSP id of the organisation that owns it.
	Owner string `json:"owner"`
	// NextOwner is the MSP id of the organisation that becomes the owner when
	// it receives the object; absent when ownership is not under way.
	NextOwner string `json:"nextOwner,omitempty"`
	// Place is the business location where it was last said to be, a
	// canonical GS1 path or a URI; absent when that is not known.
	Place string `json:"place,omitempty"`
	// Disposition is its business condition, a word of CBV 2.0 or a URI.
	Disposition string `json:"disposition,omitempty"`
	// PersistentDisposition are its lasting conditions, sorted.
	PersistentDisposition []string `json:"persistentDisposition,omitempty"`
	// Offer refers to the shipment under way; absent when there is none.
	Offer *OfferRef `json:"offer,omitempty"`
	// In is the container that it is in; absent when it is in none.
	In *Stay `json:"in,omitempty"`
	// Contents is what is known of all that is in it together; absent for
	// what never contained anything.
	Contents *Contents `json:"contents,omitempty"`
}

// OfferRef refers to the shipment of an object that is under way.
type OfferRef struct {
	// Event is the hash of the shipping event, 64 hexadecimal digits, and By
	// its recorder when that is not the first (see [Ref]).
	Event string `json:"event,omitempty"`
	By    string `json:"by,omitempty"`
	// Number is that of the shipping in the object's history, or in that of
	// the container that was shipped.
	Number uint64 `json:"number"`
}

// Stay is an object's time in a container. It lasts until the object leaves or
// the container is emptied: then the container's epoch is another.
type Stay struct {
	// Container is its path.
	Container string `json:"container"`
	// Attached says that the object is fixed to the container, by an
	// association, and not packed in it: unpacking does not end that. Follows
	// says that it then belonged to whom the container belongs to, and so goes
	// with its title.
	Attached bool `json:"attached,omitempty"`
	Follows  bool `json:"follows,omitempty"`
	// Epoch is the container's when the object went in: Contents.Epoch, or
	// Contents.AttachedEpoch of what is attached.
	Epoch uint64 `json:"epoch,omitempty"`
	// First is the number of the container's event with which the object went
	// in; Seen is that of the container's last event when the object itself
	// was last seen. What the container did since is inferred of the object.
	First uint64 `json:"first"`
	Seen  uint64 `json:"seen"`
}

// Contents is what is written upward to a container when something goes in, so
// that nobody has to look into it later.
type Contents struct {
	// Epoch counts how often it was emptied of what was packed in it, and
	// AttachedEpoch how often of what was attached to it.
	Epoch         uint64 `json:"epoch,omitempty"`
	AttachedEpoch uint64 `json:"attachedEpoch,omitempty"`
	// Since is the number of its event with which the first thing went in
	// after it was last empty, and AttachedSince that with which the first was
	// attached; 0 when nothing was.
	Since         uint64 `json:"since,omitempty"`
	AttachedSince uint64 `json:"attachedSince,omitempty"`
	// Owner is the owner of everything packed in it, or of what went in before
	// its event number Mixed. NextOwner is who becomes that on receipt.
	Owner     string `json:"owner,omitempty"`
	NextOwner string `json:"nextOwner,omitempty"`
	// Mixed is the number of its event with which something of another owner
	// went in; 0 when all is of one owner. Ownership of mixed contents does
	// not change with the container.
	Mixed uint64 `json:"mixed,omitempty"`
	// Expires is the earliest expiry date of what went in, YYYY-MM-DD.
	Expires string `json:"expires,omitempty"`
	// Height is the number of levels in it: 1 when what is in it contains
	// nothing.
	Height int `json:"height,omitempty"`
	// Changed is when its disposition last changed: what is in it, and was
	// last seen before, has that disposition, too. It is a ledger time in Unix
	// milliseconds times 16384, plus the place of the event in its transaction.
	Changed int64 `json:"changed,omitempty"`
}

// Loaded reports whether something went into the object, or was attached to it,
// since it was last empty.
func (f *Facts) Loaded() bool { return f.Packed() || f.Contents != nil && f.Contents.AttachedSince > 0 }

// Packed reports whether something was packed into the object since it was last
// empty.
func (f *Facts) Packed() bool { return f.Contents != nil && f.Contents.Since > 0 }

// Persist sets and unsets lasting dispositions.
func (f *Facts) Persist(set, unset []string) {
	lasting := slices.Concat(f.PersistentDisposition, set)
	lasting = slices.DeleteFunc(lasting, func(d string) bool { return slices.Contains(unset, d) && !slices.Contains(set, d) })
	slices.Sort(lasting)
	f.PersistentDisposition = slices.Compact(lasting)
	if len(f.PersistentDisposition) == 0 {
		f.PersistentDisposition = nil
	}
}

// clone copies what the facts point to: a twin and its history must not share it.
func (f Facts) clone() Facts {
	f.PersistentDisposition = slices.Clone(f.PersistentDisposition)
	if f.Offer != nil {
		offer := *f.Offer
		f.Offer = &offer
	}
	if f.In != nil {
		in := *f.In
		f.In = &in
	}
	if f.Contents != nil {
		contents := *f.Contents
		f.Contents = &contents
	}
	return f
}

// entry is the record of one event in the history of one object. It is small,
// names of members included: there is one for each object of each event, and
// what all of them have in common stands in the event's record.
type entry struct {
	V      int    `json:"v"`
	Event  string `json:"e"`
	By     string `json:"b,omitempty"` // Ref.By
	Effect Effect `json:"x"`
	// Declaration is Ref.Declaration, of an event that reverses or contests.
	Declaration string `json:"q,omitempty"`
	// Upon is the number of the event that had changed the object last before
	// this one; absent when that is the number before. What was reversed in
	// between is not counted.
	Upon uint64 `json:"u,omitempty"`
	// Recorded and Occurred are, in Unix milliseconds, the latest ledger time
	// and the latest event time in the history up to here: they never fall, so
	// that the state as of a time is found by halving.
	Recorded int64  `json:"r"`
	Occurred int64  `json:"o"`
	Order    int    `json:"j,omitempty"` // Twin.Order
	Flags    []Flag `json:"f,omitempty"`

	State       State     `json:"s,omitempty"` // absent: active
	Custodian   string    `json:"c"`
	Party       string    `json:"y,omitempty"`
	From        string    `json:"m,omitempty"`
	Owner       string    `json:"w,omitempty"` // absent: the custodian
	NextOwner   string    `json:"n,omitempty"`
	Place       string    `json:"p,omitempty"`
	Disposition string    `json:"d,omitempty"`
	Persistent  []string  `json:"l,omitempty"`
	Offer       uint64    `json:"h,omitempty"` // OfferRef.Number
	In          *Stay     `json:"i,omitempty"`
	Contents    *Contents `json:"k,omitempty"`
	// Emptied is what was known of the contents that the event took out.
	Emptied *Contents `json:"g,omitempty"`

	Before *before `json:"z,omitempty"`
}

// set puts the facts into the entry.
func (e *entry) set(f Facts) {
	f = f.clone()
	e.Custodian, e.Party, e.From, e.NextOwner, e.Place, e.Disposition = f.Custodian, f.Party, f.From, f.NextOwner, f.Place, f.Disposition
	e.Persistent, e.In, e.Contents = f.PersistentDisposition, f.In, f.Contents
	if f.State != Active {
		e.State = f.State
	}
	if f.Owner != f.Custodian {
		e.Owner = f.Owner
	}
	if f.Offer != nil {
		e.Offer = f.Offer.Number
	}
}

// facts returns the facts of the entry. Of an offer they have the number only.
func (e *entry) facts() Facts {
	f := Facts{
		State: e.State, Custodian: e.Custodian, Party: e.Party, From: e.From, Owner: e.Owner, NextOwner: e.NextOwner,
		Place: e.Place, Disposition: e.Disposition, PersistentDisposition: e.Persistent, In: e.In, Contents: e.Contents,
	}
	if f.State == "" {
		f.State = Active
	}
	if f.Owner == "" {
		f.Owner = f.Custodian
	}
	if e.Offer > 0 {
		f.Offer = &OfferRef{Number: e.Offer}
	}
	return f.clone()
}

func millis(t time.Time) int64 { return t.UnixMilli() }
