package network

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/hyperledger/fabric-admin-sdk/pkg/chaincode"
	"github.com/hyperledger/fabric-admin-sdk/pkg/channel"
	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	gatewaypb "github.com/hyperledger/fabric-protos-go-apiv2/gateway"
	"google.golang.org/grpc/status"

	"github.com/countersign-ledger/countersign/network/internal/ccpackage"
)

// joinOrderer gives an orderer the channel's first block.
func joinOrderer(ctx context.Context, n *node, ids *identities, block *common.Block) error {
	url := "https://" + hostPort(n.adminPort)
	err := until(ctx, func(ctx context.Context) error {
		// The library's call takes no context. If it hangs, it ends with the orderer.
		answer := make(chan error, 1)
		go func() {
			response, err := channel.CreateChannel(url, block, ids.pool(OrdererOrganisation), ids.operatorTLS())
			if err == nil {
				err = created(response)
			}
			answer <- err
		}()
		select {
		case err := <-answer:
			return err
		case <-ctx.Done():
			return errSilent
		}
	})
	if err != nil {
		return n.failed(fmt.Errorf("%s joins the channel: %w", n.name, err))
	}
	return nil
}

// errSilent is an orderer's that accepts a connection and does not answer.
var errSilent = errors.New("it does not answer")

// created reads an orderer's answer, which says in its body what it refuses.
func created(response *http.Response) error {
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	err = errors.Join(err, response.Body.Close())
	if err == nil && response.StatusCode != http.StatusCreated {
		return fmt.Errorf("it refused: %s: %s", response.Status, bytes.TrimSpace(body))
	}
	return err
}

const maxAnswer = 4 << 10

// join gives a peer the channel's first block, one peer after the other: peers
// that join at the same moment dial each other at the same moment, each then drops
// one connection of the two, and a pair that dropped both finds itself again only
// when its membership expires, five seconds later.
func (a *administrator) join(ctx context.Context, turn *sync.Mutex, block *common.Block) error {
	turn.Lock()
	defer turn.Unlock()
	err := until(ctx, func(ctx context.Context) error {
		return channel.JoinChannel(ctx, a.connection, a.identity, block)
	})
	if err != nil {
		return fmt.Errorf("%s joins the channel: %w", a.organisation.Name, err)
	}
	return nil
}

// install gives a peer its organisation's chaincode package.
func (a *administrator) install(ctx context.Context, p *ccpackage.Package) error {
	result, err := chaincode.NewPeer(a.connection, a.identity).Install(ctx, bytes.NewReader(p.Bytes))
	if err != nil {
		return fmt.Errorf("%s installs the chaincode: %w", a.organisation.Name, explained(err))
	}
	if result.GetPackageId() != p.ID {
		return fmt.Errorf("%s installs the chaincode: its peer names the package %s, not %s", a.organisation.Name, result.GetPackageId(), p.ID)
	}
	return nil
}

// approve agrees to the definition for the organisation, with its own package.
func (a *administrator) approve(ctx context.Context, d chaincode.Definition, packageID string) error {
	d.PackageID = packageID
	err := until(ctx, func(ctx context.Context) error {
		err := chaincode.NewGateway(a.connection, a.identity).Approve(ctx, &d)
		if err != nil && strings.Contains(explained(err).Error(), alreadyApproved) {
			return nil // an earlier attempt got through although it reported a failure
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("%s approves the chaincode: %w", a.organisation.Name, err)
	}
	return nil
}

// alreadyApproved is in Fabric's refusal to approve the same definition again.
const alreadyApproved = "unchanged content"

// commit makes the definition effective once enough organisations approve.
func (a *administrator) commit(ctx context.Context, d chaincode.Definition) error {
	err := until(ctx, func(ctx context.Context) error {
		return chaincode.NewGateway(a.connection, a.identity).Commit(ctx, &d)
	})
	if err != nil {
		return fmt.Errorf("%s commits the chaincode: %w", a.organisation.Name, err)
	}
	return nil
}

// explainedError adds what each peer said to a gateway's error, whose own text
// only counts them.
type explainedError struct {
	err     error
	details []string
}

func (e *explainedError) Error() string { return e.err.Error() + ": " + strings.Join(e.details, "; ") }
func (e *explainedError) Unwrap() error { return e.err }

func explained(err error) error {
	var already *explainedError
	if errors.As(err, &already) {
		return err
	}
	var details []string
	for _, detail := range status.Convert(unwrapped(err)).Details() {
		if d, ok := detail.(*gatewaypb.ErrorDetail); ok {
			details = append(details, fmt.Sprintf("%s (%s): %s", d.GetMspId(), d.GetAddress(), d.GetMessage()))
		}
	}
	if len(details) == 0 {
		return err
	}
	return &explainedError{err: err, details: details}
}

// unwrapped finds the gRPC status within an error.
func unwrapped(err error) error {
	var carrier interface{ GRPCStatus() *status.Status }
	if errors.As(err, &carrier) {
		return carrier.GRPCStatus().Err()
	}
	return err
}
