package ccpackage

import (
	"encoding/json"
	"fmt"

	"github.com/hyperledger/fabric-admin-sdk/pkg/chaincode"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
)

// collection is one entry of the JSON that the peer command reads
// (fabric internal/peer/chaincode/common.go, collectionConfigJson).
type collection struct {
	Name              string             `json:"name"`
	Policy            string             `json:"policy"`
	RequiredPeerCount int32              `json:"requiredPeerCount"`
	MaxPeerCount      *int32             `json:"maxPeerCount"`
	BlockToLive       uint64             `json:"blockToLive"`
	MemberOnlyRead    bool               `json:"memberOnlyRead"`
	MemberOnlyWrite   bool               `json:"memberOnlyWrite"`
	EndorsementPolicy *endorsementPolicy `json:"endorsementPolicy"`
}

type endorsementPolicy struct {
	SignaturePolicy     string `json:"signaturePolicy"`
	ChannelConfigPolicy string `json:"channelConfigPolicy"`
}

// Collections reads private data collections in the peer command's JSON.
// No collections give nil, as Fabric wants it.
func Collections(document []byte) (*peer.CollectionConfigPackage, error) {
	var entries []collection
	if err := json.Unmarshal(document, &entries); err != nil {
		return nil, fmt.Errorf("not in the peer command's JSON: %w", err)
	}
	if len(entries) == 0 {
		return nil, nil
	}
	configs := make([]*peer.CollectionConfig, len(entries))
	for i, e := range entries {
		config, err := e.config()
		if err != nil {
			return nil, fmt.Errorf("collection %q: %w", e.Name, err)
		}
		configs[i] = &peer.CollectionConfig{
			Payload: &peer.CollectionConfig_StaticCollectionConfig{StaticCollectionConfig: config},
		}
	}
	return &peer.CollectionConfigPackage{Config: configs}, nil
}

func (c collection) config() (*peer.StaticCollectionConfig, error) {
	members, err := chaincode.NewApplicationPolicy(c.Policy, "")
	if err != nil {
		return nil, fmt.Errorf("policy %q: %w", c.Policy, err)
	}
	maximum := int32(1)
	if c.MaxPeerCount != nil {
		maximum = *c.MaxPeerCount
	}
	config := &peer.StaticCollectionConfig{
		Name: c.Name,
		MemberOrgsPolicy: &peer.CollectionPolicyConfig{
			Payload: &peer.CollectionPolicyConfig_SignaturePolicy{SignaturePolicy: members.GetSignaturePolicy()},
		},
		RequiredPeerCount: c.RequiredPeerCount,
		MaximumPeerCount:  maximum,
		BlockToLive:       c.BlockToLive,
		MemberOnlyRead:    c.MemberOnlyRead,
		MemberOnlyWrite:   c.MemberOnlyWrite,
	}
	config.EndorsementPolicy, err = c.EndorsementPolicy.policy()
	return config, err
}

func (p *endorsementPolicy) policy() (*peer.ApplicationPolicy, error) {
	switch {
	case p == nil:
		return nil, nil
	case p.ChannelConfigPolicy != "":
		return &peer.ApplicationPolicy{
			Type: &peer.ApplicationPolicy_ChannelConfigPolicyReference{ChannelConfigPolicyReference: p.ChannelConfigPolicy},
		}, nil
	default:
		policy, err := chaincode.NewApplicationPolicy(p.SignaturePolicy, "")
		if err != nil {
			return nil, fmt.Errorf("endorsement policy %q: %w", p.SignaturePolicy, err)
		}
		return policy, nil
	}
}
