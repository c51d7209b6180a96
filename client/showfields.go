package client

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/selective"
	"github.com/countersign-ledger/countersign/client/evidence"
)

// ShowFields makes evidence of 1 to 64 fields of a private record: it has peers of
// organisations, named by MSP id, sign what the ledger says of the record, and puts
// the fields beside it. Whoever has the file verifies each field offline, with the
// organisations' authorities and nothing else, and learns nothing of the others; no
// peer is told which fields are shown.
//
// The fields come with their salts: from the record itself, whose members have them,
// or from a delivery ([Delivery]). Whether somebody may pass them on is not asked
// here. The file holds them in plain text.
//
// It fails with selective.ErrNotCommitted for a field that is not one of the record,
// so that nobody hands out what does not verify; with selective.ErrWeakSalt,
// selective.ErrMalformed or [evidence.FormatError] for what is no field, or one twice;
// and as [Attest] does: fault.NotFound for a record that has not been published.
func (c *Client) ShowFields(ctx context.Context, id string, fields []selective.Field, by ...string) (*evidence.ShownFields, error) {
	statement, err := Attest(ctx, c, api.ConfidentialRecord, confidential.RecordRequest{ID: id}, by...)
	if err != nil {
		return nil, err
	}
	return showFields(statement, fields)
}

func showFields(statement *evidence.Statement, fields []selective.Field) (*evidence.ShownFields, error) {
	var standing confidential.Standing
	if err := json.Unmarshal(statement.Result, &standing); err != nil {
		return nil, &AnswerError{Function: statement.Function, cause: err}
	}
	manifest := standing.Published.Manifest
	if err := selective.Open(manifest.ID, manifest.Commitments, fields...); err != nil {
		return nil, fmt.Errorf("client: the fields are not shown: %w", err)
	}
	return evidence.NewShownFields(statement, fields...)
}
