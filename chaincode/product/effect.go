package product

import "time"

// Effect is what an event did to one object.
type Effect string

const (
	// Commissioned: the object began.
	Commissioned Effect = "commissioned"
	// Adopted: stock from before the ledger began on it, its origin unproven.
	Adopted Effect = "adopted"
	// Duplicated: the object was commissioned once more, by another. Nothing
	// changed but that it is suspected.
	Duplicated Effect = "duplicated"
	// Confirmed: the holder of the licence confirmed an adopted object.
	Confirmed Effect = "confirmed"
	// Shipped: it was offered to another.
	Shipped Effect = "shipped"
	// Received: it changed hands.
	Received Effect = "received"
	// Voided: its shipment was called off by the shipper.
	Voided Effect = "voided"
	// Refused: its shipment was refused by whom it was offered to.
	Refused Effect = "refused"
	// Observed: its custodian said where it is and how.
	Observed Effect = "observed"
	// Linked: business documents were linked to it.
	Linked Effect = "linked"
	// Witnessed: its custodian saw it after its end. Nothing changed. What
	// anybody else saw is in no history: see [ReadWitnesses].
	Witnessed Effect = "witnessed"
	// Loaded: something was put into it, or into what it contains.
	Loaded Effect = "loaded"
	// Unloaded: something was taken out of it.
	Unloaded Effect = "unloaded"
	// Emptied: all that was in it was taken out.
	Emptied Effect = "emptied"
	// Packed: it was put into a container. Unpacked: it was taken out.
	Packed   Effect = "packed"
	Unpacked Effect = "unpacked"
	// Consumed: it went into something else.
	Consumed Effect = "consumed"
	// Produced: it began, made of something else.
	Produced Effect = "produced"
	// Finished: its life ended.
	Finished Effect = "ended"
	// Reopened: its end was taken back.
	Reopened Effect = "reopened"
	// Held: a hold was placed on it, or on an account of a lot. Released: a hold was lifted.
	Held     Effect = "held"
	Released Effect = "released"
	// Reversed: an event was declared an error and its effect undone.
	Reversed Effect = "reversed"
	// Contested: an event was declared an error that is no longer the last
	// that changed the object. Nothing changed but that it is contested.
	Contested Effect = "contested"
)

// Flag marks what is implausible about an event of an object; it is recorded
// all the same.
type Flag string

const (
	// FlagAhead: the event happened after the ledger time of its recording.
	FlagAhead Flag = "ahead"
	// FlagLate: it was recorded more than [Late] after it happened.
	FlagLate Flag = "late"
	// FlagBackwards: it happened before an event that changed the object
	// earlier in the history.
	FlagBackwards Flag = "backwards"
	// FlagAfterEnd: the object's life had ended.
	FlagAfterEnd Flag = "afterEnd"
	// FlagUnaddressed: it was shipped to nobody in particular, so that nobody
	// was offered custody.
	FlagUnaddressed Flag = "unaddressed"
	// FlagExpired: it moves, or something in it does, past its expiry date.
	FlagExpired Flag = "expired"
	// FlagOutside: it was seen elsewhere than in the container that it was in.
	FlagOutside Flag = "outside"
	// FlagUnproven: its origin has not been confirmed by the holder of the
	// licence.
	FlagUnproven Flag = "unproven"
	// FlagSealed: the container was opened, and no seal said to be broken.
	FlagSealed Flag = "sealed"
	// FlagSeal: a seal was checked that is not on the container, or found
	// broken.
	FlagSeal Flag = "seal"
	// FlagQuantity: quantities do not add up.
	FlagQuantity Flag = "quantity"
	// FlagSuspected: the object is suspected to be counterfeit.
	FlagSuspected Flag = "suspected"
	// FlagConditionBroken: it passes, though readings broke the policy of a
	// watch of it, and nobody has decided on that.
	FlagConditionBroken Flag = "conditionBroken"
	// FlagConditionUndetermined: it passes, though readings do not show that it
	// was kept up to then as the policy of a watch wants it.
	FlagConditionUndetermined Flag = "conditionUndetermined"
	// FlagRecalled: it moves, though it has been recalled.
	FlagRecalled Flag = "recalled"
)

// Late is how long after it happened an event may be recorded without a flag.
const Late = 7 * 24 * time.Hour

// timeFlags are the flags of an event's time.
func timeFlags(event *NewEvent, latest time.Time) []Flag {
	var found []Flag
	switch when := event.Record.Time; {
	case when.After(event.Record.Recorded):
		found = append(found, FlagAhead)
	case event.Record.Recorded.Sub(when) > Late:
		found = append(found, FlagLate)
	}
	if event.Record.Time.Before(latest) {
		found = append(found, FlagBackwards)
	}
	return found
}

// moves are the effects by which an object goes somewhere or into something.
func (e Effect) moves() bool {
	switch e {
	case Shipped, Received, Packed, Loaded, Consumed:
		return true
	}
	return false
}

// flags are those of an event of one object, as the event has left it.
func (t *Twin) flags(event *NewEvent, effect Effect) []Flag {
	found := timeFlags(event, t.Occurred)
	if t.State == Ended && effect == Witnessed {
		found = append(found, FlagAfterEnd)
	}
	if effect.moves() {
		day := event.Record.Time.UTC().Format(time.DateOnly)
		if t.Expires != "" && t.Expires < day || t.Loaded() && t.Contents.Expires != "" && t.Contents.Expires < day {
			found = append(found, FlagExpired)
		}
		if t.Unproven {
			found = append(found, FlagUnproven)
		}
		if t.Suspected {
			found = append(found, FlagSuspected)
		}
	}
	return found
}
