package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/gateway"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/client/evidence"
)

// AttestCall has a query run and signed by the peers of organisations, and
// returns what they signed as a statement that anybody can verify offline. The
// call must name the organisations. Nothing is submitted: any reader may ask.
//
// Of a list of more than 50 entries the keys come with the statement, which takes
// further calls at the first of the organisations; see docs/verification.md.
//
// Peers of different height answer differently for a moment; the call is then
// repeated, and in the end fails with an [Error] that tells what each said.
func (c *Client) AttestCall(ctx context.Context, call Invocation) (*evidence.Statement, error) {
	name := call.Function.FullName()
	switch {
	case call.Function.Kind != api.Query:
		return nil, fmt.Errorf("client: %s is no query, and only queries can be attested", name)
	case len(call.EndorsingOrganisations) == 0:
		return nil, fmt.Errorf("client: name the organisations that shall attest %s", name)
	}
	statement, err := c.attest(ctx, call)
	if err != nil {
		return nil, err
	}
	if err := c.listed(ctx, call, statement); err != nil {
		return nil, err
	}
	return statement, nil
}

func (c *Client) attest(ctx context.Context, call Invocation) (*evidence.Statement, error) {
	name := call.Function.FullName()
	f, err := c.prepare(call)
	if err != nil {
		return nil, err
	}
	return observed(ctx, c, f, func(ctx context.Context, f *flight) (*evidence.Statement, error) {
		transaction, err := c.endorsed(ctx, f)
		if err != nil {
			return nil, err
		}
		prepared, err := transaction.Bytes()
		if err != nil {
			return nil, fmt.Errorf("client: %w", err)
		}
		statement, err := openPrepared(prepared)
		if err != nil {
			return nil, fmt.Errorf("client: the gateway's answer to %s is no statement: %w", name, err)
		}
		if err := c.answers(statement, call, f.transaction); err != nil {
			return nil, err
		}
		return statement, nil
	})
}

func openPrepared(text []byte) (*evidence.Statement, error) {
	var prepared gateway.PreparedTransaction
	if err := proto.Unmarshal(text, &prepared); err != nil {
		return nil, err
	}
	envelope := &common.Envelope{Payload: prepared.GetEnvelope().GetPayload()}
	return evidence.FromEnvelope(envelope)
}

// answers checks that a gateway, which nobody needs to trust, asked what it was
// told to ask, now and not before, and all whom it was told to.
func (c *Client) answers(s *evidence.Statement, call Invocation, transaction string) error {
	proposal, err := s.OpenProposal()
	if err != nil {
		return err
	}
	if proposal.Channel != c.channel || proposal.Chaincode != c.chaincode ||
		proposal.Function != call.Function.FullName() || !bytes.Equal(proposal.Request, call.Request) {
		return errors.New("client: the gateway had something else attested than it was asked for")
	}
	for _, msp := range call.EndorsingOrganisations {
		if !slices.ContainsFunc(s.Endorsements, func(e evidence.Endorsement) bool { return e.MSP == msp }) {
			return fmt.Errorf("client: the gateway returned no endorsement by %s", msp)
		}
	}
	if proposal.DerivedTransaction != transaction {
		return errors.New("client: the gateway handed out an attestation of another time")
	}
	return nil
}

// Attest has the answer of a query signed by the peers of organisations; see
// [Client.AttestCall].
func Attest[Req, Resp any](ctx context.Context, c *Client, f api.Declared[Req, Resp], request Req, by ...string) (*evidence.Statement, error) {
	call, err := invocation(f, request, []CallOption{EndorsedBy(by...)})
	if err != nil {
		return nil, err
	}
	return c.AttestCall(ctx, call)
}
