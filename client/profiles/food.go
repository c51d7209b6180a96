package profiles

import "github.com/countersign-ledger/countersign/chaincode/condition"

func atp(says string) Source {
	return Source{"after the UNECE agreement on the international carriage of perishable foodstuffs (ATP), its table for chilled food as its test stations publish it", says}
}

// recorder is what Regulation (EC) 37/2005 asks of instruments.
func recorder() *condition.DeviceTerms {
	return &condition.DeviceTerms{Class: "EN 12830", IntervalMs: 15 * minute}
}

const recorderDefault = "devices: class EN 12830, a reading at least every 15 min: the text says 'at frequent and regular intervals'"

func food() []Profile {
	return []Profile{
		deepFrozen(),
		chilled("chilled-meat", "Red meat and large game, chilled, in international carriage: at most 7 degrees Celsius", 7,
			atp("red meat and large game, other than red offal, are carried at 7 degrees at most")),
		chilled("chilled-poultry", "Poultry, rabbits and small game, chilled, in international carriage: at most 4 degrees Celsius", 4,
			atp("poultry, game other than large game, and rabbits are carried at 4 degrees at most")),
		chilled("fresh-cut-produce", "Ready-to-eat prepared raw vegetables in international carriage: at most 6 degrees Celsius", 6,
			atp("ready-to-eat prepared raw vegetables (diced, sliced or otherwise reduced in size) are carried at 6 degrees at most, or at the temperature on the label or transport document; fruit and vegetables that are whole are outside of the agreement")),
		greenBananas(),
	}
}

func deepFrozen() Profile {
	return Profile{
		Name: "deep-frozen", Family: "food",
		Title:        "Quick-frozen food: -18 degrees Celsius or lower, in transport briefly up to -15",
		Terms:        temperature(30*minute, nil, allowing("set", nil, units(-18), hour, 4*hour), never("ceiling", nil, units(-15))),
		Consequences: holding(recorder()),
		Sources: []Source{
			{
				"Council Directive 89/108/EEC, article 5(1)",
				"the temperature is kept at -18 degrees or lower at all points of the product, with possibly brief upward fluctuations of no more than 3 degrees during transport",
			},
			{
				"Commission Regulation (EC) 37/2005, article 2",
				"transport, warehousing and storage have recording instruments for air temperature, at frequent and regular intervals, that comply with EN 12830; records are kept for a year at least",
			},
		},
		Confirm: []string{
			"set: one fluctuation of at most 1 h, 4 h in all: the directive says 'brief' and gives no time",
			"no reading for more than 30 min is a gap", recorderDefault,
		},
		Limits: []string{
			"the directive is about the product, recorders measure air",
			"local distribution and retail cabinets have tolerances of their own (article 5(2)): not this profile",
		},
	}
}

func chilled(name, title string, upper int64, source Source) Profile {
	return Profile{
		Name: name, Family: "food", Title: title,
		Terms:        temperature(30*minute, nil, allowing("limit", nil, units(upper), 30*minute, hour)),
		Consequences: holding(recorder()),
		Sources:      []Source{source},
		Confirm: []string{
			"limit: one excursion of at most 30 min, 1 h in all, for loading and doors. The agreement allows none for the product, and recorders measure air",
			"no lower limit", "no reading for more than 30 min is a gap", recorderDefault,
		},
	}
}

func greenBananas() Profile {
	return Profile{
		Name: "green-bananas", Family: "food",
		Title:        "Mature-green bananas in storage and transport: 13 to 14 degrees Celsius",
		Terms:        temperature(2*hour, nil, allowing("optimum", units(13), units(14), 6*hour, 24*hour), never("chilling", units(11), nil), never("ripening", nil, units(18))),
		Consequences: recording(&condition.DeviceTerms{IntervalMs: hour}),
		Sources: []Source{{
			"A. A. Kader, Banana: Recommendations for Maintaining Postharvest Quality, University of California, Davis (as of 2013)",
			"13 to 14 degrees for storage and transport, 15 to 20 degrees for ripening; relative humidity 90 to 95 %",
		}},
		Confirm: []string{
			"optimum: one excursion of at most 6 h, 24 h in all: the source gives an optimum, no times",
			"chilling: nothing below 11 degrees, ripening: nothing above 18 degrees: where harm begins differs by cultivar and time",
			"nothing is held: a breach is a matter of quality and of the claim",
			"no reading for more than 2 h is a gap; devices: a reading at least every hour",
		},
	}
}
