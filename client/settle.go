package client

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hyperledger/fabric-gateway/pkg/client"
	"github.com/hyperledger/fabric-gateway/pkg/identity"
	"github.com/hyperledger/fabric-protos-go-apiv2/gateway"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/client/internal/gateways"
)

// invalid is the error of a transaction that is on the ledger and not valid.
func invalid(function string, settled *client.Status) *Error {
	return &Error{
		Stage: StageCommit, Function: function, Transaction: settled.TransactionID,
		Validation: settled.Code.String(), Retry: conflicts(settled.Code),
	}
}

// conflicts tells whether a transaction was found invalid because of what others
// committed between its endorsement and its own commit: what it read has changed,
// or the chaincode's definition has. Endorsed anew, it may be valid.
func conflicts(code peer.TxValidationCode) bool {
	switch code {
	case peer.TxValidationCode_MVCC_READ_CONFLICT, peer.TxValidationCode_PHANTOM_READ_CONFLICT, peer.TxValidationCode_EXPIRED_CHAINCODE:
		return true
	default:
		return false
	}
}

func settledCode(settled *client.Status) string {
	if settled.Successful {
		return CodeOK
	}
	return validationCode(settled.Code.String())
}

// resolve finds out what became of a transaction that was, or may have been,
// accepted by the orderer, on a context of its own: the end of the caller's does
// not make the outcome any less important.
//
// One that may not have been accepted, which is given as pending, is handed over
// again meanwhile, unless the caller has gone. That is safe, because it is the same
// transaction: the ledger takes an id once, and its status is that of the first.
func (c *Client) resolve(caller context.Context, f *flight, pending *client.Transaction, why error) (*client.Status, error) {
	within, end := c.step(caller, f.step(StageResolve))
	ctx, cancel := context.WithTimeout(context.WithoutCancel(within), f.Timeouts.Resolve)
	defer cancel()
	for {
		settled, err := c.settledWithin(ctx, f.session, pending == nil, f.transaction)
		switch {
		case err == nil:
			end(Outcome{Code: settledCode(settled)})
			return settled, nil
		case ctx.Err() != nil || pending == nil || !errors.Is(err, errNotYet):
			end(Outcome{Code: codeUnknown})
			return nil, &OutcomeUnknownError{Function: f.Function.FullName(), Transaction: f.transaction, cause: errors.Join(why, err)}
		case caller.Err() == nil:
			if _, err := pending.SubmitWithContext(ctx); err == nil {
				pending = nil
			}
		}
	}
}

const resolvePause = 500 * time.Millisecond

var errNotYet = errors.New("client: the transaction is not on the ledger yet")

// settledWithin waits for a transaction: as long as ctx lasts when it has been
// accepted, a moment else.
func (c *Client) settledWithin(ctx context.Context, s *session, accepted bool, transaction string) (*client.Status, error) {
	if accepted {
		return c.settled(ctx, s, transaction)
	}
	moment, cancel := context.WithTimeout(ctx, resolvePause)
	defer cancel()
	settled, err := c.settled(moment, s, transaction)
	if ended := status.Code(err); err != nil && (moment.Err() != nil || ended == codes.DeadlineExceeded) {
		return nil, fmt.Errorf("%w: %w", errNotYet, err) // the peer may notice the end of the moment first
	}
	return settled, err
}

// settled waits until a transaction is on the ledger, through lost connections. As it may
// be the gateway whose ledger stands still, another is asked in turn, if there is one.
func (c *Client) settled(ctx context.Context, s *session, transaction string) (*client.Status, error) {
	ctx, asked := gateways.Noting(ctx)
	away := false
	for pauses := newPauses(); ; {
		commit, err := c.commitOf(s, transaction)
		if err != nil {
			return nil, err
		}
		ask := ctx
		if away {
			ask = gateways.Away(ctx, asked())
		}
		settled, err := statusWithin(ask, commit, handAgainAfter, grpc.WaitForReady(true))
		switch {
		case err == nil || ctx.Err() != nil:
			return settled, err
		case timeOver(err) || away: // whatever another says, the first may yet tell
			away = !away && timeOver(err)
			if !rest(ctx, firstPause) {
				return nil, err
			}
		case !unreachable(err) || !rest(ctx, pauses.NextBackOff()):
			return nil, err
		}
	}
}

func unreachable(err error) bool {
	st := status.Convert(err)
	return st.Code() == codes.Unavailable || st.Code() == codes.Aborted || overloaded(st)
}

func (c *Client) commitOf(s *session, transaction string) (*client.Commit, error) {
	request, err := proto.Marshal(&gateway.CommitStatusRequest{TransactionId: transaction, ChannelId: c.channel, Identity: s.creator})
	if err != nil {
		return nil, fmt.Errorf("client: ask for the status of %s: %w", transaction, err)
	}
	signed, err := proto.Marshal(&gateway.SignedCommitStatusRequest{Request: request})
	if err != nil {
		return nil, fmt.Errorf("client: ask for the status of %s: %w", transaction, err)
	}
	return s.gateway.NewCommit(signed)
}

func serialize(id identity.Identity) ([]byte, error) {
	creator, err := proto.Marshal(&msp.SerializedIdentity{Mspid: id.MspID(), IdBytes: id.Credentials()})
	if err != nil {
		return nil, fmt.Errorf("client: the identity: %w", err)
	}
	return creator, nil
}

// Outcome waits until a transaction is on the ledger, as long as the context
// lasts. It fails with [Error] at [StageCommit] when the transaction is not
// valid, and with [OutcomeUnknownError] when it is not there in time.
func (c *Client) Outcome(ctx context.Context, transaction string) (*Receipt, error) {
	ctx, end := c.step(ctx, Step{Stage: StageResolve, Function: functionOutcome, Transaction: transaction, Try: 1})
	settled, err := c.settled(ctx, c.session(), transaction)
	if err != nil {
		end(Outcome{Code: codeUnknown})
		return nil, &OutcomeUnknownError{Function: functionOutcome, Transaction: transaction, cause: err}
	}
	end(Outcome{Code: settledCode(settled)})
	if !settled.Successful {
		return nil, &Error{Stage: StageCommit, Function: functionOutcome, Transaction: transaction, Validation: settled.Code.String()}
	}
	return c.receipt(settled), nil
}

// functionOutcome stands in errors where there is no function.
const functionOutcome = "outcome"
