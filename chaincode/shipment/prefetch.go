package shipment

import (
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// understand reads the document and plans its events, before anything is read from
// the ledger.
func (c *capture) understand(req CaptureRequest) error {
	document, err := readDocument(c.tx, req)
	if err != nil {
		return err
	}
	return c.plan(document.Events)
}

// prefetch has the ledger asked once for what the document itself names: who
// captures, events, objects and parties.
func (c *capture) prefetch() error {
	about := c.about()
	c.names = c.name()
	return c.tx.Prefetch(slices.Concat(
		participant.Keys(c.caller, about.glns), product.Keys(c.names.refs, about.objects), c.names.aliases, c.names.days,
	))
}

// subjects are what the events of a document that are not repeats are about.
type subjects struct {
	objects, lots []gs1.ID
	begin         []gs1.ID // of these, what they may begin
	glns          []string // each once
}

func (c *capture) about() (s subjects) {
	seen := map[string]bool{}
	for _, p := range c.plans {
		if p.repeats != nil {
			continue
		}
		for _, i := range p.items {
			s.objects = append(s.objects, i.id)
			if slices.Contains(p.rule.begins, i.role) {
				s.begin = append(s.begin, i.id)
			}
		}
		for _, l := range p.lines {
			s.lots = append(s.lots, l.id)
			if slices.Contains(p.rule.begins, l.role) {
				s.begin = append(s.begin, l.id)
			}
		}
		for _, gln := range []string{p.to.possessor, p.to.owner, p.from.possessor, p.from.owner} {
			if gln != "" && !seen[gln] {
				seen[gln] = true
				s.glns = append(s.glns, gln)
			}
		}
	}
	return s
}
