package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/hyperledger/fabric-gateway/pkg/client"
	"google.golang.org/grpc/status"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/client/internal/gateways"
)

// VersionError says that the chaincode and the client do not speak one version of
// the contract functions. Nothing was sent to it but the question.
type VersionError struct {
	// Chaincode are the versions that the chaincode speaks, its own first; empty
	// when it is so old that it cannot say.
	Chaincode []string
	// Client is the version that the client speaks.
	Client string
}

// Error implements error.
func (e *VersionError) Error() string {
	spoken := "an earlier version than any that can be asked"
	if len(e.Chaincode) > 0 {
		spoken = "version " + strings.Join(e.Chaincode, ", ")
	}
	return fmt.Sprintf("client: the chaincode speaks %s of the contract functions and this client version %s: "+
		"build the program with a release of the client for the chaincode's version, or have the organisations approve a chaincode of the client's (docs/deploy.md)", spoken, e.Client)
}

const (
	// askAgain is how long an answer is good for: a chaincode can be upgraded under
	// a client. One that is upgraded also shows at the first endorsement after it.
	askAgain = time.Minute
	// askSooner is when a question that nobody could answer is asked again.
	askSooner = 5 * time.Second
	// doubtful is how old an answer must be at least to be doubted because of a
	// refusal.
	doubtful = time.Second
)

// versions knows whether the chaincode speaks the client's version.
type versions struct {
	began    time.Time
	turn     chan struct{} // one at a time asks
	known    atomic.Bool   // it has been asked, and speaks it
	asked    atomic.Int64  // when, since began
	due      atomic.Int64  // when it is asked again
	deployed atomic.Pointer[string]
}

func newVersions() *versions { return &versions{began: time.Now(), turn: make(chan struct{}, 1)} }

// spoken has the version asked for unless it is known. It fails with [VersionError],
// and as the question does when there never was an answer.
func (v *versions) spoken(ctx context.Context, ask func(context.Context) error) error {
	known := v.known.Load()
	if known && v.since() < v.due.Load() {
		return nil
	}
	select {
	case v.turn <- struct{}{}:
	default:
		if known {
			return nil // somebody is asking
		}
		select {
		case v.turn <- struct{}{}:
		case <-ctx.Done():
			return status.FromContextError(ctx.Err()).Err()
		}
	}
	defer func() { <-v.turn }()
	if v.known.Load() && v.since() < v.due.Load() {
		return nil // somebody has asked meanwhile
	}
	return v.learn(ask(ctx))
}

// learn takes note of what came of asking.
func (v *versions) learn(err error) error {
	var other *VersionError
	switch {
	case err == nil:
		v.asked.Store(v.since())
		v.due.Store(v.since() + int64(askAgain))
		v.known.Store(true)
		return nil
	case errors.As(err, &other):
		v.known.Store(false)
		return err
	case v.known.Load():
		v.due.Store(v.since() + int64(askSooner))
		return nil
	default:
		return err
	}
}

// doubt has the version asked for again before the next call, unless that was a
// moment ago.
func (v *versions) doubt() bool {
	if v.known.Load() && v.since()-v.asked.Load() < int64(doubtful) {
		return false
	}
	v.due.Store(0)
	return true
}

// endorsed takes note of the version in the chaincode's definition, which operators
// choose. When it is another than in the endorsement before, nobody goes on until it
// is known what is spoken.
func (v *versions) endorsed(deployed string) {
	if before := v.deployed.Load(); before != nil && *before != deployed {
		v.known.Store(false) // first: who finds the new version there waits
	}
	v.deployed.Store(&deployed)
}

func (v *versions) since() int64 { return int64(time.Since(v.began)) }

// greet asks for the version when a client begins. Of what can go wrong it returns
// only what will not go right later.
func (c *Client) greet(ctx context.Context, s *session) error {
	if s.keyless() {
		return nil // it cannot ask
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeouts.Connect)
	defer cancel()
	ctx, at := gateways.Noting(ctx)
	err := c.versions.spoken(ctx, func(ctx context.Context) error { return c.askVersion(ctx, s) })
	var other *VersionError
	if errors.As(err, &other) {
		return err
	}
	return c.refused(s, at(), err)
}

// askVersion asks any peer. It fails with [VersionError], and as gateways do.
func (c *Client) askVersion(ctx context.Context, s *session) error {
	proposal, err := s.gateway.GetNetwork(c.channel).GetContract(c.chaincode).
		NewProposal(api.Versions.FullName(), client.WithArguments("{}"))
	if err != nil {
		return fmt.Errorf("client: ask for the version: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeouts.Evaluate)
	defer cancel()
	result, err := proposal.EvaluateWithContext(ctx, roomy)
	return spokenIn(result, err)
}

// spokenIn judges the answer to the question for the version.
func spokenIn(result []byte, err error) error {
	if err != nil {
		if refused := faultIn(err); refused != nil && refused.Code == fault.UnknownFunction {
			return &VersionError{Client: api.Version}
		}
		return err
	}
	var answer api.VersionsResponse
	if err := json.Unmarshal(result, &answer); err != nil || len(answer.Speaks) == 0 {
		return &VersionError{Client: api.Version}
	}
	if !slices.Contains(answer.Speaks, api.Version) {
		others := slices.DeleteFunc(answer.Speaks, func(v string) bool { return v == answer.Version })
		return &VersionError{Chaincode: append([]string{answer.Version}, others...), Client: api.Version}
	}
	return nil
}
