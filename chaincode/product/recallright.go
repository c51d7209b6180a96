package product

import (
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
)

// mayRecall refuses subjects that an organisation may not recall.
func mayRecall(tx *ledger.Tx, msp string, subjects []recallSubject) error {
	var ids, objects []gs1.ID
	for _, s := range subjects {
		ids = append(ids, s.id)
		if IsObject(s.id) {
			objects = append(objects, s.id)
		}
	}
	holders, err := participant.Licensees(tx, ids)
	if err != nil {
		return err
	}
	b, err := Open(tx, objects)
	if err != nil {
		return err
	}
	made, err := madeBy(tx, msp, subjects)
	if err != nil {
		return err
	}
	for i, s := range subjects {
		var twin *Twin
		if IsObject(s.id) {
			if twin = b.Twin(s.id); twin == nil {
				return fault.New(fault.NotFound, "the object is not on the ledger").About(s.id.Path()).At(s.at)
			}
		}
		// Who adopted an object says itself that it owns it: that is no right to
		// call back what another has made.
		owns := twin != nil && twin.Owner == msp && !twin.Unproven
		if holders[i] != msp && !made[i] && !owns {
			return fault.New(fault.NotLicensee, "%s neither holds the licence for this key now, nor owns or made what it names", msp).
				With("licensee", holders[i]).About(s.id.Path()).At(s.at)
		}
	}
	return nil
}
