package network

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// presets are the topologies that have a name, as `devnet up --preset` takes it.
var presets = map[string]func() Topology{
	"default":   Default,
	"raft3":     ThreeOrderers,
	"resilient": Resilient,
}

// Preset is a topology by its name: "default" is [Default], "raft3"
// [ThreeOrderers], "resilient" [Resilient]. Another name is an [ErrPreset] that
// lists these.
func Preset(name string) (Topology, error) {
	topology, known := presets[name]
	if !known {
		return Topology{}, fmt.Errorf("%w: %q is none of %s", ErrPreset, name, strings.Join(PresetNames(), ", "))
	}
	return topology(), nil
}

// PresetNames are the names that [Preset] knows, sorted.
func PresetNames() []string { return slices.Sorted(maps.Keys(presets)) }

// ThreeOrderers is [Default] with three Raft orderers: any one of them may fail,
// the leader included, and transactions go on.
func ThreeOrderers() Topology { return Default().WithOrderers(3) }

// Resilient is [ThreeOrderers] with two peers for each organisation that trades: no
// single process that dies keeps an organisation from its ledger. A chaincode
// server is one for each organisation all the same; while it is down, the others
// endorse.
func Resilient() Topology { return ThreeOrderers().WithPeers(2) }

// WithOrderers gives the topology so many Raft orderers on free ports, in place of
// those that it has: "orderer" if it is one, else "orderer1" and so on. Validate
// admits 1, 3 and 5: an even number tolerates no more failures than the odd one
// below it.
func (t Topology) WithOrderers(count int) Topology {
	if count == 1 {
		t.Orderers = []Orderer{{Name: "orderer"}}
		return t
	}
	t.Orderers = nil
	for i := range count {
		t.Orderers = append(t.Orderers, Orderer{Name: fmt.Sprintf("orderer%d", i+1)})
	}
	return t
}

// WithPeers gives every organisation that trades so many peers. Those that only
// read keep theirs.
func (t Topology) WithPeers(count int) Topology {
	t.Organisations = slices.Clone(t.Organisations)
	for i := range t.Organisations {
		if !t.Organisations[i].Reader {
			t.Organisations[i].Peers = count
		}
	}
	return t
}
