package verify_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/client/evidence"
	"github.com/countersign-ledger/countersign/client/verify"
)

func TestWhatOnlyLacksKnowledgeIsNotDecidedAndNeverVerified(t *testing.T) {
	c := clienttest.New(t)
	three := claim(t, c)
	three.By = append(three.By, peerOf(t, c, "retailer"))
	statement := state(t, c, three)
	older := c.Roots() // from before the retailer joined
	older.Organisations = older.Organisations[:2]
	both := verify.Policy{Required: 2, Of: []string{"ManufacturerMSP", "CarrierMSP"}}

	report := verifier(t, older).Verify(statement, both, later)
	require.True(t, report.Undecided(), "%s", report)
	require.False(t, report.Verified())

	t.Run("too few that are known", func(t *testing.T) {
		of := three
		of.By = three.By[1:]
		report := verifier(t, older).Verify(state(t, c, of), both, later)
		require.False(t, report.Undecided(), "%s", report)
		require.False(t, report.Verified())
	})
	t.Run("something is wrong besides", func(t *testing.T) {
		wrong := *statement
		wrong.Function = "thing:Stare"
		report := verifier(t, older).Verify(&wrong, both, later)
		require.False(t, report.Undecided(), "%s", report)
	})
	t.Run("a format of a later version", func(t *testing.T) {
		text, err := statement.Encode()
		require.NoError(t, err)
		_, err = evidence.Decode(bytes.Replace(text, []byte(evidence.Format), []byte("countersign-evidence/2"), 1))
		require.ErrorIs(t, err, evidence.ErrLater)
		require.True(t, verify.Malformed(err, both, later).Undecided())
		for _, never := range []string{"something-else/2", "countersign-evidence/0", "countersign-evidence/01", "countersign-evidence/", "countersign-evidence/2x", "countersign-evidence/-2"} {
			_, err = evidence.Decode(bytes.Replace(text, []byte(evidence.Format), []byte(never), 1))
			require.NotErrorIs(t, err, evidence.ErrLater, never)
			require.False(t, verify.Malformed(err, both, later).Undecided())
		}
	})
}

// Whoever shows a file can add the endorsement of somebody unknown to it. That must not
// turn what fails into what nobody can decide.
func TestAStrangersEndorsementSoftensNoFailure(t *testing.T) {
	t.Parallel()
	v := verifier(t, consortium(t).Roots())
	for name, change := range map[string]func(*evidence.Statement){
		"format":      func(s *evidence.Statement) { s.Endorsements = append(s.Endorsements, s.Endorsements[0]) },
		"proposal":    func(s *evidence.Statement) { s.Proposal = s.Proposal[1:] },
		"payload":     func(s *evidence.Statement) { s.Payload = s.Payload[1:] },
		"channel":     func(s *evidence.Statement) { s.Channel = "another" },
		"function":    func(s *evidence.Statement) { s.Function = "thing:Stare" },
		"request":     func(s *evidence.Statement) { s.Request = []byte(`{"id":"2"}`) },
		"chaincode":   func(s *evidence.Statement) { s.Chaincode = "another" },
		"result":      func(s *evidence.Statement) { s.Result = []byte(`{}`) },
		"identity":    func(s *evidence.Statement) { s.Endorsements[0].MSP = "Another" },
		"signature":   func(s *evidence.Statement) { s.Endorsements[0].Signature = s.Endorsements[1].Signature },
		"only itself": func(s *evidence.Statement) { s.Endorsements = s.Endorsements[len(s.Endorsements)-1:] },
	} {
		t.Run(name, func(t *testing.T) {
			for kind, of := range everyKind(t) {
				s := of.Attested()
				s.Endorsements = append(s.Endorsements, byAStranger(t, s.Endorsements[0]))
				require.True(t, v.Verify(of, twoOf3, later).Undecided(), kind)
				for _, policy := range []verify.Policy{{Required: 1, Of: []string{"RegulatorMSP"}}, {Required: 1, Of: []string{"StrangerMSP"}}, {}} {
					refused(t, v.Verify(of, policy, later))
				}
				refused(t, v.Verify(of, twoOf3, asked.AddDate(200, 0, 0)))
				refused(t, v.Verify(of, twoOf3, asked.Add(-time.Hour)))
				change(s)
				refused(t, v.Verify(of, twoOf3, later))
			}
		})
	}
}

// byAStranger is an endorsement that anybody can make of another: nobody who does not
// know the organisation can check its signature.
func byAStranger(t *testing.T, of evidence.Endorsement) evidence.Endorsement {
	var identity msp.SerializedIdentity
	require.NoError(t, proto.Unmarshal(of.Endorser, &identity))
	identity.Mspid = "StrangerMSP"
	return evidence.Endorsement{MSP: identity.Mspid, Endorser: marshal(t, &identity), Signature: of.Signature}
}

func refused(t *testing.T, report *verify.Report) {
	t.Helper()
	require.False(t, report.Verified(), "%s", report)
	require.False(t, report.Undecided(), "%s", report)
}
