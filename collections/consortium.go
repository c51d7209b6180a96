package collections

import (
	"cmp"
	"slices"
)

// Consortium is who shares a channel, and what they share: the one description
// from which the collections and the policies of a deployment come. It is written
// in one file; see docs/consortium.md.
type Consortium struct {
	// Channel is the channel's name.
	Channel string `json:"channel"`
	// Chaincode is the name under which the chaincode is deployed.
	Chaincode string `json:"chaincode"`
	// Organisations are the channel's members.
	Organisations []Organisation `json:"organisations"`
	// Endorse is how many trading organisations must endorse a transaction. So
	// many in collusion can write anything.
	Endorse int `json:"endorse"`
	// Lifecycle is how many trading organisations must agree to a definition of
	// the chaincode, and to a change of the channel.
	Lifecycle int `json:"lifecycle"`
	// Relations are the members of each trading relation. Absent: every two
	// organisations that trade are one. An empty list: there is none.
	Relations [][]string `json:"relations,omitzero"`
	// Disclosures say who may deliver to whom. Absent: every organisation that
	// trades to every other. An empty list: nobody to anybody.
	Disclosures []Flow `json:"disclosures,omitzero"`
	// Retention says how long private data is kept.
	Retention Retention `json:"retention,omitzero"`
}

// Organisation is a member of the channel.
type Organisation struct {
	// MSP is its name on the ledger, such as "CarrierMSP".
	MSP string `json:"msp"`
	// Name is what people call it.
	Name string `json:"name,omitempty"`
	// Roles are its roles in trade, such as "carrier".
	Roles []string `json:"roles,omitempty"`
	// Reader is true for an organisation that only reads, such as a regulator.
	Reader bool `json:"reader,omitempty"`
	// Country is where it is established: ISO 3166-1, two letters.
	Country string `json:"country,omitempty"`
}

// Flow is a direction in which private data is disclosed.
type Flow struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// Retention is after how many blocks Fabric itself removes private data; 0 keeps
// it until it is purged.
type Retention struct {
	Readings    uint64 `json:"readings,omitempty"`
	Relations   uint64 `json:"relations,omitempty"`
	Disclosures uint64 `json:"disclosures,omitempty"`
}

// Trading returns the MSP ids of the organisations that trade, sorted.
func (c Consortium) Trading() []string { return c.msps(false) }

// Reading returns the MSP ids of the organisations that only read, sorted.
func (c Consortium) Reading() []string { return c.msps(true) }

func (c Consortium) msps(reader bool) []string {
	var all []string
	for _, o := range c.Organisations {
		if o.Reader == reader {
			all = append(all, o.MSP)
		}
	}
	slices.Sort(all)
	return all
}

// Collections returns the collections of the consortium: [Readings], then those of
// its relations, then those of its disclosures, each sorted by name. The order is
// part of what the organisations approve.
//
// Recordings are endorsed as everything public is, by the chaincode's policy: only
// members can endorse, and all that do have been given the recordings (docs/adr,
// number 17).
func (c Consortium) Collections() []Collection {
	all := []Collection{{Name: Readings, Members: c.Trading(), BlockToLive: c.Retention.Readings}}
	var relations, disclosures []Collection
	for _, members := range c.relations() {
		relations = append(relations, relation(slices.Sorted(slices.Values(members)), c.Retention.Relations))
	}
	for _, f := range c.flows() {
		disclosures = append(disclosures, disclosure(f, c.Retention.Disclosures))
	}
	byName := func(a, b Collection) int { return cmp.Compare(a.Name, b.Name) }
	slices.SortFunc(relations, byName)
	slices.SortFunc(disclosures, byName)
	return slices.Concat(all, relations, disclosures)
}

// Definitions describes the collections as operators deploy them; [JSON] writes
// them down.
func (c Consortium) Definitions() []Definition {
	var all []Definition
	for _, collection := range c.Collections() {
		all = append(all, collection.Definition())
	}
	return all
}

// relations are those that are named, or every two that trade.
func (c Consortium) relations() [][]string {
	if c.Relations != nil {
		return c.Relations
	}
	var all [][]string
	trading := c.Trading()
	for i, a := range trading {
		for _, b := range trading[i+1:] {
			all = append(all, []string{a, b})
		}
	}
	return all
}

// flows are those that are named, or from each that trades to every other.
func (c Consortium) flows() []Flow {
	if c.Disclosures != nil {
		return c.Disclosures
	}
	var all []Flow
	for _, from := range c.Trading() {
		for _, to := range slices.Sorted(slices.Values(slices.Concat(c.Trading(), c.Reading()))) {
			if to != from {
				all = append(all, Flow{From: from, To: to})
			}
		}
	}
	return all
}
