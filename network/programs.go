package network

import (
	"context"

	"github.com/countersign-ledger/countersign/network/binaries"
)

// programs are the executables of a network.
type programs struct {
	set *binaries.Set
	// chaincode is built while identities are made and nodes start.
	chaincode chan built
	settled   chan struct{} // closed when nothing is being built any more
}

type built struct {
	path string
	err  error
}

// findPrograms finds or builds peer and orderer, and begins to build the
// chaincode server. The build ends with ctx; the caller settles it in any case.
func findPrograms(ctx context.Context, c config, t Topology, tell func(Event)) (*programs, error) {
	p := &programs{chaincode: make(chan built, 1), settled: make(chan struct{})}
	path := t.Chaincode.Binary
	if c.chaincode != "" {
		path = c.chaincode
	}
	go func() {
		defer close(p.settled)
		if path != "" {
			p.chaincode <- built{path: path}
			return
		}
		path, err := binaries.Chaincode(ctx, progress(tell, "chaincode server: "))
		p.chaincode <- built{path, err}
	}()
	var err error
	p.set, err = binaries.Ensure(ctx, binaries.Options{Dir: c.binaries, Progress: progress(tell, "Fabric: ")})
	return p, err
}

func progress(tell func(Event), prefix string) func(binaries.Progress) {
	return func(p binaries.Progress) {
		tell(Event{Step: stepPrograms, Detail: prefix + p.Step, Done: p.Done, Total: p.Total})
	}
}

// settle waits until nothing is being built any more, which is soon once the
// context has ended: whoever called Start is told of no progress afterwards.
func (p *programs) settle() { <-p.settled }

// chaincodeServer waits for the chaincode server's executable.
func (p *programs) chaincodeServer(ctx context.Context) (string, error) {
	select {
	case b := <-p.chaincode:
		p.chaincode <- b // for whoever asks next
		return b.path, b.err
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}
