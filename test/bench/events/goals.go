package events

import "github.com/countersign-ledger/countersign/test/bench/page"

// goal is a ratio, and what this version was to reach.
type goal struct {
	what, load, to string
	least, most    float64 // of the median; 0 for none
	say            func(sample) float64
}

func goals() []goal {
	list := []goal{
		{"asset transfer on the bare shim, transactions/s, times on contract-api", shim, assets, 0, 0, sample.rate},
		{"one event a transaction, events/s, times asset transfer", single, assets, 0.8, 0, sample.rate},
		{"256 callers through a group, events/s, times one event a transaction", grouping, single, 6, 0, sample.rate},
		{"documents of 100 events, each of a new object, events/s, times asset transfer", hundred, assets, 10, 0, sample.rate},
		{"the same of objects on record", hundred + ", of objects on record", assets, 10, 0, sample.rate},
	}
	for _, callers := range []int{1, few} {
		ours, theirs := overClient(callers), overGateway(callers)
		list = append(list,
			goal{ours + ", processor time of the client, times fabric-gateway", ours, theirs, 0, 1.1, func(s sample) float64 { return s.each(clientTime) }},
			goal{ours + ", processor time of all processes, times fabric-gateway", ours, theirs, 0, 1.1, func(s sample) float64 { return s.each(reading.total) }},
			goal{ours + ", median latency, times fabric-gateway", ours, theirs, 0, 1.1, func(s sample) float64 { return float64(s.latency(50)) }})
	}
	return list
}

// Ratios are for the table of all benchmarks.
func (r *Report) Ratios() []page.Ratio {
	var list []page.Ratio
	for _, g := range goals() {
		if len(r.samples[g.load]) > 0 && len(r.samples[g.to]) > 0 {
			list = append(list, page.Ratio{What: g.what, Least: g.least, Most: g.most, Measured: r.ratio(g.load, g.to, g.say)})
		}
	}
	return list
}
