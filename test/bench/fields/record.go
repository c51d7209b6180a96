package fields

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/selective"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/client/evidence"
	"github.com/countersign-ledger/countersign/collections"
)

// at is when everything happens: certificates are valid then.
var at = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// value is what each field holds, 24 bytes.
const value = "value of 24 bytes, #%04d"

// record is a published record of the manufacturer and the retailer.
type record struct {
	draft             confidential.Draft
	content, manifest int // bytes, as they stand in the collection
}

// draft makes a record of so many fields: no decoys.
func draft(fields int) (confidential.Draft, error) {
	d := confidential.Draft{Kind: collections.KindTerms}
	for i := range fields {
		d.Fields = append(d.Fields, selective.Field{Name: fmt.Sprintf("/x-bench/field-%02d", i), Value: fmt.Sprintf(value, i)})
	}
	salted, err := client.Salted(d)
	if err == nil && len(salted.Fields) != fields {
		err = fmt.Errorf("fields: a record of %d fields has %d", fields, len(salted.Fields))
	}
	return salted, err
}

// publish writes a record of so many fields and reads it back.
func publish(ctx context.Context, c *clienttest.Consortium, fields int) (record, error) {
	d, err := draft(fields)
	if err != nil {
		return record{}, err
	}
	operator, err := c.Connect(ctx, "manufacturer", "operator")
	if err != nil {
		return record{}, err
	}
	defer operator.Close() //nolint:errcheck // nothing is open
	if _, err := operator.WriteConfidential(ctx, d, "RetailerMSP"); err != nil {
		return record{}, err
	}
	if _, err := operator.PublishConfidential(ctx, d.ID, "RetailerMSP"); err != nil {
		return record{}, err
	}
	kept, err := operator.ReadConfidential(ctx, d.ID, "RetailerMSP")
	if err != nil {
		return record{}, err
	}
	content, err := json.Marshal(kept.Content)
	if err != nil {
		return record{}, err
	}
	manifest, err := json.Marshal(kept.Manifest)
	return record{draft: d, content: len(content), manifest: len(manifest)}, err
}

// show makes a file of the first fields of a record, attested by three organisations.
func show(ctx context.Context, c *clienttest.Consortium, r record, fields int) (*evidence.ShownFields, []byte, error) {
	auditor, err := c.Connect(ctx, "regulator", "auditor")
	if err != nil {
		return nil, nil, err
	}
	defer auditor.Close() //nolint:errcheck // nothing is open
	shown, err := auditor.ShowFields(ctx, r.draft.ID, r.draft.Fields[:fields], "ManufacturerMSP", "CarrierMSP", "RetailerMSP")
	if err != nil {
		return nil, nil, err
	}
	if n := len(shown.Statement.Endorsements); n != 3 {
		return nil, nil, errors.New("fields: the statement has not three endorsements")
	}
	file, err := shown.Encode()
	return shown, file, err
}
