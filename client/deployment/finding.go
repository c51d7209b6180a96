package deployment

import "fmt"

// Severity is what kind of finding it is.
type Severity string

const (
	// Weakness: something can be read, written, forged or lost that must not be.
	Weakness Severity = "weakness"
	// Drift: the deployment is not what the file describes.
	Drift Severity = "drift"
)

// Code names what was found; it is stable.
type Code string

// What a check finds. docs/consortium.md has a line for each.
const (
	CollectionMissing     Code = "collection-missing"
	CollectionSurplus     Code = "collection-surplus"
	CollectionMembers     Code = "collection-members"
	CollectionEndorsement Code = "collection-endorsement"
	RequiredPeerCount     Code = "required-peer-count"
	MaxPeerCount          Code = "max-peer-count"
	MemberOnlyRead        Code = "member-only-read"
	MemberOnlyWrite       Code = "member-only-write"
	BlockToLive           Code = "block-to-live"

	EndorsementPolicy   Code = "endorsement-policy"
	EndorsementInferred Code = "endorsement-policy-by-reference"
	Plugin              Code = "plugin"
	ApprovalMissing     Code = "approval-missing"
	OneOrganisation     Code = "one-organisation"

	OrganisationMissing  Code = "organisation-missing"
	OrganisationSurplus  Code = "organisation-surplus"
	Writers              Code = "writers"
	Admins               Code = "admins"
	ChannelEndorsement   Code = "channel-endorsement"
	LifecycleEndorsement Code = "lifecycle-endorsement"
	Readers              Code = "readers"
	AccessRule           Code = "access-rule"
	CapabilityMissing    Code = "capability"
)

// Finding is one thing that is wrong with a deployment.
type Finding struct {
	Code     Code     `json:"code"`
	Severity Severity `json:"severity"`
	// Where it is: a collection, the definition, or a path in the channel's
	// configuration.
	Where string `json:"where"`
	// Found is what is deployed, and Wanted what the file describes.
	Found  string `json:"found"`
	Wanted string `json:"wanted"`
	// Means says what can happen because of it.
	Means string `json:"means"`
	// Do says how to cure it.
	Do string `json:"do"`
}

// String writes a finding in one line.
func (f Finding) String() string {
	return fmt.Sprintf("%s %s: %s: found %s, wanted %s", f.Severity, f.Code, f.Where, f.Found, f.Wanted)
}

// explanation is what a finding means, and what to do.
type explanation struct{ means, do string }

const (
	nextDefinition = "Approve and commit the next definition with what `countersign consortium write` writes."
	nextConfig     = "Change the channel's configuration to what `countersign consortium write` writes."
)

var explanations = map[Code]explanation{
	CollectionMissing:     {"What belongs into it is refused by every peer.", nextDefinition},
	CollectionSurplus:     {"Nobody has agreed, in the file, who shares it and how it is guarded.", "Fabric refuses a definition that leaves out a collection of an earlier one: describe it in the file again, or purge what is in it and let it be."},
	CollectionMembers:     {"Others hold what is in it than the file says.", nextDefinition + " What has reached an outsider's peer must be taken as known to it; peers of new members fetch what they lack."},
	CollectionEndorsement: {"Others can write into it, or purge what is in it, than the file says. Without a policy of its own, the chaincode's counts: organisations that are no members can write what they cannot read.", nextDefinition},
	RequiredPeerCount:     {"With 0, a transaction is endorsed before its private data has reached anybody else: it is lost with the endorser.", nextDefinition},
	MaxPeerCount:          {"An endorser sends private data to fewer or more peers at once than the file says; the others fetch it later.", nextDefinition},
	MemberOnlyRead:        {"A member's peer answers queries of outsiders with what is in it.", nextDefinition},
	MemberOnlyWrite:       {"An outsider can have members' peers endorse what it writes into it.", nextDefinition},
	BlockToLive:           {"Peers drop what is in it earlier or later than the file says.", "Fabric never lets a definition change it: write the committed number into the file, or keep such data on a new channel."},
	EndorsementPolicy:     {"Transactions are valid with endorsements that the file does not take for enough, or need more.", nextDefinition},
	EndorsementInferred:   {"The chaincode has no policy of its own: it is the channel's, by default a majority that counts readers, and it changes with the channel's.", nextDefinition},
	Plugin:                {"Peers check endorsements by another program than Fabric's own.", "Commit a definition with the endorsement plugin escc and the validation plugin vscc, Fabric's defaults."},
	ApprovalMissing:       {"Its peers cannot run the chaincode, nor endorse.", "Its administrator approves the committed definition with its own package."},
	OneOrganisation:       {"One organisation alone can do it: nobody countersigns.", "Ask for two at least in the file, and deploy that."},
	OrganisationMissing:   {"It can neither read nor write, and its collections have a member without a peer.", "Admit it to the channel, or take it out of the file."},
	OrganisationSurplus:   {"It reads everything public on the channel, and the file does not know it.", "Describe it in the file, or take it off the channel."},
	Writers:               {"Others can submit transactions than the file says.", nextConfig},
	Admins:                {"Others can change the channel, its policies among them, than the file says.", nextConfig},
	ChannelEndorsement:    {"It counts for every chaincode without a policy of its own.", nextConfig},
	LifecycleEndorsement:  {"Others can agree to a chaincode's definition, its policies and collections among them, than the file says.", nextConfig},
	Readers:               {"An organisation of the file cannot receive blocks and events.", nextConfig},
	AccessRule:            {"A reader cannot ask its own or others' peers for it.", nextConfig},
	CapabilityMissing:     {"Private data cannot be purged: what must be erased stays.", "Raise the application capability to " + Capability + " or later, when all peers are of Fabric 2.5 or later."},
}

// findings gathers what is found.
type findings []Finding

func (f *findings) add(code Code, severity Severity, where, found, wanted string) {
	why := explanations[code]
	*f = append(*f, Finding{
		Code: code, Severity: severity, Where: where, Found: found, Wanted: wanted, Means: why.means, Do: why.do,
	})
}

// policy notes how a policy in force differs from the wanted one, if it does: it is
// a weakness when something satisfies it that must not, or when it names a reader.
func (f *findings) policy(code Code, where string, inForce, wanted rule, readers []string) {
	severity := Drift
	switch compare(inForce, wanted) {
	case same:
		return
	case weaker:
		severity = Weakness
	case stricter:
		if inForce.names(readers...) {
			severity = Weakness
		}
	}
	f.add(code, severity, where, inForce.String(), wanted.String())
}

// Implicit is what a check says of the collections that every chaincode has.
const Implicit = "Fabric gives every organisation an implicit collection (_implicit_org_MSP) that cannot be turned off: " +
	"it has no retention, and outsiders may read and write by the chaincode's leave. Countersign's chaincode uses none."
