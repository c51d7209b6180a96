package profiles

import (
	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
)

func handling() []Profile {
	return []Profile{
		humid("humidity-25-60", "Products tested for a temperate climate: relative humidity at most 65 %", 65,
			"the long-term condition is 25 degrees and 60 % relative humidity, 5 % more or less"),
		humid("humidity-30-75", "Products tested for a hot and humid climate: relative humidity at most 80 %", 80,
			"the long-term condition of the most humid zone, as WHO has it, is 30 degrees and 75 % relative humidity, 5 % more or less"),
		shock(), light(),
	}
}

func humid(name, title string, upper int64, says string) Profile {
	return Profile{
		Name: name, Family: "handling", Title: title,
		Terms: evaluation.Terms{
			Measurement: "RelativeHumidity", Unit: "P1", LargestGapMs: hour, Between: evaluation.Linear,
			Bands: []evaluation.Band{allowing("moist", nil, units(upper), 24*hour, 72*hour)},
		},
		Consequences: recording(&condition.DeviceTerms{IntervalMs: hour}),
		Sources: []Source{{
			"after ICH Q1A(R2), Stability Testing of New Drug Substances and Products (2003)",
			says + "; excursions beyond the tolerance of more than 24 h are described and assessed",
		}},
		Confirm: []string{
			"the source is about stability chambers. That goods are kept no moister in trade is our reading of it",
			"moist: 72 h in all; no lower limit; no reading for more than 1 h is a gap; devices: a reading at least every hour",
			"nothing is held",
		},
		Limits: []string{"readings are percent (P1); humidity is judged alone, not together with temperature"},
	}
}

func shock() Profile {
	return Profile{
		Name: "shock", Family: "handling",
		Title: "Fragile goods: no pulse over 30 g for 5 ms or longer, nothing over 100 g",
		Terms: evaluation.Terms{
			Measurement: "Acceleration", Unit: "K40", LargestGapMs: day, Between: evaluation.Hold,
			Bands: []evaluation.Band{
				{Name: "pulse", Upper: units(30), LongestExcursionMs: ms(0), MinimumMs: 5},
				never("peak", nil, units(100)),
			},
		},
		Consequences: recording(&condition.DeviceTerms{IntervalMs: day}),
		Sources: []Source{{
			"after ASTM D3332, Mechanical-Shock Fragility of Products, Using Shock Machines",
			"a product has a critical velocity change and a critical acceleration; it takes more than both to damage it, and both are found on a shock machine",
		}},
		Confirm: []string{
			"pulse: 30 g and 5 ms are examples. Put the product's critical acceleration for 30, and for 5 ms its critical velocity change divided by that acceleration",
			"peak: 100 g, whatever its duration",
			"a device that sends nothing for more than a day is a gap; nothing is held",
		},
		Limits: []string{
			"for recorders that send the magnitude of acceleration sample by sample: a value stands until the next one, so a recorder must end a shock with a value in range. Of a recorder that sends one peak for each shock, only 'peak' says anything",
			"the standard's test methods are not read here; which direction a shock comes from is not judged",
		},
	}
}

func light() Profile {
	return Profile{
		Name: "light-protected", Family: "handling",
		Title: "Goods to be kept from light: at most 10 lux, 8 h above it in all, never over 2,000 lux",
		Terms: evaluation.Terms{
			Measurement: "Illuminance", Unit: "LUX", LargestGapMs: hour, Between: evaluation.Linear,
			Bands: []evaluation.Band{allowing("dark", nil, units(10), 2*hour, 8*hour), never("daylight", nil, units(2000))},
		},
		Consequences: recording(&condition.DeviceTerms{IntervalMs: hour}),
		Sources: []Source{{
			"after ICH Q1B, Photostability Testing of New Drug Substances and Products (1996)",
			"confirmatory studies expose a product to at least 1.2 million lux hours, and 200 watt hours per square metre near ultraviolet",
		}},
		Confirm: []string{
			"the source gives a dose for a test, no limit for trade. These levels bound the dose: a watch of 30 days that keeps them has had at most 23,200 lux hours (720 h of 10 lux, and 8 h of 2,000), 2 % of what the test takes",
			"dark: one exposure of at most 2 h, 8 h in all: opened for inspection",
			"no reading for more than 1 h is a gap; nothing is held",
		},
		Limits: []string{"visible light only; ultraviolet would be a policy of its own"},
	}
}
