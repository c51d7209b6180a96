package collections

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Definition describes a private data collection in the JSON that Fabric's
// peer command takes with --collections-config.
type Definition struct {
	Name              string `json:"name"`
	Policy            string `json:"policy"`
	RequiredPeerCount int    `json:"requiredPeerCount"`
	MaxPeerCount      int    `json:"maxPeerCount"`
	// BlockToLive is the retention in blocks; 0 keeps values until they are
	// purged.
	BlockToLive     uint64 `json:"blockToLive"`
	MemberOnlyRead  bool   `json:"memberOnlyRead"`
	MemberOnlyWrite bool   `json:"memberOnlyWrite"`
	// EndorsementPolicy is of its own keys; absent: the chaincode's.
	EndorsementPolicy *EndorsementPolicy `json:"endorsementPolicy,omitempty"`
}

// EndorsementPolicy overrides the chaincode's policy for a collection's keys.
type EndorsementPolicy struct {
	SignaturePolicy string `json:"signaturePolicy"`
}

// Pair names the collection that two organisations share, whichever is named
// first.
//
// An MSP id may hold characters that a collection's name may not: those are
// written as '_' and their code in hexadecimal, so that two pairs never share a
// name.
func Pair(mspA, mspB string) string {
	if mspB < mspA {
		mspA, mspB = mspB, mspA
	}
	return "pair-" + escape(mspA) + "-" + escape(mspB)
}

// escape keeps letters and digits; everything else, '-' and '_' included,
// becomes _xx.
func escape(msp string) string {
	var name strings.Builder
	for i := range len(msp) {
		switch c := msp[i]; {
		case c >= '0' && c <= '9', c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z':
			name.WriteByte(c)
		default:
			fmt.Fprintf(&name, "_%02x", c)
		}
	}
	return name.String()
}

// Readings names the collection of all trading organisations that keeps the
// recordings of devices where a policy says so.
const Readings = "readings"

// Definitions describes the collections of a consortium: [Readings], and one for
// each pair of trading organisations. Readers, such as a regulator, are members
// of none until something is disclosed to them.
//
// A value must reach another member before its transaction is endorsed
// (requiredPeerCount 1), and outsiders' requests are refused by every peer. What
// a pair shares must be endorsed by both. Recordings are endorsed as everything
// public is, by the chaincode's policy: only members can endorse, and all that do
// have been given the recordings (docs/adr, number 17).
func Definitions(trading []string) []Definition {
	members := slices.Sorted(slices.Values(trading))
	all := []Definition{readings(members)}
	for i, a := range members {
		for _, b := range members[i+1:] {
			all = append(all, Definition{
				Name:              Pair(a, b),
				Policy:            fmt.Sprintf("OR('%s.member','%s.member')", a, b),
				RequiredPeerCount: 1,
				MaxPeerCount:      3,
				MemberOnlyRead:    true,
				MemberOnlyWrite:   true,
				EndorsementPolicy: &EndorsementPolicy{
					SignaturePolicy: fmt.Sprintf("AND('%s.peer','%s.peer')", a, b),
				},
			})
		}
	}
	return all
}

func readings(members []string) Definition {
	principals := make([]string, len(members))
	for i, msp := range members {
		principals[i] = fmt.Sprintf("'%s.member'", msp)
	}
	return Definition{
		Name:              Readings,
		Policy:            "OR(" + strings.Join(principals, ",") + ")",
		RequiredPeerCount: 1,
		MaxPeerCount:      3,
		MemberOnlyRead:    true,
		MemberOnlyWrite:   true,
	}
}

// JSON writes definitions for `peer lifecycle chaincode approveformyorg
// --collections-config`.
func JSON(definitions []Definition) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false) // policies are for people to read
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(definitions); err != nil {
		return nil, fmt.Errorf("encode collections: %w", err)
	}
	return out.Bytes(), nil
}
