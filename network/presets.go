package network

import (
	"strings"
	"time"
)

// OrdererOrganisation is the name of the organisation that runs the orderers.
// No member may take it. Its MSP identifier is OrdererMSP.
const OrdererOrganisation = "orderer"

const (
	ordererMSPID  = "OrdererMSP"
	ordererDomain = "ordering.example"
)

// Default is the network of a supply chain: a manufacturer, a carrier and a
// retailer that trade, and a regulator that only reads; one peer each; one Raft
// orderer; the channel "supplychain" with the chaincode "countersign". Two of
// the three trading organisations must endorse a transaction, and two must
// agree to a chaincode definition.
func Default() Topology {
	return Topology{
		Name:    "countersign",
		Channel: "supplychain",
		Organisations: []Organisation{
			Trader("manufacturer"),
			Trader("carrier"),
			Trader("retailer"),
			Reader("regulator"),
		},
		Consensus:         Raft,
		Orderers:          []Orderer{{Name: "orderer"}},
		Batch:             DefaultBatch(),
		Chaincode:         Chaincode{Name: "countersign", Version: "2.0", Label: "countersign"},
		EndorsementPolicy: Policy{Required: 2},
		LifecyclePolicy:   Policy{Required: 2},
	}
}

// Trader is an organisation that trades, with one peer and the users of
// [Users]. The name "carrier" gives the MSP identifier CarrierMSP and the
// domain carrier.example.
func Trader(name string) Organisation {
	o := Organisation{Name: name, Domain: name + ".example", Peers: 1, Users: Users()}
	if name != "" {
		o.MSPID = strings.ToUpper(name[:1]) + name[1:] + "MSP"
	}
	return o
}

// Reader is an organisation that only reads; else it is as [Trader] makes it.
func Reader(name string) Organisation {
	o := Trader(name)
	o.Reader = true
	return o
}

// Users are the users of an organisation in the presets, one for each role:
// an administrator, an operator who records, a quality officer who decides, an
// auditor who reads, and a gateway that sends what devices measure.
func Users() []User {
	return []User{
		{Name: "admin", Role: "admin", Admin: true},
		{Name: "operator", Role: "operator"},
		{Name: "quality", Role: "quality"},
		{Name: "auditor", Role: "auditor"},
		{Name: "gateway", Role: "gateway"},
	}
}

// DefaultBatch cuts a block after 50 ms or 100 transactions. That is for callers who wait:
// against 100 ms, one alone waits 70 ms and not 120, and 256 through a group record 1.4
// times the events; single transactions beyond what the machine can take, whose throughput
// is better with larger blocks, are a tenth fewer (docs/adr/0030, two processors).
func DefaultBatch() Batch {
	return Batch{
		Timeout:        50 * time.Millisecond,
		Messages:       100,
		PreferredBytes: 2 << 20,
		MaximumBytes:   64 << 20,
	}
}

// defaultPurgeInterval is Fabric's, in blocks.
const defaultPurgeInterval = 100

// What PrivateData.ReconcileInterval stands for when it is zero.
const (
	defaultReconcile     = 5 * time.Second
	defaultReconcileLate = time.Hour
)

// reconcile gives how often a peer asks for what it has just missed, and for
// what nobody could give it at first.
func (p PrivateData) reconcile() (soon, late time.Duration) {
	if p.ReconcileInterval == 0 {
		return defaultReconcile, defaultReconcileLate
	}
	return p.ReconcileInterval, lateAfter * p.ReconcileInterval
}

// lateAfter is between how many attempts a peer asks for what nobody could give it
// at first. It begins such an attempt with that and, if there is none, asks for
// nothing else: with 1, what it has just missed would never be asked for.
const lateAfter = 3

// withDefaults fills what the zero value stands for.
func (t Topology) withDefaults() Topology {
	batch := DefaultBatch()
	setIfZero(&t.Batch.Timeout, batch.Timeout)
	setIfZero(&t.Batch.Messages, batch.Messages)
	setIfZero(&t.Batch.PreferredBytes, batch.PreferredBytes)
	setIfZero(&t.Batch.MaximumBytes, batch.MaximumBytes)
	setIfZero(&t.PrivateData.PurgeInterval, defaultPurgeInterval)
	setIfZero(&t.Chaincode.Label, t.Chaincode.Name+"_"+t.Chaincode.Version)
	organisations := make([]Organisation, len(t.Organisations))
	copy(organisations, t.Organisations)
	for i := range organisations {
		setIfZero(&organisations[i].Peers, 1)
	}
	t.Organisations = organisations
	return t
}

func setIfZero[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
