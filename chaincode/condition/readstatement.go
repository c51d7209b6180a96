package condition

import (
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// ReadStatementRequest names a signed statement.
type ReadStatementRequest struct {
	// ID is "MSP/id", with the organisation of who signed it.
	ID string `json:"id" jsonschema:"maxLength=200"`
}

// ReadDecision returns a decision with its signature, whether it stands or not, or
// fault.NotFound. Anyone may.
func ReadDecision(tx *ledger.Tx, req ReadStatementRequest) (Decision, error) {
	decision, found, err := ledger.Load[Decision](tx, decisionKey(req.ID))
	if err == nil && !found {
		return decision, fault.New(fault.NotFound, "there is no decision %q", req.ID).At("/id")
	}
	return decision, err
}

// ReadPermission returns a permission with its signature, whether it stands or not,
// or fault.NotFound. Anyone may.
func ReadPermission(tx *ledger.Tx, req ReadStatementRequest) (Permitted, error) {
	permission, found, err := ledger.Load[Permitted](tx, permissionKey(req.ID))
	if err == nil && !found {
		return permission, fault.New(fault.NotFound, "there is no permission %q", req.ID).At("/id")
	}
	return permission, err
}

// ReadPermitsResponse is what is permitted with what a breach holds.
type ReadPermitsResponse struct {
	// Permits are those that stand now, at most 16.
	Permits []product.Permit `json:"permits"`
}

// ReadPermits returns what is permitted now with what a breach holds, or
// fault.NotFound. Anyone may.
func ReadPermits(tx *ledger.Tx, req ReadBreachRequest) (ReadPermitsResponse, error) {
	b, err := loadBreach(tx, req.Breach)
	if err != nil {
		return ReadPermitsResponse{}, err
	}
	response := ReadPermitsResponse{Permits: []product.Permit{}}
	permits, err := product.Permits(tx, b.ID)
	for _, p := range permits {
		if b.holdsAny() && (p.Until.IsZero() || !tx.Time().After(p.Until)) {
			response.Permits = append(response.Permits, p)
		}
	}
	return response, err
}
