package profiles

import (
	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
)

func usp659(says string) Source {
	return Source{"after USP <659> Packaging and Storage Requirements (text of January 2021), which we know from quotations", says}
}

func usp10792(says string) Source {
	return Source{"after USP <1079.2> Mean Kinetic Temperature in the Evaluation of Temperature Excursions (official December 2020), which we know from quotations and from the article that proposed it (Pharmacopeial Forum 44(4), 2018)", says}
}

func usp1160() Source {
	return Source{
		"USP 29 (2006) <1160> Pharmaceutical Calculations",
		"the heat of activation is 83.144 kJ/mol unless more accurate information is available from experimental studies; the gas constant is 8.3144 J/(mol K)",
	}
}

func gdp() Source {
	return Source{
		"EU Guidelines on Good Distribution Practice 2013/C 343/01, chapter 9 Transportation",
		"storage conditions are kept in transport within the limits that the manufacturer describes or the outer packaging states; instruments are calibrated at least once a year",
	}
}

func annex9() Source {
	return Source{
		"after WHO Technical Report Series 961 (2011), Annex 9, model guidance for time- and temperature-sensitive pharmaceutical products",
		"products are kept within the temperatures of their stability data and label, monitored through storage and transport",
	}
}

// logger is what a monitoring device for medicines is usually asked for.
func logger() *condition.DeviceTerms {
	return &condition.DeviceTerms{Accuracy: thousandths(500), IntervalMs: 15 * minute}
}

const loggerDefault = "devices: error at most 0.5 K, a reading at least every 15 min"

func medicines() []Profile {
	return []Profile{refrigerated(), controlledCold(), controlledRoom(), frozen(), ultraLow()}
}

func refrigerated() Profile {
	return Profile{
		Name: "refrigerated-2-8", Family: "medicines",
		Title:        "Medicines kept at 2 to 8 degrees Celsius, short excursions allowed, never frozen",
		Terms:        temperature(30*minute, nil, allowing("range", units(2), units(8), hour, 4*hour), never("frost", units(0), nil), never("heat", nil, units(25))),
		Consequences: holding(logger()),
		Sources: []Source{
			usp659("a refrigerator is a cold place kept between 2 and 8 degrees"),
			annex9(), gdp(),
		},
		Confirm: []string{
			"range: one excursion of at most 1 h, 4 h in all. No source gives a time for all products: take it from stability data",
			"frost: nothing below 0 degrees; heat: nothing above 25 degrees, not even once",
			"no reading for more than 30 min is a gap", loggerDefault,
		},
	}
}

func controlledCold() Profile {
	return Profile{
		Name: "controlled-cold-temperature", Family: "medicines",
		Title: "Controlled cold temperature: 2 to 8 degrees Celsius, up to 15 for at most 24 h, mean kinetic temperature at most 8",
		Terms: temperature(30*minute,
			&evaluation.MKT{Upper: *units(8), BucketMs: hour, Buckets: 24, ActivationEnergy: usualActivation},
			never("cold", units(2), nil), allowing("warm", nil, units(8), 24*hour, 24*hour), never("ceiling", nil, units(15))),
		Consequences: holding(logger()),
		Sources: []Source{
			usp659("controlled cold temperature is kept between 2 and 8 degrees and allows excursions between 2 and 15 degrees for up to 24 h, the mean kinetic temperature at most 8 degrees"),
			usp10792("mean kinetic temperature of such products is taken over 24 h, the excursion included"),
			usp1160(),
			gdp(),
		},
		Confirm: []string{
			"warm: 24 h in all, as for one excursion: the chapter leaves repeated excursions to the manufacturer",
			"ceiling: editions differ. Earlier ones are said to allow excursions from 0 degrees, and brief spikes up to 25 degrees if the manufacturer says so. Read the edition that binds you, then widen 'cold' and 'ceiling' if it says so",
			"the 24 h slide by the hour; no reading for more than 30 min is a gap", loggerDefault,
		},
		Limits: []string{"mean kinetic temperature is no substitute for the limits: both are judged"},
	}
}

func controlledRoom() Profile {
	return Profile{
		Name: "controlled-room-temperature", Family: "medicines",
		Title: "Controlled room temperature: 20 to 25 degrees Celsius, excursions 15 to 30, up to 40 for at most 24 h, mean kinetic temperature at most 25",
		Terms: temperature(2*hour,
			&evaluation.MKT{Upper: *units(25), BucketMs: day, Buckets: 30, ActivationEnergy: usualActivation},
			never("cool", units(15), nil), allowing("spike", nil, units(30), 24*hour, 24*hour), never("ceiling", nil, units(40))),
		Consequences: holding(logger()),
		Sources: []Source{
			usp659("20 to 25 degrees, excursions between 15 and 30 degrees, transient spikes up to 40 degrees of at most 24 h, the mean kinetic temperature at most 25 degrees; spikes above 40 degrees only if the manufacturer says so"),
			usp10792("mean kinetic temperature is taken over 30 days, the excursion included"),
			usp1160(),
			gdp(),
		},
		Confirm: []string{
			"spike: 24 h in all, as for one spike: the chapter leaves repeated excursions to the manufacturer",
			"the 30 days slide by the UTC day; no reading for more than 2 h is a gap", loggerDefault,
		},
		Limits: []string{
			"20 to 25 degrees is the working range and has no time limit of its own: what bounds the time between 25 and 30 degrees is the mean kinetic temperature",
			"a watch shorter than 30 days is judged over what it has",
		},
	}
}

func frozen() Profile {
	return Profile{
		Name: "frozen", Family: "medicines",
		Title:        "Medicines kept frozen at -25 to -10 degrees Celsius",
		Terms:        temperature(30*minute, nil, allowing("range", units(-25), units(-10), 30*minute, 2*hour), never("thaw", nil, units(0))),
		Consequences: holding(logger()),
		Sources:      []Source{usp659("a freezer is kept between -25 and -10 degrees"), annex9(), gdp()},
		Confirm: []string{
			"range: one excursion of at most 30 min, 2 h in all, for doors and defrosting; the source allows no excursion and forbids none",
			"thaw: nothing above 0 degrees", "no reading for more than 30 min is a gap", loggerDefault,
		},
	}
}

func ultraLow() Profile {
	devices := logger()
	devices.Accuracy = units(1)
	return Profile{
		Name: "ultra-low", Family: "medicines",
		Title:        "Medicines kept at -90 to -60 degrees Celsius, no excursion",
		Terms:        temperature(30*minute, nil, never("range", units(-90), units(-60))),
		Consequences: holding(devices),
		Sources: []Source{
			{"European Medicines Agency on Comirnaty, 26 March 2021", "long-term storage of the vials is between -90 and -60 degrees, in special freezers"},
			gdp(),
		},
		Confirm: []string{
			"no excursion at all: what a product may have when a box is opened is in its product information",
			"no reading for more than 30 min is a gap", "devices: error at most 1 K, a reading at least every 15 min",
		},
	}
}
