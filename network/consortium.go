package network

import "github.com/countersign-ledger/countersign/collections"

// Consortium describes the topology's channel as operators describe theirs: its
// organisations and quorums, with a relation of every two that trade and
// disclosures from each of them to every other organisation. Its collections are
// what the network deploys unless [Chaincode] names others.
func (t Topology) Consortium() collections.Consortium {
	c := collections.Consortium{
		Channel: t.Channel, Chaincode: t.Chaincode.Name,
		Endorse: t.EndorsementPolicy.Required, Lifecycle: t.LifecyclePolicy.Required,
	}
	for _, o := range t.Organisations {
		c.Organisations = append(c.Organisations, collections.Organisation{MSP: o.MSPID, Name: o.Name, Reader: o.Reader})
	}
	return c
}
