package client

import (
	"context"
	"errors"
	"slices"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/participant"
)

// absent returns those of the organisations asked of which the gateway knows no peer
// that could endorse. It says so in words alone (internal/pkg/gateway/registry.go in
// Fabric), of those that are missing to a transaction and of all to a query.
func absent(stage Stage, st *status.Status, asked []string) []string {
	if _, missing, found := strings.Cut(st.Message(), "failed to find any endorsing peers for org(s): "); found {
		listed := strings.Split(missing, ", ")
		return slices.DeleteFunc(slices.Clone(asked), func(msp string) bool { return !slices.Contains(listed, msp) })
	}
	if stage == StageEvaluate && st.Code() == codes.FailedPrecondition && strings.Contains(st.Message(), "no peers available to evaluate chaincode") {
		return slices.Clone(asked)
	}
	return nil
}

// absence says to people what the gateway left open.
func (e *Error) absence() string {
	return "the gateway knows of no peer of " + strings.Join(e.Absent, ", ") +
		" that could endorse: is the MSP id right, does the organisation trade (peers of one that only reads endorse nothing), and is its peer up?"
}

// explain asks what is on record of the organisations that have no endorsing peer.
// One that is none, or that only reads, will have none later either: its fault takes
// the place of a repetition. Whatever else comes of the query changes nothing. It returns
// whether there is nothing more to learn: a gateway that is behind is asked again.
func (c *Client) explain(ctx context.Context, failed *Error) (done bool) {
	done = true
	for _, msp := range failed.Absent {
		found, err := query(ctx, c, api.Organisation, participant.ReadOrganisationRequest{MSP: msp}, Tries(1))
		var doubtful *Error
		switch {
		case errors.As(err, &doubtful) && doubtful.Retry:
			done = false
			continue
		case err == nil && found.Reader:
			failed.Fault = fault.New(fault.ReaderOnly, "%s only reads, and its peers endorse nothing", msp)
		case errors.Is(err, fault.NotFound) && c.onRecord(ctx):
			failed.Fault = fault.New(fault.NotParticipant, "no organisation %s is on record: is the MSP id right?", msp)
		default:
			continue
		}
		failed.Retry = false
		return true
	}
	return done
}

// onRecord tells whether the caller's own organisation is on record: before the
// consortium has been founded, that another one is not says nothing.
func (c *Client) onRecord(ctx context.Context) bool {
	_, err := query(ctx, c, api.Organisation, participant.ReadOrganisationRequest{MSP: c.msp}, Tries(1))
	return err == nil
}
