package collections

// Collection is a private data collection before it is written down for Fabric.
type Collection struct {
	Name string
	// Members hold what is in it, and nobody else. They are sorted.
	Members []string
	// Endorsers must endorse what is written to it, and nobody else need; none
	// means that the chaincode's policy counts.
	Endorsers Quorum
	// BlockToLive is how many blocks a value is kept; 0 until it is purged.
	BlockToLive uint64
}

// disseminated is to how many members' peers an endorser sends a value, at most,
// before it endorses; the others fetch it.
const disseminated = 3

// Definition describes the collection as operators deploy it. A value must reach
// another member before its transaction is endorsed (requiredPeerCount 1), and
// outsiders' requests are refused by every peer.
func (c Collection) Definition() Definition {
	d := Definition{
		Name:              c.Name,
		Policy:            Quorum{Required: 1, Of: c.Members}.Text("member"),
		RequiredPeerCount: 1,
		MaxPeerCount:      disseminated,
		BlockToLive:       c.BlockToLive,
		MemberOnlyRead:    true,
		MemberOnlyWrite:   true,
	}
	if c.Endorsers.Required > 0 {
		d.EndorsementPolicy = &EndorsementPolicy{SignaturePolicy: c.Endorsers.Text("peer")}
		d.MaxPeerCount = max(disseminated, len(c.Members)-1)
	}
	return d
}

// relation is what trading organisations share. Two of them must endorse: of two
// that is both, so that neither writes what the other has not seen.
func relation(members []string, blocks uint64) Collection {
	return Collection{
		Name: Relation(members...), Members: members,
		Endorsers: Quorum{Required: 2, Of: members}, BlockToLive: blocks,
	}
}

// disclosure is what an owner delivered to a recipient. The owner alone endorses,
// so that what it revokes and erases never waits for the recipient; a recipient
// checks what it gets against the public commitments, so that a forged delivery is
// found out.
func disclosure(f Flow, blocks uint64) Collection {
	members := []string{f.From, f.To}
	if f.To < f.From {
		members = []string{f.To, f.From}
	}
	return Collection{
		Name: Disclosure(f.From, f.To), Members: members,
		Endorsers: Quorum{Required: 1, Of: []string{f.From}}, BlockToLive: blocks,
	}
}
