package evaluation

import "github.com/countersign-ledger/countersign/chaincode/telemetry"

// warm reports whether the mean kinetic temperature of the present window is
// above the limit.
func (t Tally) warm(terms Terms) bool {
	return terms.MKT != nil && t.MKT != nil && newKinetic(terms, Window{}, t.MKT).total().broken()
}

// kineticBroken reports whether the limit of the mean kinetic temperature was
// passed: in a window that was judged, or in the last one of a watch that was
// ended at the last reading.
func (t Tally) kineticBroken(terms Terms, window Window, asOf Moment) bool {
	if t.MKT == nil || t.MKT.Broken || t.MKT.Ended {
		return t.MKT != nil && t.MKT.Broken
	}
	return t.Last.Time >= window.End && asOf >= window.End && t.warm(terms)
}

// MeanKinetic returns the mean kinetic temperature of the present window, the
// newest bucket as far as it goes, and of the worst of the windows judged, each
// in the unit of the terms to four decimals; nil where there is none, or where
// it cannot be stated: where the mean rate is below 2^-60 of that at the limit.
func (t Tally) MeanKinetic(terms Terms) (now, worst *Amount) {
	if terms.MKT == nil || t.MKT == nil {
		return nil, nil
	}
	k := newKinetic(terms, Window{}, t.MKT)
	now = k.stateMean(k.total())
	if k.judged {
		worst = k.stateMean(k.worst.Bucket)
	}
	return now, worst
}

func (k *kinetic) stateMean(b Bucket) *Amount {
	mean, ok := k.mean(b)
	if !ok {
		return nil
	}
	value := k.stated(mean)
	return &value
}

// MeanKineticTemperature returns the mean kinetic temperature of readings, each
// counting the same (USP <1079.2>), in their unit to four decimals; energy is
// the activation energy in J/mol. ok is false where it cannot be stated: without
// readings, for another unit than CEL, KEL and FAH, for an energy outside
// [MinActivation] to [MaxActivation], and where the mean is so far from -200 to
// 200 degrees Celsius that its rate cannot be counted.
func MeanKineticTemperature(readings []telemetry.Reading, scale int, unit string, energy int64) (value Amount, ok bool) {
	if !isTemperature(unit) || energy < MinActivation || energy > MaxActivation || len(readings) == 0 {
		return 0, false
	}
	m, factor := thermometerOf(unit), telemetry.Factor(scale)
	highest := readings[0].Value
	for _, r := range readings {
		highest = max(highest, r.Value)
	}
	a := newArrhenius(energy, min(max(m.kelvin(Amount(highest*factor)), lowestMKT), highestMKT))
	var all Bucket
	for _, r := range readings {
		at := a.rate(m.kelvin(Amount(r.Value * factor)))
		if at == mostRate {
			return 0, false
		}
		all.Ms, all.Sum = all.Ms+1, all.Sum.plus(weighted(1, at, at))
	}
	mean, ok := a.mean(all)
	return m.stated(mean), ok
}
