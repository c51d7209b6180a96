package disclosure_test

import (
	"encoding/hex"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/disclosure"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/personal"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

func TestAReadersRequestIsCarriedByAnybodyAndChangedByNobody(t *testing.T) {
	w := newWorld(t)
	r := w.publish()
	auditor := w.person(Regulator, ledger.RoleAuditor)
	carried := w.carried(auditor, w.statement(r, "case-17"))
	s := must(w, Carrier, ledger.RoleOperator, disclosure.CarryRequest, carried)
	require.Equal(t, Regulator+"/case-17", s.ID)
	require.Equal(t, Regulator, s.Recipient)
	require.Equal(t, Carrier, s.Carrier)
	require.Equal(t, Regulator, s.By.MSP)
	require.Contains(t, s.By.Subject, auditor.certificate.Subject.CommonName)
	require.Empty(t, s.Votes, "who carries says nothing by it")
	require.Equal(t, s, w.status(s.ID))

	signed, err := query(w, Regulator, disclosure.ReadSignedRequest, ref(s.ID))
	require.NoError(t, err)
	require.Equal(t, carried.Signature, signed.Signature)
	again, err := disclosure.RequestBytes(channel, signed.Statement)
	require.NoError(t, err)
	before, err := disclosure.RequestBytes(channel, carried.Statement)
	require.NoError(t, err)
	require.Equal(t, before, again, "what is on record is what was signed")
	_, err = query(w, Regulator, disclosure.ReadSignedRequest, ref("x"))
	require.ErrorIs(t, err, fault.NotFound)

	w.Now = w.Now.AddDate(2, 0, 0) // certificate and request have expired
	_, err = call(w, Retailer, ledger.RoleOperator, disclosure.CarryRequest, carried)
	require.ErrorIs(t, err, fault.AlreadyRecorded)
}

// The bytes to sign are of the documented form, so that any program can make them.
func TestTheBytesOfAStatementAreThoseDocumented(t *testing.T) {
	record := "Zk3uR7yQp1sVtBnX9cLmW0aHdEfGjKoI5x8T2v4wYzA"
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.FixedZone("", 3600))
	request, err := disclosure.RequestBytes("supplychain", disclosure.Statement{
		Organisation: Regulator, Name: "case-17", Time: at, Terms: disclosure.Terms{
			Record: record, Fields: []string{"/origin/country", "/price"}, Until: at.AddDate(0, 3, 0),
			Purpose: disclosure.Purpose{Code: "investigation", Text: "<case>"}, LegalBasis: disclosure.LegalBasis{Code: "publicTask"},
		},
	})
	require.NoError(t, err)
	require.Equal(t, `{"channel":"supplychain","fields":["/origin/country","/price"],"legalBasis":{"code":"publicTask"},"name":"case-17",`+
		`"organisation":"RegulatorMSP","purpose":{"code":"investigation","text":"<case>"},"record":"`+record+`",`+
		`"time":"2026-03-01T08:00:00.000Z","type":"countersign.disclosurerequest.v1","until":"2026-06-01T08:00:00.000Z"}`, string(request))
	hash := hex.EncodeToString(make([]byte, 32))
	word, err := disclosure.AcknowledgementBytes("supplychain", disclosure.AcknowledgementStatement{
		Organisation: Regulator, Time: at, Finding: disclosure.Finding{Request: "RegulatorMSP/case-17", Hash: hash, Verdict: disclosure.Disputed, Reason: "forged"},
	})
	require.NoError(t, err)
	require.Equal(t, `{"channel":"supplychain","hash":"`+hash+`","organisation":"RegulatorMSP","reason":"forged","request":"RegulatorMSP/case-17",`+
		`"time":"2026-03-01T08:00:00.000Z","type":"countersign.acknowledgement.v1","verdict":"disputed"}`, string(word))
}

func TestACarriedRequestThatIsNotTheReadersOwnIsRefused(t *testing.T) {
	w := newWorld(t)
	r := w.publish()
	german := w.publish(func(m *confidential.Manifest) {
		m.Transfer = &confidential.Transfer{Rule: "NL only", Countries: []string{"NL"}}
	})
	auditor := w.person(Regulator, ledger.RoleAuditor)
	must(w, Carrier, ledger.RoleOperator, disclosure.CarryRequest, w.carried(auditor, w.statement(r, "known")))
	lost := w.person(Regulator, ledger.RoleQuality)
	w.revoke(lost)

	type request = disclosure.CarryRequestRequest
	for name, c := range map[string]struct {
		msp, role string
		by        signatory
		before    func(*disclosure.Statement)
		after     func(*request)
		code      fault.Code
	}{
		"carried by a reader":    {Regulator, ledger.RoleAdmin, auditor, nil, nil, fault.ReaderOnly},
		"carried by an auditor":  {Carrier, ledger.RoleAuditor, auditor, nil, nil, fault.RoleRequired},
		"carried by an outsider": {Outsider, ledger.RoleOperator, auditor, nil, nil, fault.NotParticipant},
		"signed by an operator":  {Carrier, ledger.RoleOperator, w.person(Regulator, ledger.RoleOperator), nil, nil, fault.RoleRequired},
		"signed by another's":    {Carrier, ledger.RoleOperator, w.person(Carrier, ledger.RoleAuditor), nil, nil, fault.NotIndependent},
		"signed by one revoked":  {Carrier, ledger.RoleOperator, lost, nil, nil, fault.BadSignature},
		"of an organisation that writes": {
			Carrier, ledger.RoleOperator, w.person(Retailer, ledger.RoleAuditor),
			func(s *disclosure.Statement) { s.Organisation = Retailer }, nil, fault.InvalidRequest,
		},
		"of nobody on record": {
			Carrier, ledger.RoleOperator, auditor,
			func(s *disclosure.Statement) { s.Organisation = Outsider }, nil, fault.NotParticipant,
		},
		"of no organisation":      {Carrier, ledger.RoleOperator, auditor, nil, func(r *request) { r.Statement.Organisation = "" }, fault.InvalidRequest},
		"no name":                 {Carrier, ledger.RoleOperator, auditor, nil, func(r *request) { r.Statement.Name = "" }, fault.InvalidRequest},
		"no time":                 {Carrier, ledger.RoleOperator, auditor, nil, func(r *request) { r.Statement.Time = time.Time{} }, fault.InvalidRequest},
		"dated ahead":             {Carrier, ledger.RoleOperator, auditor, func(s *disclosure.Statement) { s.Time = w.Now.Add(16 * time.Minute) }, nil, fault.TimeAhead},
		"other fields":            {Carrier, ledger.RoleOperator, auditor, nil, func(r *request) { r.Statement.Fields = []string{"/price"} }, fault.BadSignature},
		"another purpose":         {Carrier, ledger.RoleOperator, auditor, nil, func(r *request) { r.Statement.Purpose.Code = "customs" }, fault.BadSignature},
		"another text":            {Carrier, ledger.RoleOperator, auditor, nil, func(r *request) { r.Statement.Purpose.Text = "x" }, fault.BadSignature},
		"another legal basis":     {Carrier, ledger.RoleOperator, auditor, nil, func(r *request) { r.Statement.LegalBasis.Code = "consent" }, fault.BadSignature},
		"another reference":       {Carrier, ledger.RoleOperator, auditor, nil, func(r *request) { r.Statement.LegalBasis.Reference = "x" }, fault.BadSignature},
		"a longer term":           {Carrier, ledger.RoleOperator, auditor, nil, func(r *request) { r.Statement.Until = r.Statement.Until.AddDate(1, 0, 0) }, fault.BadSignature},
		"another time":            {Carrier, ledger.RoleOperator, auditor, nil, func(r *request) { r.Statement.Time = w.Now }, fault.BadSignature},
		"another name":            {Carrier, ledger.RoleOperator, auditor, nil, func(r *request) { r.Statement.Name = "r-2" }, fault.BadSignature},
		"another record":          {Carrier, ledger.RoleOperator, auditor, nil, func(r *request) { r.Statement.Record = german.ID }, fault.BadSignature},
		"no certificate":          {Carrier, ledger.RoleOperator, auditor, nil, func(r *request) { r.Certificate = "" }, fault.InvalidRequest},
		"another of that name":    {Carrier, ledger.RoleOperator, auditor, func(s *disclosure.Statement) { s.Name = "known" }, func(r *request) { r.Statement.Fields = []string{"/price"} }, fault.AlreadyExists},
		"where it may not go":     {Carrier, ledger.RoleOperator, auditor, func(s *disclosure.Statement) { s.Record = german.ID }, nil, fault.Jurisdiction},
		"signed when it was over": {Carrier, ledger.RoleOperator, auditor, func(s *disclosure.Statement) { s.Until = w.Now }, nil, fault.InvalidRequest},
	} {
		t.Run(name, func(t *testing.T) {
			before := w.Ledger.Dump()
			s := w.statement(r, "r")
			if c.before != nil {
				c.before(&s)
			}
			req := w.carried(c.by, s)
			if c.after != nil {
				c.after(&req)
			}
			_, err := call(w, c.msp, c.role, disclosure.CarryRequest, req)
			require.ErrorIs(t, err, c.code)
			require.Equal(t, before, w.Ledger.Dump())
		})
	}
	elsewhere := w.statement(r, "r")
	message, err := disclosure.RequestBytes("another", elsewhere)
	_, refused := call(w, Carrier, ledger.RoleOperator, disclosure.CarryRequest, request{Statement: elsewhere, Proof: auditor.sign(t, message, err)})
	require.ErrorIs(t, refused, fault.BadSignature, "signed for another channel")
}

func TestAReadersAcknowledgementIsCarried(t *testing.T) {
	w := newWorld(t)
	r := w.publish()
	auditor := w.person(Regulator, ledger.RoleAuditor)
	id := must(w, Carrier, ledger.RoleOperator, disclosure.CarryRequest, w.carried(auditor, w.statement(r, "case"))).ID
	require.NoError(t, w.vote(Manufacturer, id, true))
	require.NoError(t, w.deliver(r, id))
	hash := must(w, Manufacturer, ledger.RoleOperator, disclosure.RecordDelivery, ref(id)).Hash

	type request = disclosure.CarryAcknowledgementRequest
	signed := func(by signatory, onChannel string, change func(*disclosure.AcknowledgementStatement)) request {
		s := disclosure.AcknowledgementStatement{Organisation: Regulator, Finding: finding(id, hash), Time: w.Now}
		if change != nil {
			change(&s)
		}
		message, err := disclosure.AcknowledgementBytes(onChannel, s)
		return request{Statement: s, Proof: by.sign(t, message, err)}
	}
	changed := signed(auditor, channel, nil)
	changed.Statement.Verdict, changed.Statement.Reason = disclosure.Disputed, "forged"
	late := signed(auditor, channel, func(s *disclosure.AcknowledgementStatement) { s.Time = w.Now.Add(time.Hour) })
	dispute := signed(auditor, channel, nil)
	dispute.Statement.Verdict = disclosure.Disputed
	nobody, timeless := signed(auditor, channel, nil), signed(auditor, channel, nil)
	nobody.Statement.Organisation, timeless.Statement.Time = "", time.Time{}
	for name, c := range map[string]struct {
		msp  string
		req  request
		code fault.Code
	}{
		"carried by a reader":     {Regulator, signed(auditor, channel, nil), fault.ReaderOnly},
		"signed by an operator":   {Carrier, signed(w.person(Regulator, ledger.RoleOperator), channel, nil), fault.RoleRequired},
		"signed by another's":     {Carrier, signed(w.person(Carrier, ledger.RoleAuditor), channel, nil), fault.NotIndependent},
		"signed for elsewhere":    {Carrier, signed(auditor, "another", nil), fault.BadSignature},
		"changed":                 {Carrier, changed, fault.BadSignature},
		"dated ahead":             {Carrier, late, fault.TimeAhead},
		"a dispute without why":   {Carrier, dispute, fault.InvalidRequest},
		"of nobody":               {Carrier, nobody, fault.InvalidRequest},
		"without time":            {Carrier, timeless, fault.InvalidRequest},
		"of another organisation": {Carrier, signed(w.person(Retailer, ledger.RoleAuditor), channel, func(s *disclosure.AcknowledgementStatement) { s.Organisation = Retailer }), fault.NotParty},
		"of another delivery":     {Carrier, signed(auditor, channel, func(s *disclosure.AcknowledgementStatement) { s.Hash = hexHash(nil) }), fault.HashMismatch},
	} {
		_, err := call(w, c.msp, ledger.RoleOperator, disclosure.CarryAcknowledgement, c.req)
		require.ErrorIs(t, err, c.code, name)
	}
	good := signed(auditor, channel, nil)
	must(w, Retailer, ledger.RoleOperator, disclosure.CarryAcknowledgement, good)
	a := w.status(id).Acknowledgement
	require.Equal(t, Regulator, a.By.MSP)
	require.Equal(t, Retailer, a.Carried.Carrier)
	require.Equal(t, good.Signature, a.Carried.Signature)
	_, err := call(w, Carrier, ledger.RoleOperator, disclosure.CarryAcknowledgement, good)
	require.ErrorIs(t, err, fault.AlreadyRecorded)
}

// revocation signs that a certificate of the regulator's counts no longer.
func (w *world) revocation(by signatory, of signatory, change func(*personal.Revocation)) personal.CarryRevocationRequest {
	w.t.Helper()
	issuer, serial := participant.CertificateName(of.certificate)
	s := personal.Revocation{Organisation: Regulator, Issuer: issuer, Serial: serial, Reason: "card lost", Time: w.Now}
	if change != nil {
		change(&s)
	}
	message, err := personal.RevocationBytes(channel, s)
	return personal.CarryRevocationRequest{Statement: s, Proof: by.sign(w.t, message, err)}
}

func (w *world) revoke(of signatory) {
	w.t.Helper()
	must(w, Carrier, ledger.RoleOperator, personal.CarryRevocation, w.revocation(w.person(Regulator, ledger.RoleAdmin), of, nil))
}

func TestAReaderRevokesThroughAnotherAndForItselfOnly(t *testing.T) {
	w := newWorld(t)
	admin, lost, other := w.person(Regulator, ledger.RoleAdmin), w.person(Regulator, ledger.RoleAuditor), w.person(Carrier, ledger.RoleAdmin)
	foreign := func(s *personal.Revocation) { s.Organisation = Carrier }
	changed := w.revocation(admin, lost, nil)
	changed.Statement.Serial = "ff"
	message, err := personal.RevocationBytes("another", w.revocation(admin, lost, nil).Statement)
	elsewhere := personal.CarryRevocationRequest{Statement: w.revocation(admin, lost, nil).Statement, Proof: admin.sign(t, message, err)}
	broken := func(change func(*personal.Revocation)) personal.CarryRevocationRequest {
		req := w.revocation(admin, lost, nil)
		change(&req.Statement)
		return req
	}
	for name, c := range map[string]struct {
		msp  string
		req  personal.CarryRevocationRequest
		code fault.Code
	}{
		"carried by a reader":        {Regulator, w.revocation(admin, lost, nil), fault.ReaderOnly},
		"signed by an auditor":       {Carrier, w.revocation(lost, admin, nil), fault.RoleRequired},
		"signed by another's":        {Carrier, w.revocation(other, lost, nil), fault.NotIndependent},
		"for who writes":             {Retailer, w.revocation(other, other, foreign), fault.InvalidRequest},
		"for another, by the reader": {Retailer, w.revocation(admin, other, foreign), fault.InvalidRequest},
		"changed":                    {Carrier, changed, fault.BadSignature},
		"signed for elsewhere":       {Carrier, elsewhere, fault.BadSignature},
		"dated ahead":                {Carrier, w.revocation(admin, lost, func(s *personal.Revocation) { s.Time = w.Now.Add(time.Hour) }), fault.TimeAhead},
		"since a time ahead":         {Carrier, w.revocation(admin, lost, func(s *personal.Revocation) { s.Since = w.Now.Add(time.Minute) }), fault.TimeAhead},
		"no reason":                  {Carrier, broken(func(s *personal.Revocation) { s.Reason = "" }), fault.InvalidRequest},
		"no certificate":             {Carrier, broken(func(s *personal.Revocation) { s.Serial = "" }), fault.InvalidRequest},
		"no organisation":            {Carrier, broken(func(s *personal.Revocation) { s.Organisation = "" }), fault.InvalidRequest},
		"no time":                    {Carrier, broken(func(s *personal.Revocation) { s.Time = time.Time{} }), fault.InvalidRequest},
		"a time too fine":            {Carrier, broken(func(s *personal.Revocation) { s.Since = w.Now.Add(1) }), fault.InvalidRequest},
	} {
		_, err := call(w, c.msp, ledger.RoleOperator, personal.CarryRevocation, c.req)
		require.ErrorIs(t, err, c.code, name)
	}
	good := w.revocation(admin, lost, nil)
	revoked := must(w, Carrier, ledger.RoleOperator, personal.CarryRevocation, good)
	require.Equal(t, Regulator, revoked.MSP)
	require.Equal(t, Carrier, revoked.Carried.Carrier)
	require.Equal(t, good.Signature, revoked.Carried.Signature)
	_, err = call(w, Retailer, ledger.RoleOperator, personal.CarryRevocation, good)
	require.ErrorIs(t, err, fault.AlreadyExists)
	page, err := query(w, Regulator, participant.ListRevokedCertificates, participant.ListRevokedCertificatesRequest{MSP: Regulator})
	require.NoError(t, err)
	require.True(t, slices.ContainsFunc(page.Certificates, func(r participant.RevokedCertificate) bool { return r.Serial == revoked.Serial }))

	_, err = call(w, Carrier, ledger.RoleOperator, disclosure.CarryRequest, w.carried(lost, w.statement(w.publish(), "r")))
	require.ErrorIs(t, err, fault.BadSignature)
	w.revoke(admin)
	_, err = call(w, Carrier, ledger.RoleOperator, personal.CarryRevocation, w.revocation(admin, w.person(Regulator, ledger.RoleQuality), nil))
	require.ErrorIs(t, err, fault.BadSignature, "who is revoked revokes nobody")
}
