package confidential

import (
	"slices"
	"strconv"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/collections"
)

// relation is a collection, seen by one of its members at a member's peer.
type relation struct {
	caller     participant.Organisation
	members    []string // sorted
	collection string
}

// enter checks that caller and peer are of organisations that share a collection:
// the caller's, and those that it names. It writes nothing, so that a stranger's
// peer never holds what it may not.
func enter(tx *ledger.Tx, with []string, roles ...string) (*relation, error) {
	caller, err := participant.Require(tx, roles...)
	if err != nil {
		return nil, err
	}
	members, err := sharing(caller.MSP, with)
	if err != nil {
		return nil, err
	}
	if peer := tx.PeerMSP(); !slices.Contains(members, peer) {
		return nil, fault.New(fault.NotMember, "a confidential call is endorsed by the members alone; this is a peer of %s", peer)
	}
	return &relation{caller: caller, members: members, collection: collections.Relation(members...)}, nil
}

// sharing returns an organisation and those that it shares with, sorted.
func sharing(msp string, with []string) ([]string, error) {
	if len(with) == 0 || len(with) >= collections.MaxMembers {
		return nil, fault.New(fault.InvalidRequest, "name the other members, 1 to %d, by MSP id", collections.MaxMembers-1).At("/with")
	}
	for i, other := range with {
		if !isMSP(other) || other == msp || slices.Contains(with[:i], other) {
			return nil, fault.New(fault.InvalidRequest, "name each other member once, by MSP id").At("/with/" + strconv.Itoa(i))
		}
	}
	members := append([]string{msp}, with...)
	slices.Sort(members)
	return members, nil
}

// atOwnPeer refuses to answer anywhere but at the caller's own peer.
func atOwnPeer(tx *ledger.Tx) error {
	if peer, own := tx.PeerMSP(), tx.Caller().MSP; peer != own {
		return fault.New(fault.NotMember, "private data is read at the caller's own peer, of %s; this is one of %s", own, peer)
	}
	return nil
}

// trading refuses a record that would be shared with somebody who does not trade on
// this channel, or who is where it may not go.
func (r *relation) trading(tx *ledger.Tx, transfer *Transfer) error {
	for _, msp := range r.members {
		member, err := participant.Load(tx, msp)
		switch {
		case err != nil:
			return err
		case member == nil:
			return fault.New(fault.NotParticipant, "%s is not on record", msp).At("/with")
		case member.Reader:
			return fault.New(fault.ReaderOnly, "%s reads only: it shares no records, but records can be disclosed to it", msp).At("/with")
		}
		if err := transfer.Admit(member.Organisation); err != nil {
			return err
		}
	}
	return nil
}
