package condition

import (
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// EndWatchRequest ends a watch.
type EndWatchRequest struct {
	// ID names the watch.
	ID string `json:"id" jsonschema:"maxLength=64"`
	// End is until when the policy applies, at most 15 minutes ahead and not
	// before a reading that was evaluated; absent: now.
	End time.Time `json:"end,omitzero"`
}

// EndWatch ends a watch, by an operator, admin or person of the quality unit of
// the organisation that started it or of the objects' present custodian.
// Readings up to the end are evaluated still, whenever they arrive: the verdict
// is undetermined until they have.
//
// Refusals: fault.NotFound; fault.NotCustodian; fault.Closed when it has been
// ended; fault.TimeAhead; fault.InvalidRequest for an end before the start;
// fault.OutOfSequence when later readings were evaluated already.
func EndWatch(tx *ledger.Tx, req EndWatchRequest) (Watch, error) {
	caller, err := participant.Require(tx, ledger.RoleOperator, ledger.RoleAdmin, ledger.RoleQuality)
	if err != nil {
		return Watch{}, err
	}
	watch, err := loadWatch(tx, req.ID)
	if err != nil {
		return Watch{}, err
	}
	if err := watch.mayEnd(tx, caller.MSP); err != nil {
		return Watch{}, err
	}
	end := MomentOf(tx.Time())
	if !req.End.IsZero() {
		end = MomentOf(req.End)
	}
	switch {
	case end > MomentOf(tx.Time().Add(skew)):
		return Watch{}, fault.New(fault.TimeAhead, "the end is more than 15 minutes ahead").At("/end")
	case end < watch.Start:
		return Watch{}, fault.New(fault.InvalidRequest, "the end is before the start, %s", watch.Start).At("/end")
	}
	if err := watch.closeLanes(tx, end); err != nil {
		return Watch{}, err
	}
	watch.End, watch.Ended = &end, tx.Time()
	return *watch, ledger.Store(tx, watchKey(watch.ID), watch)
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

// mayEnd refuses who neither started the watch nor has its objects.
func (w *Watch) mayEnd(tx *ledger.Tx, msp string) error {
	if w.End != nil {
		return fault.New(fault.Closed, "the watch was ended at %s", *w.End)
	}
	if msp == w.By {
		return nil
	}
	ids, err := w.objects(tx)
	if err != nil {
		return err
	}
	twins, err := product.LoadTwins(tx, ids)
	if err != nil {
		return err
	}
	for i, twin := range twins {
		if twin == nil || twin.Custodian != msp {
			return fault.New(fault.NotCustodian, "only %s, or who has all of its objects, ends this watch", w.By).About(ids[i].Path())
		}
	}
	return nil
}

// closeLanes takes the watch from the devices whose readings reach its end.
func (w *Watch) closeLanes(tx *ledger.Tx, end Moment) error {
	lanes, err := w.lanes(tx)
	if err != nil {
		return err
	}
	for _, lane := range lanes {
		switch {
		case lane.Last == nil || lane.Last.Time < end:
			continue
		case lane.Last.Time > end:
			return fault.New(fault.OutOfSequence, "readings up to %s were evaluated; end the watch then or later", lane.Last.Time).
				About(lane.Device).At("/end")
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
