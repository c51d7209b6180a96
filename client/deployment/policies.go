package deployment

import (
	"github.com/countersign-ledger/countersign/collections"
)

// What a channel's configuration calls the parts that are looked at.
const (
	groupApplication = "Application"

	policyAdmins      = "Admins"
	policyEndorsement = "Endorsement"
	policyLifecycle   = "LifecycleEndorsement"
	policyReaders     = "Readers"
	policyWriters     = "Writers"

	valueACLs         = "ACLs"
	valueCapabilities = "Capabilities"
	valueMSP          = "MSP"

	pathApplication = "/Channel/Application/"
	// Capability is the least application capability: peers of older ones cannot
	// purge private data.
	Capability = "V2_5"
)

// Policies are what a channel and the chaincode's definition must say for a
// consortium, in Fabric's words.
type Policies struct {
	// SignaturePolicy is the chaincode's, for `peer lifecycle chaincode
	// approveformyorg --signature-policy`.
	SignaturePolicy string `json:"signaturePolicy"`
	// Application are the policies of /Channel/Application.
	Application map[string]Policy `json:"application"`
	// ACLs are access rules of /Channel/Application, by resource.
	ACLs map[string]string `json:"acls"`
	// Capability is the least application capability.
	Capability string `json:"capability"`
}

// Policy is one policy, as configtx.yaml has it.
type Policy struct {
	Type string `json:"type"`
	Rule string `json:"rule"`
}

// resources are what a reader asks of a peer. Fabric's default for the first, and
// for those of _lifecycle, is Writers; the others are named so that the channel
// says so itself.
var resources = []string{
	"peer/Propose",
	"event/Block",
	"event/FilteredBlock",
	"gateway/CommitStatus",
	"gateway/ChaincodeEvents",
	"_lifecycle/QueryChaincodeDefinition",
	"_lifecycle/QueryChaincodeDefinitions",
	"_lifecycle/CheckCommitReadiness",
}

// defaults are Fabric's own access rules for the resources (core/aclmgmt,
// defaultaclprovider.go).
var defaults = map[string]string{
	"peer/Propose":                         pathApplication + policyWriters,
	"event/Block":                          pathApplication + policyReaders,
	"event/FilteredBlock":                  pathApplication + policyReaders,
	"gateway/CommitStatus":                 pathApplication + policyReaders,
	"gateway/ChaincodeEvents":              pathApplication + policyReaders,
	"_lifecycle/QueryChaincodeDefinition":  pathApplication + policyWriters,
	"_lifecycle/QueryChaincodeDefinitions": pathApplication + policyWriters,
	"_lifecycle/CheckCommitReadiness":      pathApplication + policyWriters,
}

// PoliciesOf returns what a channel must say for a consortium.
func PoliciesOf(c collections.Consortium) Policies {
	signature := func(rule string) Policy { return Policy{Type: "Signature", Rule: rule} }
	p := Policies{
		SignaturePolicy: c.EndorsementPolicy(),
		Application: map[string]Policy{
			policyReaders:     {Type: "ImplicitMeta", Rule: c.Readers()},
			policyWriters:     signature(c.Writers()),
			policyAdmins:      signature(c.Admins()),
			policyEndorsement: signature(c.EndorsementPolicy()),
			policyLifecycle:   signature(c.LifecyclePolicy()),
		},
		ACLs:       map[string]string{},
		Capability: Capability,
	}
	for _, resource := range resources {
		p.ACLs[resource] = pathApplication + policyReaders
	}
	return p
}
