package erp

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/disclosure"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/client"
)

// ReleasePrivateData answers what others ask of the private records of the client's
// own organisation: it gives the fields that may be given, and refuses a request for
// any other. Only the one who asks reads them; that it was given them, and for what
// purpose, all can see. A request that others have still to agree to is left for
// another time. It takes an admin or a person of the quality unit.
func ReleasePrivateData(ctx context.Context, c *client.Client, mayGive []string) (given []string, err error) {
	for asked, err := range c.DisclosuresBy(ctx, c.MSP()) {
		if err != nil {
			return given, err
		}
		if asked.State != disclosure.Requested && asked.State != disclosure.Approved {
			continue
		}
		if i := slices.IndexFunc(asked.Fields, func(field string) bool { return !slices.Contains(mayGive, field) }); i >= 0 {
			if _, err := c.RefuseDisclosure(ctx, asked.ID, asked.Fields[i]+" is not given"); err != nil {
				return given, err
			}
			continue
		}
		if _, err := c.ApproveDisclosure(ctx, asked.ID); err != nil && !errors.Is(err, fault.AlreadyRecorded) {
			return given, err
		}
		switch _, err := c.Disclose(ctx, asked.ID); {
		case errors.Is(err, fault.NotConsented): // others' votes are missing
		case err != nil:
			return given, fmt.Errorf("give %s to %s: %w", asked.ID, asked.Recipient, err)
		default:
			given = append(given, asked.ID)
		}
	}
	return given, nil
}
