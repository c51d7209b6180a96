package deployment

import (
	"fmt"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer/lifecycle"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/collections"
)

// Check holds a chaincode's committed definition and the channel's configuration
// against a consortium's file, which must be valid. It returns what is wrong: first
// the channel's organisations and policies, then the definition's, then the
// collections in the file's order. It is pure, and asks nobody.
//
// A policy that cannot be read is a weakness: what it admits is not known.
func Check(definition *lifecycle.QueryChaincodeDefinitionResult, config *common.Config, c collections.Consortium) []Finding {
	made := &check{consortium: c, channel: channel{root: config.GetChannelGroup()}, definition: definition}
	made.quorums()
	made.organisations()
	made.policies()
	made.accessRules()
	made.capability()
	made.endorsement()
	made.approvals()
	made.collections()
	return made.found
}

type check struct {
	consortium collections.Consortium
	channel    channel
	definition *lifecycle.QueryChaincodeDefinitionResult
	found      findings
}

// quorums notes what is weak in the file itself.
func (c *check) quorums() {
	for _, q := range []struct {
		where    string
		required int
	}{{"the file's endorse", c.consortium.Endorse}, {"the file's lifecycle", c.consortium.Lifecycle}} {
		if q.required == 1 {
			c.found.add(OneOrganisation, Weakness, q.where, "1", "2 or more")
		}
	}
}

// whereDefinition is how findings name the definition.
const whereDefinition = "the chaincode's definition"

// endorsement looks at who must endorse a transaction, and at what checks it.
func (c *check) endorsement() {
	for _, plugin := range []struct{ where, name, builtin string }{
		{whereDefinition + ", endorsement plugin", c.definition.GetEndorsementPlugin(), "escc"},
		{whereDefinition + ", validation plugin", c.definition.GetValidationPlugin(), "vscc"},
	} {
		if plugin.name != plugin.builtin && plugin.name != "" {
			c.found.add(Plugin, Weakness, plugin.where, plugin.name, plugin.builtin)
		}
	}
	wanted := c.consortium.EndorsementPolicy()
	var policy peer.ApplicationPolicy
	if err := proto.Unmarshal(c.definition.GetValidationParameter(), &policy); err != nil {
		c.found.add(EndorsementPolicy, Weakness, whereDefinition, unreadable(err), wanted)
		return
	}
	if reference, ok := policy.GetType().(*peer.ApplicationPolicy_ChannelConfigPolicyReference); ok {
		c.found.add(EndorsementInferred, Weakness, whereDefinition, reference.ChannelConfigPolicyReference, wanted)
	}
	c.applied(EndorsementPolicy, whereDefinition, &policy, wanted)
}

// applied holds a chaincode's or a collection's endorsement policy against the
// wanted one.
func (c *check) applied(code Code, where string, policy *peer.ApplicationPolicy, wanted string) {
	inForce, err := c.channel.application(policy)
	c.held(code, where, inForce, err, wanted)
}

// held holds a policy, or the error of reading it, against the wanted one.
func (c *check) held(code Code, where string, inForce rule, err error, wanted string) {
	asked, wrong := parse(wanted)
	if wrong != nil { // a valid consortium writes policies that can be read
		err = wrong
	}
	if err != nil {
		c.found.add(code, Weakness, where, unreadable(err), wanted)
		return
	}
	c.found.policy(code, where, inForce, asked, c.consortium.Reading())
}

func unreadable(err error) string { return "what cannot be read: " + err.Error() }

// approvals looks at who has approved what is committed.
func (c *check) approvals() {
	for _, msp := range c.consortium.Trading() {
		if !c.definition.GetApprovals()[msp] {
			where := fmt.Sprintf("%s, sequence %d", whereDefinition, c.definition.GetSequence())
			c.found.add(ApprovalMissing, Drift, where, "no approval of "+msp, "one")
		}
	}
}
