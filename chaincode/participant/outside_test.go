package participant_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

const pharmacy = "/417/7612345000060" // under nobody's licence

func register(s *Scene, msp, gln, name string) (participant.Party, error) {
	return call(s.As(msp, ledger.RoleAdmin), participant.RegisterParty, participant.RegisterPartyRequest{GLN: gln, Name: name})
}

func find(s *Scene, gln string) (participant.FindPartyResponse, error) {
	return query(s, participant.FindParty, participant.FindPartyRequest{GLN: gln})
}

func parties(t *testing.T, s *Scene, paths ...string) (found []participant.Party, organisations []*participant.Participant) {
	t.Helper()
	require.NoError(t, s.As(Carrier, "").Query(func(tx *ledger.Tx) (err error) {
		if found, err = participant.Parties(tx, paths); err != nil {
			return err
		}
		organisations, err = participant.ByParty(tx, paths)
		return err
	}))
	return found, organisations
}

func TestAPartyOutsideIsOnRecordWithItsSponsor(t *testing.T) {
	s := New(t)
	registered, err := register(s, Retailer, "https://id.gs1.org/414"+strings.TrimPrefix(pharmacy, "/417")+"/254/door-1", "Pharmacy")
	require.NoError(t, err)
	want := participant.Party{GLN: pharmacy, MSP: Retailer, Outside: true, Name: "Pharmacy", Registered: Begin}
	require.Equal(t, want, registered)

	found, err := find(s, pharmacy)
	require.NoError(t, err)
	require.Equal(t, want, found.Party)
	require.Equal(t, Retailer, found.Organisation.MSP)
	own, err := find(s, GLN(Carrier))
	require.NoError(t, err)
	require.Equal(t, participant.Party{GLN: GLN(Carrier), MSP: Carrier, Name: "Carrier"}, own.Party)

	regulator := Founders()[3].GLNs[0]
	list, organisations := parties(t, s, regulator, pharmacy, "/417/7612345000077", GLN(Carrier), pharmacy)
	require.Equal(t, []participant.Party{
		{GLN: regulator, MSP: Regulator, Name: "Regulator", Reader: true}, want, {}, own.Party, want,
	}, list)
	require.Nil(t, organisations[1], "the sponsor is not the party")
	require.Equal(t, Carrier, organisations[3].MSP)

	s.Now = s.Now.Add(time.Hour)
	renamed, err := register(s, Retailer, pharmacy, "Pharmacy at the Station")
	require.NoError(t, err)
	want.Name = "Pharmacy at the Station"
	require.Equal(t, want, renamed, "on record since it was first registered")
}

func TestPartiesThatAreRefused(t *testing.T) {
	taken := "/417/7612345000077"
	for name, c := range map[string]struct {
		msp, role, gln, name string
		code                 fault.Code
		field                string
	}{
		"by an operator":          {Retailer, ledger.RoleOperator, pharmacy, "P", fault.RoleRequired, ""},
		"by a reader":             {Regulator, ledger.RoleAdmin, pharmacy, "P", fault.ReaderOnly, ""},
		"by a stranger":           {Outsider, ledger.RoleAdmin, pharmacy, "P", fault.NotParticipant, ""},
		"without a name":          {Retailer, ledger.RoleAdmin, pharmacy, "", fault.InvalidRequest, "/name"},
		"with a name too long":    {Retailer, ledger.RoleAdmin, pharmacy, strings.Repeat("x", participant.MaxName+1), fault.InvalidRequest, "/name"},
		"no GLN":                  {Retailer, ledger.RoleAdmin, "/417/7612345000061", "P", fault.InvalidIdentifier, "/gln"},
		"a GTIN":                  {Retailer, ledger.RoleAdmin, item, "P", fault.InvalidIdentifier, "/gln"},
		"an organisation":         {Retailer, ledger.RoleAdmin, GLN(Carrier), "P", fault.AlreadyExists, "/gln"},
		"the sponsor itself":      {Retailer, ledger.RoleAdmin, GLN(Retailer), "P", fault.AlreadyExists, "/gln"},
		"another sponsor's":       {Retailer, ledger.RoleAdmin, taken, "P", fault.AlreadyExists, "/gln"},
		"under another's licence": {Retailer, ledger.RoleAdmin, Site(Carrier), "P", fault.NotLicensee, "/gln"},
	} {
		t.Run(name, func(t *testing.T) {
			s := New(t)
			_, err := register(s, Carrier, taken, "Taken")
			require.NoError(t, err)
			before := s.Ledger.Dump()
			_, err = call(s.As(c.msp, c.role), participant.RegisterParty, participant.RegisterPartyRequest{GLN: c.gln, Name: c.name})
			require.ErrorIs(t, err, c.code)
			require.Equal(t, c.field, fault.Of(err).Field)
			require.Equal(t, before, s.Ledger.Dump())
		})
	}
}

// A GLN is its licence holder's to give: to itself as sponsor, or by delegation.
func TestALicenceHolderSponsorsOrDelegatesItsOwnGLNs(t *testing.T) {
	s := New(t)
	depot := "/417" + strings.TrimPrefix(Site(Carrier), "/414")
	require.NoError(t, delegate(s, Carrier, participant.DelegateRequest{Key: depot, Delegate: Retailer}))
	_, err := register(s, Retailer, depot, "Depot")
	require.NoError(t, err)
	_, err = register(s, Carrier, "/417/4012345000030", "Yard")
	require.NoError(t, err)
}

func TestOnlyItsSponsorEndsAParty(t *testing.T) {
	s := New(t)
	end := func(msp, role, gln string) error {
		_, err := call(s.As(msp, role), participant.EndParty, participant.EndPartyRequest{GLN: gln})
		return err
	}
	require.ErrorIs(t, end(Retailer, ledger.RoleAdmin, pharmacy), fault.NotFound)
	_, err := register(s, Retailer, pharmacy, "Pharmacy")
	require.NoError(t, err)
	require.ErrorIs(t, end(Retailer, ledger.RoleOperator, pharmacy), fault.RoleRequired)
	require.ErrorIs(t, end(Carrier, ledger.RoleAdmin, pharmacy), fault.NotOwner)
	require.ErrorIs(t, end(Carrier, ledger.RoleAdmin, GLN(Carrier)), fault.NotOwner, "an organisation's own GLN changes by proposal")
	require.ErrorIs(t, end(Carrier, ledger.RoleAdmin, "x"), fault.InvalidIdentifier)
	require.NoError(t, end(Retailer, ledger.RoleAdmin, pharmacy))
	_, err = find(s, pharmacy)
	require.ErrorIs(t, err, fault.NotFound)
	_, err = register(s, Carrier, pharmacy, "Pharmacy")
	require.NoError(t, err, "free for another sponsor")
}

// Whoever registers a GLN first has what is bound for it: not for ever.
func TestAProposalTakesAGLNFromWhoeverSquatsOnIt(t *testing.T) {
	s := New(t)
	newcomer := organisation{MSP: Outsider, Name: "Pharmacy", GLNs: []string{pharmacy}}
	id, err := propose(s, Manufacturer, "", newcomer)
	require.NoError(t, err)
	_, err = register(s, Retailer, pharmacy, "while the vote is open")
	require.NoError(t, err)
	pass(t, s, id, Manufacturer)
	require.True(t, pass(t, s, id, Carrier).Enacted, "the squatter is not asked")
	found, err := find(s, pharmacy)
	require.NoError(t, err)
	require.Equal(t, participant.Party{GLN: pharmacy, MSP: Outsider, Name: "Pharmacy"}, found.Party)
	_, organisations := parties(t, s, pharmacy)
	require.Equal(t, Outsider, organisations[0].MSP)

	_, err = register(s, Retailer, pharmacy, "again")
	require.ErrorIs(t, err, fault.AlreadyExists)
	_, err = call(s.As(Retailer, ledger.RoleAdmin), participant.EndParty, participant.EndPartyRequest{GLN: pharmacy})
	require.ErrorIs(t, err, fault.NotOwner)
}
