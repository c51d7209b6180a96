package deployment_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer/lifecycle"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/client/deployment"
)

func TestWhatIsNoPolicyIsRefused(t *testing.T) {
	for _, text := range []string{
		"", "A.peer", "'A'", "'A.boss'", "'.peer'", "'A.peer", "OR('A.peer'", "OR()", "XOR('A.peer')", "OutOf('A.peer')",
		"OutOf(0,'A.peer')", "OutOf(x,'A.peer')", "OR('A.peer' 'B.peer')", "OR('A.peer') 'B.peer'", strings.Repeat("OR(", 40),
	} {
		_, err := deployment.Parse(text)
		require.Error(t, err, text)
	}
}

func TestAPolicyIsWrittenAsItIsRead(t *testing.T) {
	for text, want := range map[string]string{
		"OR('A.peer','B.peer')":                           "OR('A.peer','B.peer')",
		"and( 'A.b-c.admin' , 'B.client' )":               "AND('A.b-c.admin','B.client')",
		"OutOf(2, 'A.peer', OR('B.member'), 'C.orderer')": "OutOf(2,'A.peer',OR('B.member'),'C.orderer')",
		"OutOf(2,'A.peer','B.peer')":                      "AND('A.peer','B.peer')",
		"'A.peer'":                                        "'A.peer'",
	} {
		r, err := deployment.Parse(text)
		require.NoError(t, err, text)
		require.Equal(t, want, r.String())
		decoded, err := deployment.Decode(deployment.Envelope(text))
		require.NoError(t, err)
		require.Equal(t, want, decoded.String(), "as the ledger has it")
	}
}

// organisations of the properties below: few, so that all sets can be tried.
var organisations = []string{"A", "B", "C", "D"}

func policies() *rapid.Generator[string] {
	leaf := rapid.Map(rapid.SampledFrom(organisations), func(o string) string { return "'" + o + ".peer'" })
	gate := func(below *rapid.Generator[string]) *rapid.Generator[string] {
		return rapid.Custom(func(t *rapid.T) string {
			list := strings.Join(rapid.SliceOfN(below, 1, 4).Draw(t, "of"), ",")
			return rapid.SampledFrom([]string{"AND(", "OR(", "OutOf(2,"}).Draw(t, "gate") + list + ")"
		})
	}
	return gate(rapid.OneOf(leaf, gate(leaf)))
}

// What is said of two policies is what comes of trying every set of signatures.
func TestPoliciesAreComparedByWhatSatisfiesThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		one, other := policies().Draw(t, "in force"), policies().Draw(t, "wanted")
		inForce, err := deployment.Parse(one)
		if err != nil {
			t.Fatal(err)
		}
		wanted, err := deployment.Parse(other)
		if err != nil {
			t.Fatal(err)
		}
		want := deployment.Same
		for set := range 1 << len(organisations) {
			by := signers(set)
			switch met, enough := deployment.Met(inForce, by), deployment.Met(wanted, by); {
			case met && !enough:
				want = deployment.Weaker
			case enough && !met && want == deployment.Same:
				want = deployment.Stricter
			}
		}
		if got := deployment.Compare(inForce, wanted); got != want {
			t.Fatalf("%s against %s: %d, not %d", one, other, got, want)
		}
	})
}

func signers(set int) (by []deployment.Principal) {
	for i, o := range organisations {
		if set&(1<<i) != 0 {
			by = append(by, deployment.Role(o, "peer"))
		}
	}
	return by
}

// Found by nobody at random, as the two are alike but for a gate.
func TestAGateWithinAGateOfAnotherKindIsNotOne(t *testing.T) {
	for one, other := range map[string]string{
		"AND(OR('A.peer','B.peer'),'C.peer')":      "AND('A.peer','B.peer','C.peer')",
		"OR(AND('A.peer','B.peer'),'C.peer')":      "OR('A.peer','B.peer','C.peer')",
		"OutOf(2,OR('A.peer','B.peer'),'C.peer')":  "OutOf(2,'A.peer','B.peer','C.peer')",
		"OutOf(2,AND('A.peer','B.peer'),'C.peer')": "OutOf(2,'A.peer','B.peer','C.peer')",
	} {
		a, err := deployment.Parse(one)
		require.NoError(t, err)
		b, err := deployment.Parse(other)
		require.NoError(t, err)
		require.NotEqual(t, deployment.Same, deployment.Compare(a, b), one)
	}
}

// An organisation may call itself what it likes: also so that a list of two reads as
// one.
func TestAnOrganisationsNameDoesNotReadAsAPolicy(t *testing.T) {
	wanted, err := deployment.Parse("OutOf(2,'A.peer','B.peer','C.peer','D.peer')")
	require.NoError(t, err)
	envelope := deployment.Envelope("OutOf(2,'A.peer','B.peer','X.peer')")
	role, err := proto.Marshal(&msp.MSPRole{MspIdentifier: "C.peer','D", Role: msp.MSPRole_PEER})
	require.NoError(t, err)
	envelope.Identities[2].Principal = role
	inForce, err := deployment.Decode(envelope)
	require.NoError(t, err)
	require.Equal(t, deployment.Weaker, deployment.Compare(inForce, wanted))
}

func TestLargePoliciesThatAreNotWrittenAlikeCountAsWeaker(t *testing.T) {
	var all []string
	for i := range 64 {
		all = append(all, "'Org"+string(rune('A'+i/26))+string(rune('A'+i%26))+".peer'")
	}
	large := func(required string, of []string) deployment.Rule {
		r, err := deployment.Parse("OutOf(" + required + "," + strings.Join(of, ",") + ")")
		require.NoError(t, err)
		return r
	}
	backward := append([]string{all[63]}, all[:63]...)
	require.Equal(t, deployment.Same, deployment.Compare(large("33", all), large("33", backward)))
	require.Equal(t, deployment.Weaker, deployment.Compare(large("32", all), large("33", all)))
	require.Equal(t, deployment.Stricter, deployment.Compare(large("2", all[:63]), large("2", all)))
}

// answers is a peer that says what it is told to.
type answers map[string]proto.Message

func (a answers) System(_ context.Context, chaincode, function string, _ ...[]byte) ([]byte, error) {
	m, known := a[chaincode+" "+function]
	if !known {
		return nil, errRefused
	}
	if m == nil {
		return []byte{0xff}, nil
	}
	return proto.Marshal(m)
}

var errRefused = errors.New("access denied")

func TestWhatAPeerDoesNotSayIsNamed(t *testing.T) {
	d := deploy(t)
	const config, definition = "cscc GetChannelConfig", "_lifecycle QueryChaincodeDefinition"
	read, err := deployment.Read(t.Context(), answers{config: d.config, definition: d.definition}, "supplychain", "countersign")
	require.NoError(t, err)
	require.Empty(t, deployment.Check(read.Definition, read.Config, d.described))

	var failed *deployment.ReadError
	_, err = deployment.Read(t.Context(), answers{config: d.config}, "supplychain", "countersign")
	require.ErrorAs(t, err, &failed)
	require.ErrorIs(t, err, errRefused)
	require.Equal(t, "the definition of chaincode countersign", failed.What)
	_, err = deployment.Read(t.Context(), answers{config: nil, definition: d.definition}, "supplychain", "countersign")
	require.ErrorAs(t, err, &failed)
	require.Contains(t, err.Error(), "the channel's configuration")
}

// Whatever a peer says, a check ends and says something.
func FuzzCheck(f *testing.F) {
	d := deploy(f)
	f.Add(d.bytes(d.definition), d.bytes(d.config))
	f.Add([]byte{}, []byte{})
	f.Fuzz(func(t *testing.T, definition, config []byte) {
		var a lifecycle.QueryChaincodeDefinitionResult
		var b common.Config
		if proto.Unmarshal(definition, &a) != nil || proto.Unmarshal(config, &b) != nil {
			return
		}
		deployment.Check(&a, &b, described())
	})
}

// What a check can say stands in the guide, with what to do about it.
func TestEveryFindingStandsInTheGuide(t *testing.T) {
	guide, err := os.ReadFile("../../docs/consortium.md")
	require.NoError(t, err)
	for _, code := range deployment.Codes() {
		require.Contains(t, string(guide), "\n| `"+string(code)+"` |", code)
	}
	_, table, found := strings.Cut(string(guide), "| finding | what it means | cure |")
	require.True(t, found)
	table, _, _ = strings.Cut(table, "\n\n")
	require.Equal(t, len(deployment.Codes()), strings.Count(table, "\n| `"), "there is a line for what is never found")
}
