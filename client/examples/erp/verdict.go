package erp

import (
	"context"
	"fmt"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/client"
)

// AskVerdict asks how an object was kept until a time, whoever had it, and whether it
// may be used: true when every policy that applied was kept and nothing holds it. What
// else there is to know is in the notes, for people. Readings that are missing make the
// verdict undetermined, not good.
func AskVerdict(ctx context.Context, c *client.Client, object string, until time.Time) (usable bool, notes []string, err error) {
	kept, err := c.Condition(ctx, condition.ReadObjectRequest{Object: object, To: until})
	if err != nil {
		return false, nil, err
	}
	usable = len(kept.Policies) > 0
	for _, policy := range kept.Policies {
		usable = usable && policy.Verdict == evaluation.Kept
		notes = append(notes, fmt.Sprintf("%s: %s %v", policy.Policy.ID, policy.Verdict, policy.Reasons))
		for _, band := range policy.Bands {
			out := time.Duration(band.OutMs.AtMost) * time.Millisecond
			notes = append(notes, fmt.Sprintf("out of %s for %s at most", band.Name, out))
		}
	}
	twin, err := c.Twin(ctx, object)
	if err != nil {
		return false, nil, err
	}
	if twin.HoldCount > 0 || twin.HeldThrough != "" || len(twin.Recalls) > 0 {
		return false, append(notes, "on hold, or recalled"), nil
	}
	return usable, notes, nil
}
