package deployment_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer/lifecycle"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/client/deployment"
	"github.com/countersign-ledger/countersign/collections"
)

func TestADeploymentAsDescribedHasNoFinding(t *testing.T) {
	require.Empty(t, deploy(t).check())
}

func TestWhatIsWrongIsFound(t *testing.T) {
	for _, test := range spoilt {
		t.Run(test.name, func(t *testing.T) {
			d := deploy(t)
			test.spoil(d)
			var seen []string
			for _, f := range d.check() {
				seen = append(seen, f.String())
				require.NotEmpty(t, f.Means)
				require.NotEmpty(t, f.Do)
				require.NotEmpty(t, f.Found)
				require.NotEmpty(t, f.Wanted)
				if f.Code == test.code && f.Severity == test.severity && strings.Contains(f.Where, test.where) {
					return
				}
			}
			t.Fatalf("no %s %s at %s in %q", test.severity, test.code, test.where, seen)
		})
	}
}

func TestEveryFindingIsProvoked(t *testing.T) {
	provoked := map[deployment.Code]bool{}
	for _, test := range spoilt {
		provoked[test.code] = true
	}
	for _, code := range deployment.Codes() {
		require.True(t, provoked[code], code)
	}
}

// recorded is what the peers of package network's default network answer. To record
// it again: UPDATE_GOLDEN=1 go test ./test/e2e -run TestTheDefaultNetworkIsDeployed
func recorded(t *testing.T) *deployed {
	t.Helper()
	d := &deployed{
		t: t, definition: &lifecycle.QueryChaincodeDefinitionResult{}, config: &common.Config{},
		described: collections.Consortium{Channel: "supplychain", Chaincode: "countersign", Endorse: 2, Lifecycle: 2, Organisations: described().Organisations},
	}
	for name, into := range map[string]proto.Message{"definition.pb": d.definition, "config.pb": d.config} {
		text, err := os.ReadFile(filepath.Join("testdata", name))
		require.NoError(t, err)
		require.NoError(t, proto.Unmarshal(text, into))
	}
	return d
}

func TestWhatRealPeersAnswerHasNoFinding(t *testing.T) {
	require.Empty(t, recorded(t).check())
}

// What a real network answers is spoilt in the same ways: a made-up deployment might
// be made as the check expects it.
func TestWhatIsWrongIsFoundInWhatRealPeersAnswer(t *testing.T) {
	for _, test := range spoilt {
		d := recorded(t)
		if strings.Contains(test.where, threefold) {
			continue // the default network has no such relation
		}
		test.spoil(d)
		var seen []string
		for _, f := range d.check() {
			if strings.Contains(f.Where, test.where) {
				seen = append(seen, string(f.Severity)+" "+string(f.Code))
			}
		}
		require.Contains(t, seen, string(test.severity)+" "+string(test.code), test.name)
	}
}

// The cure of one thing must not be hidden behind another: each collection is
// looked at, and each of its terms.
func TestAllThatIsWrongIsFoundAtOnce(t *testing.T) {
	d := deploy(t)
	for _, name := range []string{relation, threefold, disclosure, collections.Readings} {
		one := d.collection(name)
		one.RequiredPeerCount, one.MemberOnlyRead, one.MemberOnlyWrite = 0, false, false
	}
	require.Len(t, d.check(), 12)
}

func TestWhatMeansTheSameIsNoFinding(t *testing.T) {
	for name, change := range map[string]func(*deployed){
		"another order": func(d *deployed) {
			d.collection(relation).EndorsementPolicy = signed("AND('RetailerMSP.peer','CarrierMSP.peer')")
		},
		"another gate": func(d *deployed) {
			d.collection(relation).EndorsementPolicy = signed("OutOf(2,'CarrierMSP.peer','RetailerMSP.peer')")
		},
		"two of three, written out": func(d *deployed) {
			d.definition.ValidationParameter = d.bytes(signed("OR(AND('CarrierMSP.peer','ManufacturerMSP.peer'),AND('CarrierMSP.peer','RetailerMSP.peer'),AND('ManufacturerMSP.peer','RetailerMSP.peer'))"))
		},
		"a majority of organisations that all trade": func(d *deployed) {
			d.application().Groups["RegulatorMSP"].Policies = nil
			delete(d.application().Groups, "RegulatorMSP")
			d.described.Organisations, d.described.Disclosures = d.described.Organisations[:3], []collections.Flow{}
			d.definition.Collections.Config = d.definition.Collections.Config[:3]
			d.application().Policies["Admins"] = d.implicit(common.ImplicitMetaPolicy_MAJORITY, "Admins")
			d.application().Policies["Writers"] = d.implicit(common.ImplicitMetaPolicy_ANY, "Writers")
		},
		"a later capability":       func(d *deployed) { d.capabilities("V3_0") },
		"an access rule by name":   func(d *deployed) { d.access(byName(deployment.PoliciesOf(d.described).ACLs)) },
		"readers written out":      func(d *deployed) { d.application().Policies["Readers"] = d.signature(everybody(d.described)) },
		"collections rearranged":   func(d *deployed) { c := d.definition.Collections.Config; c[0], c[2] = c[2], c[0] },
		"a plugin by its default":  func(d *deployed) { d.definition.EndorsementPlugin = "" },
		"a reader that approves":   func(d *deployed) { d.definition.Approvals["RegulatorMSP"] = true },
		"another name for a group": func(d *deployed) { d.rename("CarrierMSP", "Carrier") },
	} {
		t.Run(name, func(t *testing.T) {
			d := deploy(t)
			change(d)
			require.Empty(t, d.check())
		})
	}
}

func byName(rules map[string]string) map[string]string {
	for resource := range rules {
		rules[resource] = "Readers"
	}
	return rules
}

func everybody(c collections.Consortium) string {
	var all []string
	for _, o := range c.Organisations {
		all = append(all, fmt.Sprintf("'%s.member'", o.MSP))
	}
	return "OR(" + strings.Join(all, ",") + ")"
}

func (d *deployed) rename(from, to string) {
	groups := d.application().Groups
	groups[to] = groups[from]
	delete(groups, from)
}
