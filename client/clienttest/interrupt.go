package clienttest

import (
	"slices"

	pb "github.com/hyperledger/fabric-protos-go-apiv2/gateway"
)

// Step is a step of a call that can be interrupted.
type Step string

// The steps of the gateway service.
const (
	Evaluate     Step = pb.Gateway_Evaluate_FullMethodName
	Endorse      Step = pb.Gateway_Endorse_FullMethodName
	Submit       Step = pb.Gateway_Submit_FullMethodName
	CommitStatus Step = pb.Gateway_CommitStatus_FullMethodName
)

// Interruption makes the next call of a step fail with an error, such as
// status.Error(codes.Unavailable, "connection lost").
type Interruption struct {
	Step Step
	// After lets the step happen first: only its answer is lost.
	After bool
	Err   error
}

// Interrupt queues interruptions; each happens once, whoever calls.
func (c *Consortium) Interrupt(interruptions ...Interruption) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.interruptions = append(c.interruptions, interruptions...)
}

// interruption takes the next one of a step from the queue.
func (c *Consortium) interruption(method string) (before, after error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := slices.IndexFunc(c.interruptions, func(i Interruption) bool { return string(i.Step) == method })
	if at < 0 {
		return nil, nil
	}
	taken := c.interruptions[at]
	c.interruptions = slices.Delete(c.interruptions, at, at+1)
	if taken.After {
		return nil, taken.Err
	}
	return taken.Err, nil
}
