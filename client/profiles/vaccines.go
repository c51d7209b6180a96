package profiles

import "github.com/countersign-ledger/countersign/chaincode/evaluation"

func tr07() Source {
	return Source{
		"WHO/PQS/E006/TR07 electronic shipping indicators, alarm settings as a maker of a prequalified indicator (LogTag USRID-16W) quotes them",
		"the alarm of a type 1 indicator: at or above 45 degrees for 1 h, at or above 30 for 10 h in all, at or below -0.5 for 1 h; of a type 2 indicator: the first two, and at or above 10 for 20 h in all",
	}
}

// Alarms go off at the threshold itself; a band has its limits inside. So limits
// are 0.000000005 below or above: the least that converts into degrees Fahrenheit
// exactly.
func under(n int64) *evaluation.Amount { a := *thousandths(n) - 5; return &a }
func over(n int64) *evaluation.Amount  { a := *thousandths(n) + 5; return &a }

// single is a band whose alarm is one excursion of an hour.
func single(name string, lower, upper *evaluation.Amount) evaluation.Band {
	return evaluation.Band{Name: name, Lower: lower, Upper: upper, LongestExcursionMs: ms(hour - 1)}
}

// cumulative is a band whose alarm is so much time in all.
func cumulative(name string, upper *evaluation.Amount, total int64) evaluation.Band {
	return evaluation.Band{Name: name, Upper: upper, AllowanceMs: ms(total - 1)}
}

func vaccines() []Profile {
	hot := []evaluation.Band{single("over-45", nil, under(45_000)), cumulative("over-30", under(30_000), 10*hour)}
	confirm := []string{
		"an alarm is when an hour is reached: one excursion may last 59 min 59.999 s",
		"no reading for more than 30 min is a gap; an indicator has no such rule", loggerDefault,
	}
	limits := []string{"international shipment of vaccines in cool boxes only: storage is 2 to 8 degrees, see refrigerated-2-8"}
	return []Profile{
		{
			Name: "vaccine-shipping-type-1", Family: "vaccines",
			Title:        "Freeze-sensitive vaccines in international shipment: the alarms of a WHO type 1 shipping indicator",
			Terms:        temperature(30*minute, nil, append([]evaluation.Band{single("freeze", over(-500), nil)}, hot...)...),
			Consequences: holding(logger()), Sources: []Source{tr07()}, Confirm: confirm, Limits: limits,
		},
		{
			Name: "vaccine-shipping-type-2", Family: "vaccines",
			Title:        "Vaccines that may freeze in international shipment: the alarms of a WHO type 2 shipping indicator",
			Terms:        temperature(30*minute, nil, append([]evaluation.Band{cumulative("over-10", under(10_000), 20*hour)}, hot...)...),
			Consequences: holding(logger()), Sources: []Source{tr07()}, Confirm: confirm, Limits: limits,
		},
	}
}
