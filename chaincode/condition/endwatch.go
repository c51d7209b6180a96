package condition

import (
	"time"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// EndWatchRequest ends a watch.
type EndWatchRequest struct {
	// ID names the watch, with its organisation: "MSP/name".
	ID string `json:"id" jsonschema:"maxLength=200"`
	// End is until when the policy applies, at most 15 minutes ahead and not
	// before a reading that was evaluated; absent: now. Who still has any of the
	// objects cannot set it back by more than 15 minutes.
	End time.Time `json:"end,omitzero"`
}

// EndWatch ends a watch, by an operator, admin or person of the quality unit of
// the organisation that started it or of the objects' present custodian, or by a
// person of the quality unit that decides on what is watched, wherever that is: a
// watch that nobody ends would keep those from shipping who have the objects.
// Readings up to the end are evaluated still, whenever they arrive: the verdict
// is undetermined until they have.
//
// Whoever has the objects may hold readings that are not submitted yet. Were it
// to end the watch just before an excursion in them, the verdict would be
// 'kept'; so its end is now, within the 15 minutes that clocks may differ. An
// end that another sets back shows: Ended is the ledger time.
//
// The end is a gate. Where the policy says that gates refuse, a watch of which
// readings do not show that it was kept is ended by nobody but a person of the
// quality unit: the owner's, or where it counts the one that the policy names.
//
// Refusals: fault.NotFound; fault.NotCustodian; fault.Closed when it has been
// ended; fault.Undetermined at such a gate; fault.TimeAhead; fault.InvalidRequest for an end before the start;
// fault.OutOfSequence when later readings were evaluated already, and for a
// custodian's end in the past.
func EndWatch(tx *ledger.Tx, req EndWatchRequest) (Watch, error) {
	caller, err := participant.Require(tx, ledger.RoleOperator, ledger.RoleAdmin, ledger.RoleQuality)
	if err != nil {
		return Watch{}, err
	}
	watch, err := loadWatch(tx, req.ID)
	if err != nil {
		return Watch{}, err
	}
	end := evaluation.MomentOf(tx.Time())
	if !req.End.IsZero() {
		end = evaluation.MomentOf(req.End)
	}
	decides, err := watch.mayEnd(tx, caller.MSP, end)
	if err != nil {
		return Watch{}, err
	}
	switch {
	case end > evaluation.MomentOf(tx.Time().Add(skew)):
		return Watch{}, fault.New(fault.TimeAhead, "the end is more than 15 minutes ahead").At("/end")
	case end < watch.Start:
		return Watch{}, fault.New(fault.InvalidRequest, "the end is before the start, %s", watch.Start).At("/end")
	}
	if err := watch.end(tx, end, decides); err != nil {
		return Watch{}, err
	}
	if err := ledger.Store(tx, watchKey(watch.ID), watch); err != nil {
		return Watch{}, err
	}
	// What only the end tells is judged now: see [Review].
	_, err = review(tx, watch, "")
	return *watch, err
}

// end ends the watch at a moment, if its gate lets it.
func (w *Watch) end(tx *ledger.Tx, end evaluation.Moment, decides bool) error {
	w.End, w.Ended = &end, tx.Time()
	gate, err := w.gate(tx)
	if err != nil {
		return err
	}
	if w.AtEnd, err = gate.end(tx, end, decides); err != nil {
		return err
	}
	if err := w.closeLanes(tx, gate.lanes, end); err != nil {
		return err
	}
	subjects, err := w.subjects(tx)
	if err != nil {
		return err
	}
	return w.delist(tx, subjects)
}

func loadWatch(tx *ledger.Tx, id string) (*Watch, error) {
	watch, found, err := ledger.Load[Watch](tx, watchKey(id))
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, fault.New(fault.NotFound, "there is no watch %q", id).At("/id")
	}
	return &watch, nil
}

// mayEnd refuses who neither started the watch nor has its objects, nor decides on
// them for the quality unit ([qualityOf]), and an end in the past by who has any of
// them or decides. It reports whether the caller decides.
func (w *Watch) mayEnd(tx *ledger.Tx, msp string, end evaluation.Moment) (decides bool, err error) {
	if w.End != nil {
		return false, fault.New(fault.Closed, "the watch was ended at %s", *w.End)
	}
	policy, err := loadPolicy(tx, w.Policy)
	if err != nil {
		return false, err
	}
	ids, err := w.objects(tx)
	if err != nil {
		return false, err
	}
	twins, err := product.LoadTwins(tx, ids)
	if err != nil {
		return false, err
	}
	decides = tx.Caller().Role == ledger.RoleQuality && w.decides(twins, policy) == msp
	earliest := evaluation.MomentOf(tx.Time().Add(-skew))
	switch {
	case w.Place != "" && msp != w.By && !decides:
		return false, fault.New(fault.NotCustodian, "only %s ends a watch of its place", w.By).About(w.Place)
	case msp != w.By && decides && end < earliest:
		return false, fault.New(fault.OutOfSequence, "who decides ends another's watch as of now").At("/end")
	}
	if err := w.mayEndLots(msp, decides, end, earliest); err != nil {
		return false, err
	}
	for i, twin := range twins {
		if err := w.mayEndObject(twin, msp, decides, end, earliest); err != nil {
			return false, err.About(ids[i].Path())
		}
	}
	return decides, nil
}

// mayEndObject is [Watch.mayEnd] for one object.
func (w *Watch) mayEndObject(twin *product.Twin, msp string, decides bool, end, earliest evaluation.Moment) *fault.Error {
	has := twin != nil && twin.Custodian == msp
	switch {
	case !has && msp != w.By && !decides:
		return fault.New(fault.NotCustodian, "only %s, the quality unit, or who has all of its objects, ends this watch", w.By)
	case has && twin.State == product.Active && end < earliest:
		return fault.New(fault.OutOfSequence, "who has the objects ends a watch as of now: readings since %s may be still to come", end).At("/end")
	}
	return nil
}

// closeLanes takes the watch from the devices whose readings reach its end.
func (w *Watch) closeLanes(tx *ledger.Tx, lanes []*Lane, end evaluation.Moment) error {
	for _, lane := range lanes {
		switch {
		case lane.Last == nil || lane.Last.Time < end:
			continue
		case lane.Last.Time > end:
			return fault.New(fault.OutOfSequence, "readings up to %s were evaluated; end the watch then or later", lane.Last.Time).
				About(lane.Device).At("/end")
		}
		if err := w.lastWindow(tx, lane); err != nil {
			return err
		}
		if err := tx.Delete(feedKey(lane.Device, w.ID)); err != nil {
			return err
		}
	}
	return nil
}

// lanes returns the watch's lanes in the order of its devices.
func (w *Watch) lanes(tx *ledger.Tx) ([]*Lane, error) {
	keys := make([]ledger.Key, len(w.Devices))
	for i, device := range w.Devices {
		keys[i] = laneKey(w.ID, device)
	}
	lanes, err := ledger.LoadMany[Lane](tx, keys)
	if err != nil {
		return nil, err
	}
	for i, lane := range lanes {
		if lane == nil {
			return nil, fault.New(fault.Internal, "the lane of %s in watch %s is missing", w.Devices[i], w.ID)
		}
	}
	return lanes, nil
}
