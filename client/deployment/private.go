package deployment

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hyperledger/fabric-protos-go-apiv2/peer"

	"github.com/countersign-ledger/countersign/collections"
)

// collections looks at the private data collections.
func (c *check) collections() {
	deployed := map[string]*peer.StaticCollectionConfig{}
	var order []string
	for _, config := range c.definition.GetCollections().GetConfig() {
		one := config.GetStaticCollectionConfig()
		deployed[one.GetName()] = one
		order = append(order, one.GetName())
	}
	for _, wanted := range c.consortium.Definitions() {
		where := "collection " + wanted.Name
		one, found := deployed[wanted.Name]
		if !found {
			c.found.add(CollectionMissing, Drift, where, "none", wanted.Policy)
			continue
		}
		delete(deployed, wanted.Name)
		c.guards(where, one)
		c.terms(where, one, wanted)
	}
	for _, name := range order {
		if one, surplus := deployed[name]; surplus {
			where := "collection " + name
			c.found.add(CollectionSurplus, Drift, where, c.members(one), "none")
			c.guards(where, one)
			if usual, known := c.usual(name); known {
				c.terms(where, one, usual)
			}
		}
	}
}

// usual returns the definition that a collection has whose name is that of a relation or
// a disclosure among the organisations on the channel. The chaincode writes by the name,
// and does not know whether the file has it.
func (c *check) usual(name string) (collections.Definition, bool) {
	kind, rest, _ := strings.Cut(name, "-")
	written := map[string]string{}
	for _, msp := range c.channel.members() {
		written[strings.TrimPrefix(collections.Relation(msp), "relation-")] = msp
	}
	var members []string
	for text := range strings.SplitSeq(rest, "-") {
		members = append(members, written[text])
	}
	with := c.consortium
	with.Relations, with.Disclosures = [][]string{}, []collections.Flow{}
	switch {
	case slices.Contains(members, ""):
	case kind == "relation" && len(members) >= collections.MinMembers && len(members) <= collections.MaxMembers:
		with.Relations = [][]string{members}
	case kind == "disclosure" && len(members) == 2:
		with.Disclosures = []collections.Flow{{From: members[0], To: members[1]}}
	}
	definitions := with.Definitions()
	i := slices.IndexFunc(definitions, func(d collections.Definition) bool { return d.Name == name })
	if i < 0 {
		return collections.Definition{}, false
	}
	return definitions[i], true
}

func (c *check) members(one *peer.StaticCollectionConfig) string {
	members, err := decode(one.GetMemberOrgsPolicy().GetSignaturePolicy())
	if err != nil {
		return unreadable(err)
	}
	return members.String()
}

// guards looks at what guards private data in every collection, whatever is in it.
func (c *check) guards(where string, one *peer.StaticCollectionConfig) {
	if one.GetRequiredPeerCount() < 1 {
		c.found.add(RequiredPeerCount, Weakness, where, strconv.Itoa(int(one.GetRequiredPeerCount())), "1 or more")
	}
	if !one.GetMemberOnlyRead() {
		c.found.add(MemberOnlyRead, Weakness, where, "off", "on")
	}
	if !one.GetMemberOnlyWrite() {
		c.found.add(MemberOnlyWrite, Weakness, where, "off", "on")
	}
}

// terms holds a collection against its description.
func (c *check) terms(where string, one *peer.StaticCollectionConfig, wanted collections.Definition) {
	members, err := decode(one.GetMemberOrgsPolicy().GetSignaturePolicy())
	c.held(CollectionMembers, where, members, err, wanted.Policy)
	if n := int(one.GetRequiredPeerCount()); n > 0 && n != wanted.RequiredPeerCount {
		c.found.add(RequiredPeerCount, Drift, where, strconv.Itoa(n), strconv.Itoa(wanted.RequiredPeerCount))
	}
	if n := int(one.GetMaximumPeerCount()); n != wanted.MaxPeerCount {
		c.found.add(MaxPeerCount, Drift, where, strconv.Itoa(n), strconv.Itoa(wanted.MaxPeerCount))
	}
	if n := one.GetBlockToLive(); n != wanted.BlockToLive {
		c.found.add(BlockToLive, Drift, where, blocks(n), blocks(wanted.BlockToLive))
	}
	c.ownPolicy(where, one, wanted.EndorsementPolicy)
}

func blocks(n uint64) string {
	if n == 0 {
		return "kept until it is purged"
	}
	return fmt.Sprintf("%d blocks", n)
}

// ownPolicy looks at who must endorse what is written into a collection.
func (c *check) ownPolicy(where string, one *peer.StaticCollectionConfig, wanted *collections.EndorsementPolicy) {
	const chaincodes = "none: the chaincode's counts"
	own := one.GetEndorsementPolicy()
	reference, referred := own.GetType().(*peer.ApplicationPolicy_ChannelConfigPolicyReference)
	switch {
	case own == nil && wanted == nil:
	case own == nil:
		c.found.add(CollectionEndorsement, Weakness, where, chaincodes, wanted.SignaturePolicy)
	case wanted == nil:
		inForce, err := c.channel.application(own)
		found := inForce.String()
		if err != nil {
			found = unreadable(err)
		}
		c.found.add(CollectionEndorsement, Weakness, where, found, chaincodes)
	case referred: // whatever it is today: it changes with the channel's
		c.found.add(CollectionEndorsement, Weakness, where, "the channel's "+reference.ChannelConfigPolicyReference, wanted.SignaturePolicy)
	default:
		c.applied(CollectionEndorsement, where, own, wanted.SignaturePolicy)
	}
}
