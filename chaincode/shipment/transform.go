package shipment

import (
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/product"
)

// transforming is a TransformationEvent: production, assembly and disassembly,
// repackaging, splitting and merging of lots. Inputs end, outputs begin, which
// takes a licence; all of them are at hand of the caller.
var transforming = rule{begins: []role{output}, gate: true, lots: true, apply: transform}

func transform(c *capture, p *plan) error {
	said, err := outturnOf(p.body)
	if err != nil {
		return err
	}
	process, err := c.process(p)
	if err != nil {
		return err
	}
	made := &making{capture: c, plan: p, process: process}
	if err := made.consume(); err != nil {
		return err
	}
	if !process.balance(p, said) {
		made.flags = append(made.flags, product.FlagQuantity)
	}
	if err := made.produce(); err != nil {
		return err
	}
	c.batch.Link(p.event, made.inputs, made.outputs, made.lots)
	return nil
}

// making is a transformation at work.
type making struct {
	*capture
	plan            *plan
	process         *process
	flags           []product.Flag // of the outputs
	inputs, outputs []product.Part
	lots            []string
}

// consume ends the inputs.
func (m *making) consume() error {
	for _, i := range m.plan.items {
		if i.role != input {
			continue
		}
		t := m.batch.Twin(i.id)
		if t == nil {
			return m.plan.refuseItem(i, errUnknown())
		}
		if err := m.use(t); err != nil {
			return m.plan.refuseItem(i, err)
		}
		m.batch.Record(t, m.plan.event, product.Consumed, m.capture.flags(m.plan, i.id)...)
		m.inputs = append(m.inputs, product.Part{Path: t.ID})
	}
	for _, l := range m.plan.lines {
		if l.role != input {
			continue
		}
		drawn, err := m.drawLot(m.plan, l, product.Consumed)
		if err != nil {
			return m.plan.refuseLine(l, err)
		}
		for _, d := range drawn {
			m.process.consumes(d.stock.Owner, m.caller)
		}
		if m.inputs, err = withAmount(m.inputs, l); err != nil {
			return m.plan.refuseLine(l, err)
		}
	}
	return nil
}

// use ends one input. Place and disposition are said of the outputs (EPCIS 2.0,
// section 7.4.6).
func (m *making) use(t *product.Twin) error {
	if err := m.atHand(t); err != nil {
		return err
	}
	if err := m.held(m.plan, t); err != nil {
		return err
	}
	// What is made of it is another object, of which no watch says anything.
	if err := m.pass(m.plan, t); err != nil {
		return err
	}
	if err := m.leave(m.plan, t); err != nil {
		return err
	}
	// What is in it does not end with it.
	if err := m.empty(m.plan, t); err != nil {
		return err
	}
	m.process.consumes(t.Owner, m.caller)
	t.State, t.NextOwner = product.Ended, ""
	return nil
}

// produce begins the outputs.
func (m *making) produce() error {
	lot, expires := facts(m.plan.body)
	for _, i := range m.plan.items {
		if i.role != output {
			continue
		}
		twice, err := m.twice(i)
		if err != nil {
			return m.plan.refuseItem(i, err)
		}
		if twice != nil {
			m.batch.Record(twice, m.plan.event, product.Duplicated, product.FlagSuspected)
			continue
		}
		t, err := m.begin(m.plan, i)
		if err != nil {
			return m.plan.refuseItem(i, err)
		}
		t.Lot, t.Expires = lot, expires
		t.Owner = m.process.ownerOr(m.caller)
		follow(t, m.plan)
		m.batch.Record(t, m.plan.event, product.Produced, append(m.capture.flags(m.plan, i.id), m.flags...)...)
		m.outputs = append(m.outputs, product.Part{Path: t.ID})
		m.belongs(t)
	}
	for _, l := range m.plan.lines {
		if l.role != output {
			continue
		}
		err := m.makeLot(m.plan, l, product.Produced, m.process.ownerOr(m.caller), m.flags...)
		if err == nil {
			m.outputs, err = withAmount(m.outputs, l)
		}
		if err != nil {
			return m.plan.refuseLine(l, err)
		}
	}
	return nil
}

// withAmount adds a quantity to the parts of a transformation: an event may list a
// lot in several lines.
func withAmount(parts []product.Part, l line) ([]product.Part, error) {
	i := slices.IndexFunc(parts, func(p product.Part) bool { return p.Path == l.id.Path() })
	if i < 0 {
		i = len(parts)
		parts = append(parts, product.Part{Path: l.id.Path()})
	}
	amounts := parts[i].Amounts
	j := slices.IndexFunc(amounts, func(m product.Measured) bool { return m.Unit == l.unit })
	if j < 0 {
		parts[i].Amounts = append(amounts, product.Measured{Amount: l.amount, Unit: l.unit})
		return parts, nil
	}
	sum, err := amounts[j].Amount.Plus(l.amount)
	amounts[j].Amount = sum
	return parts, err
}

// belongs notes the lot of an output.
func (m *making) belongs(t *product.Twin) {
	if lot := t.LotPath(); lot != "" && !slices.Contains(m.lots, lot) {
		m.lots = append(m.lots, lot)
	}
}
