package condition

import (
	"errors"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// align makes a policy's terms and the readings of a unit comparable, exactly. It
// fails with fault.Unsupported.
func (p *Policy) align(unit string) (evaluation.Terms, evaluation.Conversion, error) {
	terms, conversion, err := evaluation.Align(p.Terms, unit)
	if err != nil {
		return terms, conversion, fault.New(fault.Unsupported, "policy %s is about %s in %s: %w", p.ID, p.Terms.Measurement, p.Terms.Unit, err)
	}
	return terms, conversion, nil
}

// begin gives a new lane its unit and the device's last reading, if there is one.
func (l *Lane) begin(policy *Policy, unit string, last *evaluation.Point) error {
	terms, conversion, err := policy.align(unit)
	if err != nil {
		return err
	}
	l.Unit = terms.Unit
	if last == nil {
		return nil
	}
	point, err := conversion.Point(*last)
	if err != nil {
		return fault.New(fault.Unsupported, "policy %s: %w", policy.ID, err)
	}
	l.Last = &point
	return nil
}

// take evaluates a recording in the lane's unit. It fails with fault.Unsupported
// when its readings have no exact value there.
func (l *Lane) take(policy *Policy, window evaluation.Window, recording *telemetry.Recording) (evaluation.Outcome, error) {
	header := recording.Header()
	terms, conversion, err := policy.align(header.Unit)
	if err != nil {
		return evaluation.Outcome{}, err
	}
	if terms.Unit != l.Unit {
		return evaluation.Outcome{}, fault.New(fault.Unsupported, "the lane of %s counts in %s, its readings are in %s", l.Device, l.Unit, header.Unit)
	}
	readings, scale, err := conversion.Apply(recording.Readings(), header.Scale)
	if errors.Is(err, evaluation.ErrUnit) {
		return evaluation.Outcome{}, fault.New(fault.Unsupported, "policy %s: %w", policy.ID, err)
	}
	return l.Evaluate(terms, window, readings, scale), err
}
