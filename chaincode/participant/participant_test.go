package participant_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

type organisation = participant.Organisation

func call[Req, Resp any](c *Caller, rule func(*ledger.Tx, Req) (Resp, error), req Req) (response Resp, err error) {
	err = c.Update(func(tx *ledger.Tx) error {
		response, err = rule(tx, req)
		return err
	})
	return response, err
}

func query[Req, Resp any](s *Scene, rule func(*ledger.Tx, Req) (Resp, error), req Req) (response Resp, err error) {
	err = s.As(Outsider, "").Query(func(tx *ledger.Tx) error {
		response, err = rule(tx, req)
		return err
	})
	return response, err
}

func propose(s *Scene, msp, reason string, organisations ...organisation) (string, error) {
	response, err := call(s.As(msp, ledger.RoleAdmin), participant.Propose, participant.Proposal{Reason: reason, Organisations: organisations})
	return response.Proposal, err
}

func approve(s *Scene, msp, id string) (participant.ApproveResponse, error) {
	return call(s.As(msp, ledger.RoleAdmin), participant.Approve, participant.ApproveRequest{Proposal: id})
}

func licence(prefix string) []participant.Licence { return []participant.Licence{{Prefix: prefix}} }

func TestTheFoundingTakesEffectWhenEachFounderHasApproved(t *testing.T) {
	s := Empty(t)
	id, err := propose(s, Manufacturer, "", Founders()...)
	require.NoError(t, err)
	for _, msp := range []string{Manufacturer, Carrier} {
		response, err := approve(s, msp, id)
		require.NoError(t, err)
		require.False(t, response.Enacted)
		require.Equal(t, 3, response.Needed)
		_, err = query(s, participant.ReadOrganisation, participant.ReadOrganisationRequest{MSP: Manufacturer})
		require.ErrorIs(t, err, fault.NotFound)
	}
	read, err := query(s, participant.ReadProposal, participant.ReadProposalRequest{Proposal: id})
	require.NoError(t, err)
	require.Equal(t, "open", read.State)
	require.Len(t, read.Votes, 2)
	require.Len(t, read.Organisations, 4)

	_, err = approve(s, Regulator, id)
	require.ErrorIs(t, err, fault.NotParticipant, "a reader has no vote")
	_, err = approve(s, Carrier, id)
	require.ErrorIs(t, err, fault.AlreadyRecorded, "one organisation, one vote")
	require.NotEmpty(t, fault.Of(err).Detail["transaction"])
	response, err := approve(s, Retailer, id)
	require.NoError(t, err)
	require.True(t, response.Enacted)
	_, err = approve(s, Retailer, id)
	require.ErrorIs(t, err, fault.Closed)

	page, err := query(s, participant.ListOrganisations, participant.ListOrganisationsRequest{})
	require.NoError(t, err)
	require.Len(t, page.Organisations, 4)
	found, err := query(s, participant.FindParty, participant.FindPartyRequest{GLN: "https://id.gs1.org/414/" + strings.TrimPrefix(GLN(Carrier), "/417/") + "/254/door-3"})
	require.NoError(t, err)
	require.Equal(t, Carrier, found.MSP)
}

func TestOnlyOneOfCompetingFoundingsIsEnacted(t *testing.T) {
	s := Empty(t)
	one, err := propose(s, Manufacturer, "", Founders()...)
	require.NoError(t, err)
	other, err := propose(s, Carrier, "", Founders()[1:3]...)
	require.NoError(t, err)
	_, err = approve(s, Carrier, other)
	require.NoError(t, err)
	for _, msp := range []string{Manufacturer, Carrier, Retailer} {
		_, err = approve(s, msp, one)
		require.NoError(t, err)
	}
	before := s.Ledger.Dump()
	_, err = approve(s, Retailer, other)
	require.ErrorIs(t, err, fault.Closed)
	require.Equal(t, before, s.Ledger.Dump())
}

func TestFoundingsOfDifferentOrganisationsCompeteToo(t *testing.T) {
	s := Empty(t)
	one, err := propose(s, Manufacturer, "", Founders()[:2]...)
	require.NoError(t, err)
	rival := []organisation{{MSP: Retailer, Name: "R"}, {MSP: Outsider, Name: "O"}}
	other, err := propose(s, Retailer, "", rival...)
	require.NoError(t, err)
	_, err = approve(s, Carrier, one)
	require.NoError(t, err)
	_, err = approve(s, Outsider, other)
	require.NoError(t, err)

	last := func(msp, id string) memledger.Transaction {
		sim := s.As(msp, ledger.RoleAdmin).Simulate()
		tx := ledger.Begin(sim)
		response, err := participant.Approve(tx, participant.ApproveRequest{Proposal: id})
		require.NoError(t, err)
		require.True(t, response.Enacted)
		require.NoError(t, tx.Flush())
		return memledger.Transaction{ID: sim.Info().ID, Results: sim.Results()}
	}
	codes := s.Ledger.Commit(last(Manufacturer, one), last(Retailer, other))
	require.Equal(t, []memledger.Code{memledger.Valid, memledger.PhantomConflict}, codes)
	_, err = approve(s, Retailer, other)
	require.ErrorIs(t, err, fault.Closed)
}

func TestACountryIsVotedOnLikeTheRest(t *testing.T) {
	s := New(t)
	country := func(msp string) string {
		read, err := query(s, participant.ReadOrganisation, participant.ReadOrganisationRequest{MSP: msp})
		require.NoError(t, err)
		return read.Country
	}
	require.Empty(t, country(Carrier))
	carrier := Founders()[1]
	carrier.Country = "NL"
	id, err := propose(s, Manufacturer, "moved", carrier)
	require.NoError(t, err)
	read, err := query(s, participant.ReadProposal, participant.ReadProposalRequest{Proposal: id})
	require.NoError(t, err)
	require.Equal(t, "NL", read.Organisations[0].Country)
	_, err = approve(s, Manufacturer, id)
	require.NoError(t, err)
	response, err := approve(s, Retailer, id)
	require.NoError(t, err)
	require.False(t, response.Enacted, "nobody is moved to another jurisdiction without its own consent")
	require.Empty(t, country(Carrier))
	response, err = approve(s, Carrier, id)
	require.NoError(t, err)
	require.True(t, response.Enacted)
	require.Equal(t, "NL", country(Carrier))
}

func TestWhoMayProposeAndWhat(t *testing.T) {
	dupes := Founders()
	dupes[1].GLNs = dupes[0].GLNs
	same := Founders()
	same[1].Licences = same[0].Licences
	twice := append(Founders(), Founders()[0])
	broken := func(change func(*organisation)) []organisation {
		list := Founders()
		change(&list[1])
		return list
	}
	for name, c := range map[string]struct {
		msp, role     string
		organisations []organisation
		code          fault.Code
		field         string
	}{
		"an operator":           {Manufacturer, ledger.RoleOperator, Founders(), fault.RoleRequired, ""},
		"somebody not in it":    {Outsider, ledger.RoleAdmin, Founders(), fault.NotParticipant, ""},
		"a reader":              {Regulator, ledger.RoleAdmin, Founders(), fault.NotParticipant, ""},
		"one alone":             {Manufacturer, ledger.RoleAdmin, Founders()[:1], fault.InvalidRequest, "/organisations"},
		"nobody":                {Manufacturer, ledger.RoleAdmin, nil, fault.InvalidRequest, "/organisations"},
		"a GLN of two":          {Manufacturer, ledger.RoleAdmin, dupes, fault.AlreadyExists, ""},
		"a prefix of two":       {Manufacturer, ledger.RoleAdmin, same, fault.AlreadyExists, ""},
		"an organisation twice": {Manufacturer, ledger.RoleAdmin, twice, fault.InvalidRequest, "/organisations"},
		"a bad MSP id":          {Manufacturer, ledger.RoleAdmin, broken(func(o *organisation) { o.MSP = "a\x00b" }), fault.InvalidRequest, "/organisations/1/msp"},
		"no name":               {Manufacturer, ledger.RoleAdmin, broken(func(o *organisation) { o.Name = "" }), fault.InvalidRequest, "/organisations/1/name"},
		"a country unknown":     {Manufacturer, ledger.RoleAdmin, broken(func(o *organisation) { o.Country = "XX" }), fault.InvalidRequest, "/organisations/1/country"},
		"a country's long code": {Manufacturer, ledger.RoleAdmin, broken(func(o *organisation) { o.Country = "DEU" }), fault.InvalidRequest, "/organisations/1/country"},
		"a country in small":    {Manufacturer, ledger.RoleAdmin, broken(func(o *organisation) { o.Country = "de" }), fault.InvalidRequest, "/organisations/1/country"},
		"two countries":         {Manufacturer, ledger.RoleAdmin, broken(func(o *organisation) { o.Country = "DE FR" }), fault.InvalidRequest, "/organisations/1/country"},
		"a bad role":            {Manufacturer, ledger.RoleAdmin, broken(func(o *organisation) { o.Roles = []string{"King!"} }), fault.InvalidRequest, "/organisations/1/roles"},
		"a bad GLN":             {Manufacturer, ledger.RoleAdmin, broken(func(o *organisation) { o.GLNs = []string{"/417/9506000134351"} }), fault.InvalidIdentifier, "/organisations/1/glns/0"},
		"a GTIN for a GLN":      {Manufacturer, ledger.RoleAdmin, broken(func(o *organisation) { o.GLNs = []string{"/01/09506000134352"} }), fault.InvalidIdentifier, "/organisations/1/glns/0"},
		"a bad prefix":          {Manufacturer, ledger.RoleAdmin, broken(func(o *organisation) { o.Licences = licence("123") }), fault.InvalidRequest, "/organisations/1/licences/0"},
		"an empty licence":      {Manufacturer, ledger.RoleAdmin, broken(func(o *organisation) { o.Licences = licence("") }), fault.InvalidRequest, "/organisations/1/licences/0"},
		"a licence of one item": {Manufacturer, ledger.RoleAdmin, broken(func(o *organisation) { o.Licences = []participant.Licence{{Key: Object(Manufacturer, "X")}} }), fault.InvalidRequest, "/organisations/1/licences/0"},
		"a licence that ends before it begins": {Manufacturer, ledger.RoleAdmin, broken(func(o *organisation) {
			o.Licences = []participant.Licence{{Prefix: "123456", From: Begin, To: Begin.Add(-time.Hour)}}
		}), fault.InvalidRequest, "/organisations/1/licences/0"},
		"a reader with a licence": {Manufacturer, ledger.RoleAdmin, broken(func(o *organisation) { o.Reader = true }), fault.InvalidRequest, "/organisations/1/licences"},
		"a root that is none":     {Manufacturer, ledger.RoleAdmin, broken(func(o *organisation) { o.IdentityRoots = []string{"x"} }), fault.InvalidRequest, "/organisations/1/identityRoots/0"},
		"a root that certifies nobody": {
			Manufacturer, ledger.RoleAdmin, broken(func(o *organisation) { o.IdentityRoots = []string{certificate(t, false)} }),
			fault.InvalidRequest, "/organisations/1/identityRoots/0",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := Empty(t)
			_, err := call(s.As(c.msp, c.role), participant.Propose, participant.Proposal{Organisations: c.organisations})
			require.ErrorIs(t, err, c.code)
			require.Equal(t, c.field, fault.Of(err).Field)
			require.Empty(t, s.Ledger.Dump())
		})
	}
}

func TestAMajorityAdmitsAndChanges(t *testing.T) {
	s := New(t)
	_, err := propose(s, Outsider, "let me in", organisation{MSP: Outsider, Name: "Outsider"})
	require.ErrorIs(t, err, fault.NotParticipant)
	_, err = propose(s, Regulator, "", organisation{MSP: Outsider, Name: "Outsider"})
	require.ErrorIs(t, err, fault.ReaderOnly)
	newcomer := organisation{MSP: Outsider, Name: "Depot", Licences: licence("7654321"), IdentityRoots: []string{certificate(t, true)}}
	id, err := propose(s, Carrier, "", newcomer)
	require.NoError(t, err)
	_, err = propose(s, Retailer, "", newcomer)
	require.ErrorIs(t, err, fault.AlreadyRecorded)

	response, err := approve(s, Carrier, id)
	require.NoError(t, err)
	require.Equal(t, participant.ApproveResponse{Approved: []string{Carrier}, Needed: 2}, response)
	_, err = approve(s, Outsider, id)
	require.ErrorIs(t, err, fault.NotParticipant)
	_, err = approve(s, Regulator, id)
	require.ErrorIs(t, err, fault.ReaderOnly)
	_, err = call(s.As(Retailer, ledger.RoleOperator), participant.Approve, participant.ApproveRequest{Proposal: id})
	require.ErrorIs(t, err, fault.RoleRequired)
	response, err = approve(s, Retailer, id)
	require.NoError(t, err)
	require.True(t, response.Enacted)
	s.MustCapture(Outsider, Commission("/8004/7654321CRATE-1"))
}

func TestAChangeReplacesIndexesAndAnOutdatedProposalIsClosed(t *testing.T) {
	s := New(t)
	stale, err := propose(s, Carrier, "stale", organisation{MSP: Carrier, Name: "Old plans"})
	require.NoError(t, err)
	id, err := propose(s, Carrier, "new prefix", organisation{MSP: Carrier, Name: "Carrier", Licences: licence("7654321")})
	require.NoError(t, err)
	for _, msp := range []string{Carrier, Retailer} {
		_, err = approve(s, msp, id)
		require.NoError(t, err)
	}
	_, err = query(s, participant.FindParty, participant.FindPartyRequest{GLN: GLN(Carrier)})
	require.ErrorIs(t, err, fault.NotFound)
	_, err = s.Capture(Carrier, Commission(Pallet(Carrier, 1)))
	require.ErrorIs(t, err, fault.NotLicensee, "the old prefix is gone")
	_, err = approve(s, Carrier, stale)
	require.ErrorIs(t, err, fault.Closed)
}

func TestAProposalRunsOut(t *testing.T) {
	s := New(t)
	id, err := propose(s, Carrier, "", organisation{MSP: Outsider, Name: "Depot"})
	require.NoError(t, err)
	s.Now = s.Now.Add(participant.Term + time.Second)
	_, err = approve(s, Carrier, id)
	require.ErrorIs(t, err, fault.Closed)
	_, err = approve(s, Carrier, "nonsense")
	require.ErrorIs(t, err, fault.NotFound)
}

func TestNoMajorityGivesAwayALicenceWithoutItsHolder(t *testing.T) {
	s := New(t)
	for _, taken := range []participant.Licence{{Prefix: Prefixes[Manufacturer] + "01"}, {Prefix: Prefixes[Manufacturer][:5]}, {Key: "/01/09506000134352"}} {
		grab := organisation{MSP: Carrier, Name: "Carrier", Licences: []participant.Licence{taken}}
		id, err := propose(s, Carrier, "grab", grab)
		require.NoError(t, err)
		_, err = approve(s, Carrier, id)
		require.NoError(t, err)
		response, err := approve(s, Retailer, id)
		require.NoError(t, err)
		require.False(t, response.Enacted, "two of three are a majority")
		require.Equal(t, []string{Manufacturer}, response.Consent)
	}
	_, err := propose(s, Carrier, "grab", organisation{MSP: Carrier, Name: "Carrier", Licences: []participant.Licence{{Key: "/01/09506000134352"}}})
	require.ErrorIs(t, err, fault.AlreadyRecorded)
	id := fault.Of(err).Detail["proposal"]
	response, err := approve(s, Manufacturer, id)
	require.NoError(t, err)
	require.True(t, response.Enacted, "the holder may lend it")
	// The key comes before the prefix.
	s.MustCapture(Carrier, Commission(Object(Manufacturer, "1")))
	_, err = s.Capture(Manufacturer, Commission(Object(Manufacturer, "2")))
	require.ErrorIs(t, err, fault.NotLicensee)
}

func TestALicenceHoldsBetweenItsDatesByTheLedgersClock(t *testing.T) {
	founders := Founders()
	founders[0].Licences[0].From, founders[0].Licences[0].To = Begin.Add(time.Hour), Begin.Add(2*time.Hour)
	s := Empty(t)
	s.Found(founders...)
	commission := func(after time.Duration, serial string) error {
		s.Now = Begin.Add(after)
		e := Commission(Object(Manufacturer, serial))
		e.Time = Begin.Add(90 * time.Minute).Add(-time.Second) // back-dated, in the last case
		if e.Time.After(s.Now) {
			e.Time = s.Now
		}
		_, err := s.CaptureDocument(Manufacturer, s.Document(e))
		return err
	}
	require.ErrorIs(t, commission(time.Hour-time.Second, "1"), fault.NotLicensee)
	require.NoError(t, commission(time.Hour, "2"))
	require.ErrorIs(t, commission(2*time.Hour, "3"), fault.NotLicensee)
}

func TestTheLongestPrefixWins(t *testing.T) {
	s := Empty(t)
	founders := Founders()
	founders[1].Licences = licence(Prefixes[Manufacturer] + "13")
	s.Found(founders...)
	require.NoError(t, s.As(Outsider, "").Query(func(tx *ledger.Tx) error {
		for path, holder := range map[string]string{Object(Manufacturer, "1"): Carrier, Pallet(Manufacturer, 99): Manufacturer, Pallet(Retailer, 1): Retailer, "/00/100000000000000014": ""} {
			id, err := gs1.Parse(path)
			require.NoError(t, err)
			msp, found, err := participant.Licensee(tx, id)
			require.NoError(t, err)
			require.Equal(t, holder, msp, path)
			require.Equal(t, holder != "", found)
		}
		return nil
	}))
}

func certificate(t *testing.T, authority bool) string {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "ca"}, IsCA: authority, BasicConstraintsValid: true,
		NotBefore: Begin, NotAfter: Begin.AddDate(1, 0, 0),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, public, private)
	require.NoError(t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

func publicKey(t *testing.T, key any) string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	require.NoError(t, err)
	return base64.StdEncoding.EncodeToString(der)
}

func device(t *testing.T) participant.RegisterDeviceRequest {
	t.Helper()
	key, _, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	return participant.RegisterDeviceRequest{
		ID: "urn:epc:id:giai:4012345.LOGGER-7", PublicKey: publicKey(t, key), Algorithm: participant.EdDSA,
		Measures: "Temperature", Unit: "CEL", Accuracy: "0.5", CalibratedUntil: Begin.AddDate(1, 0, 0),
	}
}

func TestADeviceIsRegisteredByTheHolderOfItsPrefixAndRevoked(t *testing.T) {
	s := New(t)
	request := device(t)
	registered, err := call(s.As(Carrier, ledger.RoleGateway), participant.RegisterDevice, request)
	require.NoError(t, err)
	require.Equal(t, "/8004/4012345LOGGER-7", registered.ID)
	require.Equal(t, Carrier, registered.Owner)
	read, err := query(s, participant.ReadDevice, participant.ReadDeviceRequest{ID: registered.ID})
	require.NoError(t, err)
	require.Equal(t, registered, read)
	key, err := read.Key()
	require.NoError(t, err)
	require.IsType(t, ed25519.PublicKey{}, key)

	revoke := func(msp string, since time.Time) error {
		_, err := call(s.As(msp, ledger.RoleOperator), participant.RevokeDevice,
			participant.RevokeDeviceRequest{ID: request.ID, Since: since, Reason: "stolen"})
		return err
	}
	s.Now = s.Now.Add(time.Hour)
	require.ErrorIs(t, revoke(Retailer, time.Time{}), fault.NotLicensee)
	require.ErrorIs(t, revoke(Carrier, s.Now.Add(time.Minute)), fault.TimeAhead)
	require.NoError(t, revoke(Carrier, time.Time{}))
	require.ErrorIs(t, revoke(Carrier, time.Time{}), fault.Closed)
	require.NoError(t, revoke(Carrier, s.Now.Add(-time.Minute)), "known to be earlier")
	read, err = query(s, participant.ReadDevice, participant.ReadDeviceRequest{ID: registered.ID})
	require.NoError(t, err)
	require.True(t, read.RevokedAt(s.Now.Add(-time.Minute)))
	require.False(t, read.RevokedAt(s.Now.Add(-time.Hour)))
}

func TestDevicesThatAreRefused(t *testing.T) {
	rsaLike, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	require.NoError(t, err)
	taken := device(t)
	type change func(*participant.RegisterDeviceRequest)
	for name, c := range map[string]struct {
		msp, role string
		change    change
		code      fault.Code
		field     string
	}{
		"another's prefix":  {Retailer, ledger.RoleOperator, nil, fault.NotLicensee, "/id"},
		"by an auditor":     {Carrier, ledger.RoleAuditor, nil, fault.RoleRequired, ""},
		"by a reader":       {Regulator, ledger.RoleAdmin, nil, fault.ReaderOnly, ""},
		"not an asset":      {Carrier, ledger.RoleOperator, func(r *participant.RegisterDeviceRequest) { r.ID = Object(Carrier, "1") }, fault.InvalidIdentifier, "/id"},
		"a class of assets": {Carrier, ledger.RoleOperator, func(r *participant.RegisterDeviceRequest) { r.ID = "urn:epc:idpat:grai:4012345.00001.*" }, fault.InvalidIdentifier, "/id"},
		"no identifier":     {Carrier, ledger.RoleOperator, func(r *participant.RegisterDeviceRequest) { r.ID = "logger 7" }, fault.InvalidIdentifier, "/id"},
		"registered before": {Carrier, ledger.RoleOperator, func(r *participant.RegisterDeviceRequest) { r.ID = taken.ID }, fault.AlreadyExists, "/id"},
		"another's key":     {Carrier, ledger.RoleOperator, func(r *participant.RegisterDeviceRequest) { r.PublicKey = taken.PublicKey }, fault.AlreadyExists, "/publicKey"},
		"another's key, respelled": {
			Carrier, ledger.RoleOperator, func(r *participant.RegisterDeviceRequest) {
				r.PublicKey = taken.PublicKey[:9] + "\n" + taken.PublicKey[9:]
			},
			fault.AlreadyExists, "/publicKey",
		},
		"no key": {Carrier, ledger.RoleOperator, func(r *participant.RegisterDeviceRequest) { r.PublicKey = "AAAA" }, fault.InvalidRequest, "/publicKey"},
		"another curve": {Carrier, ledger.RoleOperator, func(r *participant.RegisterDeviceRequest) {
			r.PublicKey, r.Algorithm = publicKey(t, &rsaLike.PublicKey), "ES256"
		}, fault.InvalidRequest, "/algorithm"},
		"the wrong algorithm": {Carrier, ledger.RoleOperator, func(r *participant.RegisterDeviceRequest) { r.Algorithm = "ES256" }, fault.InvalidRequest, "/algorithm"},
		"no unit":             {Carrier, ledger.RoleOperator, func(r *participant.RegisterDeviceRequest) { r.Unit = "" }, fault.InvalidRequest, "/unit"},
		"no measure":          {Carrier, ledger.RoleOperator, func(r *participant.RegisterDeviceRequest) { r.Measures = "" }, fault.InvalidRequest, "/measures"},
		"a float's accuracy":  {Carrier, ledger.RoleOperator, func(r *participant.RegisterDeviceRequest) { r.Accuracy = "5e-1" }, fault.InvalidRequest, "/accuracy"},
		"no calibration":      {Carrier, ledger.RoleOperator, func(r *participant.RegisterDeviceRequest) { r.CalibratedUntil = time.Time{} }, fault.InvalidRequest, "/calibratedUntil"},
	} {
		t.Run(name, func(t *testing.T) {
			s := New(t)
			_, err := call(s.As(Carrier, ledger.RoleOperator), participant.RegisterDevice, taken)
			require.NoError(t, err)
			before := s.Ledger.Dump()
			request := device(t)
			request.ID = "urn:epc:id:giai:4012345.LOGGER-8"
			if c.change != nil {
				c.change(&request)
			}
			_, err = call(s.As(c.msp, c.role), participant.RegisterDevice, request)
			require.ErrorIs(t, err, c.code)
			require.Equal(t, c.field, fault.Of(err).Field)
			require.Equal(t, before, s.Ledger.Dump())
		})
	}
}
