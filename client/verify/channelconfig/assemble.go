package channelconfig

import (
	"google.golang.org/protobuf/proto"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
)

const (
	// Fabric gives elements of channels made by version 1.0, which lack a mod_policy,
	// this one, as soon as the orderers' capabilities are set (common/configtx/
	// configmap.go, FAB-5309 and FAB-6080). To make the same configuration of an
	// update, so do we.
	oldModPolicy = "Admins"
	oldMark      = kindValue + " /" + root + "/Orderer/Capabilities"
)

// assemble makes a configuration of its elements: whatever its groups name.
func (found elements) assemble() (*common.ConfigGroup, error) {
	return found.group(kindGroup, "/"+root)
}

func (found elements) group(kind, path string) (*common.ConfigGroup, error) {
	e, ok := found[kind+" "+path]
	if !ok {
		return nil, failure(ErrWriteSet, kind+" "+path, "a group names it, and it is nowhere")
	}
	made := proto.CloneOf(e.group)
	for name := range e.group.GetGroups() {
		below, err := found.group(kindGroup, path+"/"+name)
		if err != nil {
			return nil, err
		}
		made.Groups[name] = below
	}
	for name := range e.group.GetValues() {
		key := kindValue + " " + path + "/" + name
		value, ok := found[key]
		if !ok {
			return nil, failure(ErrWriteSet, key, "a group names it, and it is nowhere")
		}
		made.Values[name] = proto.CloneOf(value.value)
	}
	for name := range e.group.GetPolicies() {
		key := kindPolicy + " " + path + "/" + name
		policy, ok := found[key]
		if !ok {
			return nil, failure(ErrWriteSet, key, "a group names it, and it is nowhere")
		}
		made.Policies[name] = proto.CloneOf(policy.policy)
	}
	if _, ok := found[oldMark]; ok {
		mend(made)
	}
	return made, nil
}

func mend(group *common.ConfigGroup) {
	if group.GetModPolicy() == "" {
		group.ModPolicy = oldModPolicy
	}
	for _, value := range group.GetValues() {
		if value.GetModPolicy() == "" {
			value.ModPolicy = oldModPolicy
		}
	}
	for _, policy := range group.GetPolicies() {
		if policy.GetModPolicy() == "" {
			policy.ModPolicy = oldModPolicy
		}
	}
}

// equals compares two elements of one key, a group without what is in it.
func (e element) equals(other element) bool {
	switch {
	case e.value != nil:
		return proto.Equal(e.value, other.value)
	case e.policy != nil:
		return proto.Equal(e.policy, other.policy)
	default:
		return proto.Equal(bare(e.group), bare(other.group))
	}
}

// bare is a group without what is in it.
func bare(group *common.ConfigGroup) *common.ConfigGroup {
	made := &common.ConfigGroup{Version: group.GetVersion(), ModPolicy: group.GetModPolicy()}
	made.ProtoReflect().SetUnknown(group.ProtoReflect().GetUnknown())
	return made
}
