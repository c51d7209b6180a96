package deployment

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/protobuf/proto"
)

// channel reads a channel's configuration.
type channel struct{ root *common.ConfigGroup }

// application returns the rule that a chaincode's or a collection's endorsement
// policy is.
func (c channel) application(policy *peer.ApplicationPolicy) (rule, error) {
	switch p := policy.GetType().(type) {
	case *peer.ApplicationPolicy_SignaturePolicy:
		return decode(p.SignaturePolicy)
	case *peer.ApplicationPolicy_ChannelConfigPolicyReference:
		return c.policy(absolute("/Channel/", p.ChannelConfigPolicyReference))
	}
	return rule{}, errors.New("an endorsement policy that is empty")
}

// absolute returns a policy's path; one that is relative begins at a group, and Fabric
// takes another in each place where policies are named.
func absolute(group, path string) string {
	if strings.HasPrefix(path, "/") {
		return path
	}
	return group + path
}

// policy returns the rule of a policy by its path, such as
// /Channel/Application/Writers, with what is implicit written out: the policies of
// the groups below, as many as it takes.
func (c channel) policy(path string) (rule, error) {
	parts := strings.Split(path, "/")[1:]
	if len(parts) < 2 || parts[0] != "Channel" {
		return rule{}, fmt.Errorf("there is no policy %s", path)
	}
	group := c.root
	for _, name := range parts[1 : len(parts)-1] {
		group = group.GetGroups()[name]
	}
	made, err := expand(group, parts[len(parts)-1], 0)
	if err != nil {
		return rule{}, fmt.Errorf("%s: %w", path, err)
	}
	return made, nil
}

func expand(group *common.ConfigGroup, name string, depth int) (rule, error) {
	policy := group.GetPolicies()[name].GetPolicy()
	switch common.Policy_PolicyType(policy.GetType()) {
	case common.Policy_SIGNATURE:
		var envelope common.SignaturePolicyEnvelope
		if err := proto.Unmarshal(policy.GetValue(), &envelope); err != nil {
			return rule{}, err
		}
		return decode(&envelope)
	case common.Policy_IMPLICIT_META:
		var implicit common.ImplicitMetaPolicy
		if err := proto.Unmarshal(policy.GetValue(), &implicit); err != nil {
			return rule{}, err
		}
		if depth > maxDepth {
			return rule{}, fmt.Errorf("policies more than %d deep", maxDepth)
		}
		return expandBelow(group, &implicit, depth)
	}
	if policy == nil {
		return rule{}, errors.New("there is no such policy")
	}
	return rule{}, fmt.Errorf("a policy of an unknown type, %d", policy.GetType())
}

// expandBelow is what common/policies, implicitmeta.go, does in Fabric: a group
// without the policy counts, and never agrees.
func expandBelow(group *common.ConfigGroup, implicit *common.ImplicitMetaPolicy, depth int) (rule, error) {
	made := rule{of: []rule{}}
	for _, name := range slices.Sorted(maps.Keys(group.GetGroups())) {
		below := group.GetGroups()[name]
		if below.GetPolicies()[implicit.GetSubPolicy()].GetPolicy() == nil {
			made.of = append(made.of, rule{})
			continue
		}
		one, err := expand(below, implicit.GetSubPolicy(), depth+1)
		if err != nil {
			return rule{}, err
		}
		made.of = append(made.of, one)
	}
	n := len(made.of)
	switch implicit.GetRule() {
	case common.ImplicitMetaPolicy_ANY:
		made.required = min(1, n)
	case common.ImplicitMetaPolicy_ALL:
		made.required = n
	case common.ImplicitMetaPolicy_MAJORITY:
		made.required = min(n/2+1, n)
	default:
		return rule{}, fmt.Errorf("an implicit policy of an unknown rule, %d", implicit.GetRule())
	}
	return made, nil
}

func (c channel) applicationGroup() *common.ConfigGroup { return c.root.GetGroups()[groupApplication] }

// members returns the MSP ids of the application's organisations, sorted. A group
// whose MSP cannot be read is named by the group's own name.
func (c channel) members() []string {
	var all []string
	for name, group := range c.applicationGroup().GetGroups() {
		all = append(all, mspOf(name, group))
	}
	slices.Sort(all)
	return all
}

// mspOf returns the MSP id of an organisation's group, or the group's name.
func mspOf(name string, group *common.ConfigGroup) string {
	var outer msp.MSPConfig
	var config msp.FabricMSPConfig
	err := errors.Join(
		proto.Unmarshal(group.GetValues()[valueMSP].GetValue(), &outer),
		proto.Unmarshal(outer.GetConfig(), &config),
	)
	if err != nil || config.GetName() == "" {
		return name
	}
	return config.GetName()
}

// accessRules returns the policies of resources, by the application's ACLs.
func (c channel) accessRules() (map[string]string, error) {
	var acls peer.ACLs
	if err := proto.Unmarshal(c.applicationGroup().GetValues()[valueACLs].GetValue(), &acls); err != nil {
		return nil, err
	}
	all := map[string]string{}
	for resource, rule := range acls.GetAcls() {
		all[resource] = rule.GetPolicyRef()
	}
	return all, nil
}

// capabilities returns the application's, sorted.
func (c channel) capabilities() ([]string, error) {
	var all common.Capabilities
	if err := proto.Unmarshal(c.applicationGroup().GetValues()[valueCapabilities].GetValue(), &all); err != nil {
		return nil, err
	}
	return slices.Sorted(maps.Keys(all.GetCapabilities())), nil
}
