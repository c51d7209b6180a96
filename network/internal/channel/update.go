package channel

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hyperledger/fabric-config/configtx"
	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/protobuf/proto"
)

// Admission adds an organisation to a channel that runs.
type Admission struct {
	// MSPID names the organisation and its group on the channel.
	MSPID string
	// MSP is what [ReadMSP] reads.
	MSP *msp.FabricMSPConfig
	// Anchors are the peers by which others find its peers.
	Anchors []Address
	// Trading and Reading are the MSP identifiers of all members once it is admitted.
	// A member that neither has would lose its rights without a word.
	Trading, Reading []string
	// Policies are those of the enlarged channel.
	Policies Policies
}

// Update is a change of a channel's configuration.
type Update struct {
	// Bytes are a common.ConfigUpdate: what administrators sign. The same
	// configuration and admission give the same bytes.
	Bytes []byte
	// Changes says in sentences what it changes.
	Changes []string
}

// ErrMember means that the organisation is a member of the channel already.
var ErrMember = errors.New("channel: it is a member already")

// ErrStranger means that an organisation is named that is no member.
var ErrStranger = errors.New("channel: no member of the channel")

// ErrLeftOut means that a member of the channel is not named.
var ErrLeftOut = errors.New("channel: a member of the channel is left out")

// Admit computes the update that adds an organisation: its group, the policies of
// the enlarged channel, and for a reader the access rules by which it reads.
// Whatever may change a policy or rule stays as it is on the channel.
//
// Errors: [ErrMember], [ErrStranger], [ErrLeftOut], or that of a policy with no meaning.
func Admit(name string, config *common.Config, a Admission) (*Update, error) {
	if err := a.check(config); err != nil {
		return nil, err
	}
	tx := configtx.New(config)
	u := &Update{Changes: []string{a.sentence()}}
	if err := a.organisation(&tx); err != nil {
		return nil, fmt.Errorf("channel: %w", err)
	}
	for _, policy := range slices.Sorted(maps.Keys(a.Policies.application())) {
		if policy == configtx.ReadersPolicyKey {
			continue // whoever is a member reads
		}
		if err := u.policy(&tx, policy, a.Policies.application()[policy]); err != nil {
			return nil, fmt.Errorf("channel: policy %s: %w", policy, err)
		}
	}
	if a.reader() {
		if err := u.rules(&tx); err != nil {
			return nil, fmt.Errorf("channel: access rules: %w", err)
		}
	}
	return u, u.compute(&tx, name)
}

func (a Admission) reader() bool { return slices.Contains(a.Reading, a.MSPID) }

func (a Admission) sentence() string {
	if a.reader() {
		return a.MSPID + " becomes a member that only reads"
	}
	return a.MSPID + " becomes a member that trades"
}

func (a Admission) check(config *common.Config) error {
	members, err := Members(config)
	if err != nil {
		return err
	}
	known := slices.Sorted(maps.Values(members))
	if _, taken := members[a.MSPID]; taken || slices.Contains(known, a.MSPID) {
		return fmt.Errorf("%w: %s", ErrMember, a.MSPID)
	}
	named := slices.Concat(a.Trading, a.Reading)
	for _, id := range named {
		if id != a.MSPID && !slices.Contains(known, id) {
			return fmt.Errorf("%w: %s", ErrStranger, id)
		}
	}
	for _, id := range append(known, a.MSPID) {
		if !slices.Contains(named, id) {
			return fmt.Errorf("%w: %s", ErrLeftOut, id)
		}
	}
	return nil
}

// organisation adds the group. The MSP is put in as the folder has it, for
// fabric-config knows no unit without a certificate.
func (a Admission) organisation(tx *configtx.ConfigTx) error {
	o := Organisation{MSPID: a.MSPID, Anchors: a.Anchors}.configure(memberRoles)
	o.MSP = configtx.MSP{Name: a.MSPID}
	if err := tx.Application().SetOrganization(o); err != nil {
		return err
	}
	content, err := deterministic.Marshal(a.MSP)
	if err != nil {
		return err
	}
	value, err := deterministic.Marshal(&msp.MSPConfig{Config: content})
	if err != nil {
		return err
	}
	application(tx.UpdatedConfig()).GetGroups()[a.MSPID].GetValues()[configtx.MSPKey].Value = value
	return nil
}

var deterministic = proto.MarshalOptions{Deterministic: true}

// policy sets one of the application's policies, unless it is so already.
func (u *Update) policy(tx *configtx.ConfigTx, name string, p configtx.Policy) error {
	before := application(tx.OriginalConfig()).GetPolicies()[name]
	p.ModPolicy = before.GetModPolicy()
	if err := tx.Application().SetPolicy(name, p); err != nil {
		return err
	}
	if proto.Equal(before.GetPolicy(), application(tx.UpdatedConfig()).GetPolicies()[name].GetPolicy()) {
		return nil
	}
	u.Changes = append(u.Changes, fmt.Sprintf("%s was %s and becomes %s", name, ruleOf(tx.OriginalConfig(), name), ruleOf(tx.UpdatedConfig(), name)))
	return nil
}

// ruleOf is the text of a policy in a configuration.
func ruleOf(config *common.Config, name string) string {
	tx := configtx.New(config)
	policies, err := tx.Application().Policies()
	switch rule := policies[name].Rule; {
	case err != nil:
		return "a policy without a text"
	case rule == "":
		return "not set"
	default:
		return strings.ReplaceAll(rule, "OUTOF(", "OutOf(") // as Fabric's tools take it
	}
}

// rules adds the access rules that readers need, and keeps all others.
func (u *Update) rules(tx *configtx.ConfigTx) error {
	wanted, err := tx.Application().ACLs()
	if err != nil {
		return err
	}
	if wanted == nil {
		wanted = map[string]string{}
	}
	var changed []string
	for resource, policy := range accessRules() {
		if wanted[resource] != policy {
			wanted[resource] = policy
			changed = append(changed, resource)
		}
	}
	if len(changed) == 0 {
		return nil
	}
	slices.Sort(changed)
	u.Changes = append(u.Changes, "readers may use "+strings.Join(changed, ", "))
	if err := tx.Application().SetACLs(wanted); err != nil {
		return err
	}
	rules := &peer.ACLs{Acls: map[string]*peer.APIResource{}}
	for resource, policy := range wanted {
		rules.Acls[resource] = &peer.APIResource{PolicyRef: policy}
	}
	value := application(tx.UpdatedConfig()).GetValues()[configtx.ACLsKey]
	if before := application(tx.OriginalConfig()).GetValues()[configtx.ACLsKey]; before.GetModPolicy() != "" {
		value.ModPolicy = before.GetModPolicy()
	}
	value.Value, err = deterministic.Marshal(rules)
	return err
}

func (u *Update) compute(tx *configtx.ConfigTx, name string) error {
	content, err := tx.ComputeMarshaledUpdate(name)
	if err != nil {
		return fmt.Errorf("channel: %w", err)
	}
	var update common.ConfigUpdate
	if err := proto.Unmarshal(content, &update); err != nil {
		return fmt.Errorf("channel: %w", err)
	}
	u.Bytes, err = deterministic.Marshal(&update)
	return err
}
