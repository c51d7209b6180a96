package participant_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// A public key is no secret: whoever sees it, on a device or in a proposal to
// endorse, could register it first.
func TestRegisteringAnothersKeyDoesNotKeepTheOwnerOut(t *testing.T) {
	s := New(t)
	owners := device(t)
	squatted := owners
	squatted.ID = "urn:epc:id:giai:4098765.LOGGER-1"
	_, err := call(s.As(Retailer, ledger.RoleOperator), participant.RegisterDevice, squatted)
	require.NoError(t, err)
	_, err = call(s.As(Carrier, ledger.RoleOperator), participant.RegisterDevice, owners)
	require.NoError(t, err)
}

// pass has organisations approve a proposal, and returns the last answer.
func pass(t *testing.T, s *Scene, id string, msps ...string) (response participant.ApproveResponse) {
	t.Helper()
	for _, msp := range msps {
		var err error
		response, err = approve(s, msp, id)
		require.NoError(t, err)
	}
	return response
}

// Whoever sets an organisation's roots signs its decisions, and whoever makes it
// a reader silences it.
func TestNoMajorityChangesAnOrganisationWithoutItsConsent(t *testing.T) {
	victim := Founders()[2]
	for name, change := range map[string]func(*organisation){
		"identity roots": func(o *organisation) { o.IdentityRoots = []string{certificate(t, true)} },
		"into a reader":  func(o *organisation) { o.Reader, o.Licences = true, nil },
		"no licence":     func(o *organisation) { o.Licences = nil },
		"a shorter term": func(o *organisation) { o.Licences = []participant.Licence{{Prefix: Prefixes[Retailer], To: Begin}} },
		"no GLN":         func(o *organisation) { o.GLNs = nil },
		"another name":   func(o *organisation) { o.Name = "Bankrupt" },
	} {
		t.Run(name, func(t *testing.T) {
			s := New(t)
			changed := victim
			change(&changed)
			id, err := propose(s, Carrier, name, changed)
			require.NoError(t, err)
			response := pass(t, s, id, Carrier, Manufacturer)
			require.False(t, response.Enacted, "two of three are a majority")
			require.Equal(t, []string{Retailer}, response.Consent)
			read, err := query(s, participant.ReadOrganisation, participant.ReadOrganisationRequest{MSP: Retailer})
			require.NoError(t, err)
			require.Equal(t, victim, read.Organisation)
			require.True(t, pass(t, s, id, Retailer).Enacted, "its own to allow")
		})
	}
}

func TestAReaderConsentsToItsOwnChangeAndHasNoVote(t *testing.T) {
	s := New(t)
	writer := Founders()[3]
	writer.Reader, writer.Licences = false, licence("7654321")
	response, err := call(s.As(Carrier, ledger.RoleAdmin), participant.Propose, participant.Proposal{Organisations: []organisation{writer}})
	require.NoError(t, err)
	id := response.Proposal
	require.ElementsMatch(t, []string{Manufacturer, Carrier, Retailer, Regulator}, response.Approvers)
	_, err = call(s.As(Regulator, ledger.RoleAuditor), participant.Approve, participant.ApproveRequest{Proposal: id})
	require.ErrorIs(t, err, fault.RoleRequired)
	require.False(t, pass(t, s, id, Regulator).Enacted)
	_, err = approve(s, Regulator, id)
	require.ErrorIs(t, err, fault.AlreadyRecorded)
	require.False(t, pass(t, s, id, Carrier).Enacted, "a reader's consent is no vote: one of three is no majority")
	require.True(t, pass(t, s, id, Retailer).Enacted)

	s = New(t)
	id, err = propose(s, Carrier, "", writer)
	require.NoError(t, err)
	answer := pass(t, s, id, Carrier, Retailer, Manufacturer)
	require.False(t, answer.Enacted, "nobody is made a writer unasked")
	require.Equal(t, []string{Regulator}, answer.Consent)
	require.True(t, pass(t, s, id, Regulator).Enacted)
}
