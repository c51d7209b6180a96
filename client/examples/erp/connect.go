package erp

import (
	"context"
	"errors"
	"fmt"

	"github.com/countersign-ledger/countersign/client"
)

// Connect connects with what the organisation's administrator hands out, a connection
// profile and the folder with a user's certificate and key, and checks that the
// organisation takes part. One client is enough for a program: share it, and close it
// at the end.
func Connect(ctx context.Context, profile, mspFolder string) (*client.Client, error) {
	c, err := client.Connect(ctx, client.WithProfile(profile), client.WithMSP(mspFolder))
	if err != nil {
		return nil, err
	}
	us, err := c.Organisation(ctx, c.MSP())
	switch {
	case err != nil:
		return nil, errors.Join(fmt.Errorf("%s is not on record at channel %s: %w", c.MSP(), c.Channel(), err), c.Close())
	case us.Reader:
		return nil, errors.Join(fmt.Errorf("%s may only read", c.MSP()), c.Close())
	}
	return c, nil
}
