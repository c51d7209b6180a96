package product

import (
	"strconv"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
)

// MaxConfirmed bounds the objects of one [ConfirmOrigin].
const MaxConfirmed = 500

// ConfirmOriginRequest names adopted objects.
type ConfirmOriginRequest struct {
	// IDs are the objects in any GS1 form, 1 to 500.
	IDs []string `json:"ids"`
}

// ConfirmOriginResponse names the event that the ledger made of it.
type ConfirmOriginResponse struct {
	// Event is its CBV 2.0 hash id; it is read with recordedBy "*ledger".
	Event string `json:"event"`
}

// ConfirmOrigin confirms that objects, which were on hand before the ledger and
// have been adopted, are genuine: all of them or none. It takes an operator or
// admin of the organisation that holds the licence for each of their keys, or of
// a delegate that may commission them. Nothing else changes of them.
//
// Refusals: fault.NotParticipant, fault.ReaderOnly, fault.RoleRequired,
// fault.InvalidIdentifier, fault.Unsupported, fault.InvalidRequest without an
// object or with one twice, fault.LimitExceeded beyond [MaxConfirmed],
// fault.NotLicensee, fault.NotFound, and fault.Closed for an object whose origin
// is not in question.
func ConfirmOrigin(tx *ledger.Tx, req ConfirmOriginRequest) (ConfirmOriginResponse, error) {
	if _, err := participant.Require(tx, ledger.RoleOperator, ledger.RoleAdmin); err != nil {
		return ConfirmOriginResponse{}, err
	}
	ids, err := objectsOf(req.IDs)
	if err != nil {
		return ConfirmOriginResponse{}, err
	}
	rights, err := participant.Rights(tx, ids, tx.Caller().MSP)
	if err != nil {
		return ConfirmOriginResponse{}, err
	}
	b, err := Open(tx, ids)
	if err != nil {
		return ConfirmOriginResponse{}, err
	}
	twins := make([]*Twin, len(ids))
	holders := make(map[*Twin]string, len(ids))
	for i, id := range ids {
		twins[i] = b.Twin(id)
		if err := mayConfirm(twins[i], rights[i], tx.Caller().MSP); err != nil {
			return ConfirmOriginResponse{}, fault.Of(err).About(id.Path()).At("/ids/" + strconv.Itoa(i))
		}
		holders[twins[i]] = rights[i].Holder
	}
	made := LedgerEvent(tx, twins, "", "originConfirmed", "by", tx.Caller().MSP)
	ref, err := b.CloseMade(made, twins, func(t *Twin) (Effect, []Flag, error) {
		t.Unproven = false
		if t.CommissionedBy != holders[t] {
			t.Licensee = holders[t]
		}
		return Confirmed, nil, nil
	})
	return ConfirmOriginResponse{Event: EventURI(ref.Hash)}, err
}

func mayConfirm(t *Twin, right participant.Right, caller string) error {
	switch {
	case !right.May:
		return fault.New(fault.NotLicensee, "%s holds no licence for this key now, nor a delegation of one", caller).With("licensee", right.Holder)
	case t == nil:
		return fault.New(fault.NotFound, "the object is not on the ledger")
	case !t.Unproven:
		return fault.New(fault.Closed, "the origin of the object is not in question")
	}
	return nil
}

// objectsOf reads the objects of a request, each once.
func objectsOf(texts []string) ([]gs1.ID, error) {
	if len(texts) == 0 || len(texts) > MaxConfirmed {
		code := fault.InvalidRequest
		if len(texts) > 0 {
			code = fault.LimitExceeded
		}
		return nil, fault.New(code, "name 1 to %d objects, not %d", MaxConfirmed, len(texts)).At("/ids")
	}
	ids := make([]gs1.ID, len(texts))
	seen := make(map[gs1.ID]bool, len(texts))
	for i, text := range texts {
		id, err := ParseObject(text)
		switch {
		case err != nil:
			return nil, fault.Of(err).At("/ids/" + strconv.Itoa(i))
		case seen[id]:
			return nil, fault.New(fault.InvalidRequest, "the object stands there twice").About(id.Path()).At("/ids/" + strconv.Itoa(i))
		}
		ids[i], seen[id] = id, true
	}
	return ids, nil
}
