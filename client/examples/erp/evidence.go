package erp

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/evidence"
	"github.com/countersign-ledger/countersign/client/verify"
)

// AttestAndVerify has the state of an object attested by organisations and written to
// a file, and then does what whoever is sent that file does, without any connection:
// verify it against the roots that they trust, under a policy of their own, such as
// "2 of ManufacturerMSP,RetailerMSP". It returns the report, also when not verified.
func AttestAndVerify(ctx context.Context, c *client.Client, object, file string, trusted *verify.Roots, policy string) (*verify.Report, error) {
	enough, err := verify.ParsePolicy(policy)
	if err != nil {
		return nil, err
	}
	statement, err := c.AttestTwin(ctx, object, enough.Of...)
	if err != nil {
		return nil, err
	}
	text, err := statement.Encode()
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return nil, err
	}

	// The recipient begins here.
	if text, err = os.ReadFile(file); err != nil {
		return nil, err
	}
	received, err := evidence.Decode(text)
	if err != nil {
		return verify.Malformed(err, enough, time.Now()), nil
	}
	verifier, err := verify.New(trusted)
	if err != nil {
		return nil, fmt.Errorf("the roots: %w", err)
	}
	return verifier.Verify(received, enough, time.Now()), nil
}
