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

// Readings names the collection of all trading organisations that keeps the
// recordings of devices where a policy says so.
const Readings = "readings"

// MinMembers and MaxMembers bound how many organisations share a relation's
// collection.
const MinMembers, MaxMembers = 2, 8

// Relation names the collection that trading organisations share, two to eight,
// in whatever order they are named.
//
// An MSP id may hold characters that a collection's name may not: those are
// written as '_' and their code in hexadecimal, so that two relations never share
// a name.
func Relation(members ...string) string {
	return join("relation", slices.Compact(slices.Sorted(slices.Values(members)))...)
}

// Disclosure names the collection of what an owner delivered to a recipient. It
// has a direction: what the recipient delivers in its turn stands in another.
func Disclosure(owner, recipient string) string { return join("disclosure", owner, recipient) }

func join(kind string, msps ...string) string {
	var name strings.Builder
	name.WriteString(kind)
	for _, msp := range msps {
		name.WriteByte('-')
		escape(&name, msp)
	}
	return name.String()
}

// escape keeps letters and digits; everything else, '-' and '_' included,
// becomes _xx.
func escape(name *strings.Builder, msp string) {
	for i := range len(msp) {
		switch c := msp[i]; {
		case c >= '0' && c <= '9', c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z':
			name.WriteByte(c)
		default:
			fmt.Fprintf(name, "_%02x", c)
		}
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
