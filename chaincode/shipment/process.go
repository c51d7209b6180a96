package shipment

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// process is what has gone into a transformation and come out of it. The record
// of one that is told in several events, which have a transformationID in common,
// stands under its organisation: another's of the same id is another.
type process struct {
	V int `json:"v"`
	// ID is the transformationID.
	ID  string `json:"id"`
	In  tally  `json:"in"`
	Out tally  `json:"out"`
	// Begun says that something has gone in.
	Begun bool `json:"begun,omitempty"`
	// Yield is the greatest that an event declared, in permille.
	Yield int64 `json:"yield"`
	// Owner is the MSP id of the one other organisation whose goods went in; Owners
	// says that there are several.
	Owner  string `json:"owner,omitempty"`
	Owners bool   `json:"owners,omitempty"`
}

func processKey(msp, id string) ledger.Key {
	digest := sha256.Sum256([]byte(id))
	return ledger.NewKey("process", msp, hex.EncodeToString(digest[:]))
}

// process returns the process that an event tells of, as the events before it left
// it.
func (c *capture) process(p *plan) (*process, error) {
	id := p.body.TransformationID
	if id == "" {
		return &process{}, nil
	}
	key := processKey(c.caller, id)
	if known := c.processes[key]; known != nil {
		return known, nil
	}
	found, _, err := ledger.Load[process](c.tx, key)
	if err != nil {
		return nil, err
	}
	found.V, found.ID = product.Version, id
	if c.processes == nil {
		c.processes = map[ledger.Key]*process{}
	}
	c.processes[key] = &found
	c.batch.Put(key, &found) // with what the events of the document will make of it
	return &found, nil
}

// balance adds what an event says to the process, and reports whether it adds up.
func (r *process) balance(p *plan, said outturn) bool {
	var in, out []gs1.ID
	for _, i := range p.items {
		if i.role == input {
			in = append(in, i.id)
		} else {
			out = append(out, i.id)
		}
	}
	r.In.pieces(in)
	r.Out.pieces(out)
	for _, l := range p.lines {
		if l.role == input {
			r.In.line(l)
		} else {
			r.Out.line(l)
		}
	}
	r.Begun = r.Begun || len(in) > 0 || p.has(input)
	r.Yield = max(r.Yield, said.yield)
	if r.ID == "" {
		return said.addsUp(r.In, r.Out, false)
	}
	for _, l := range said.losses {
		r.Out.lose(r.In, l)
	}
	// Before anything has gone in, nothing can come out.
	return r.Begun && outturn{yield: r.Yield}.addsUp(r.In, r.Out, true)
}

// has reports whether an event has quantities in a role.
func (p *plan) has(role role) bool {
	for _, l := range p.lines {
		if l.role == role {
			return true
		}
	}
	return false
}

// consumes notes whose goods go in.
func (r *process) consumes(owner, caller string) {
	switch {
	case owner == caller || owner == r.Owner:
	case r.Owner == "" && !r.Owners:
		r.Owner = owner
	default:
		r.Owner, r.Owners = "", true
	}
}

// ownerOr returns who owns what comes out: whoever works on the goods of one other
// organisation does not become their owner thereby; of goods of several the maker
// does.
func (r *process) ownerOr(caller string) string {
	if r.Owner != "" {
		return r.Owner
	}
	return caller
}
