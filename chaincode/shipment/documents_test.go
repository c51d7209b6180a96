package shipment_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

var digest = strings.Repeat("ab", 32)

func link(s *Scene, msp string, change func(*product.LinkDocumentRequest), subject string) (product.Document, error) {
	req := product.LinkDocumentRequest{Subject: subject, SHA256: digest, Kind: product.CertificateDocument, MediaType: "application/pdf"}
	if change != nil {
		change(&req)
	}
	return perform(s, msp, ledger.RoleOperator, product.LinkDocument, req)
}

func documents(t *testing.T, s *Scene, subject string) []product.Document {
	t.Helper()
	page, err := consult(s, product.ListDocuments, product.ListDocumentsRequest{Subject: subject})
	require.NoError(t, err)
	return page.Documents
}

func TestDocumentsAreLinkedToObjectsLotsClassesAndEvents(t *testing.T) {
	s := New(t)
	one := Object(Manufacturer, "1")
	event := s.MustCapture(Manufacturer, inLot("L1", one)).Events[0].Event
	hash, err := product.EventHash(event)
	require.NoError(t, err)
	for subject, spelled := range map[string]string{
		one: gs1.Authority + one, lotted(Manufacturer, "L1"): lotted(Manufacturer, "L1"), class(Manufacturer): class(Manufacturer), event: hash,
	} {
		d, err := link(s, Retailer, func(r *product.LinkDocumentRequest) {
			r.Issuer, r.MediaType, r.SHA256 = "urn:epc:id:pgln:4012345.00000", "Application/PDF", strings.ToUpper(digest)
			r.ValidUntil, r.Location, r.Title = "2027-12-31", "https://docs.example.com/1.pdf", "It conforms"
		}, spelled)
		require.NoError(t, err)
		require.Equal(t, product.Document{
			V: product.Version, Subject: subject, SHA256: digest, Author: Retailer, Kind: product.CertificateDocument, MediaType: "application/pdf",
			Title: "It conforms", Issuer: "/417/4012345000009", ValidUntil: "2027-12-31", Location: "https://docs.example.com/1.pdf",
			Linked: s.Now, Transaction: d.Transaction,
		}, d)
		require.Equal(t, []product.Document{d}, documents(t, s, spelled))
	}
	_, err = link(s, Carrier, nil, one)
	require.NoError(t, err, "the same document by another is a claim of its own")
	found := documents(t, s, one)
	require.Equal(t, []string{Carrier, Retailer}, []string{found[0].Author, found[1].Author})
	page, err := consult(s, product.ListDocuments, product.ListDocumentsRequest{Subject: one, Size: 1})
	require.NoError(t, err)
	require.Len(t, page.Documents, 1)
	require.NotEmpty(t, page.Bookmark)
}

func TestADocumentIsWithdrawnByItsAuthorAloneAndStaysOnRecord(t *testing.T) {
	s := New(t)
	one := Object(Manufacturer, "1")
	s.MustCapture(Manufacturer, Commission(one))
	first, err := link(s, Manufacturer, nil, one)
	require.NoError(t, err)
	_, err = link(s, Manufacturer, nil, one)
	require.ErrorIs(t, err, fault.AlreadyRecorded)
	require.Equal(t, first.Transaction, fault.Of(err).Detail["transaction"])
	_, err = link(s, Manufacturer, func(r *product.LinkDocumentRequest) { r.Title = "other" }, one)
	require.ErrorIs(t, err, fault.AlreadyExists)

	withdraw := func(msp, role string) (product.Document, error) {
		return perform(s, msp, role, product.WithdrawDocument, product.WithdrawDocumentRequest{Subject: one, SHA256: digest, Reason: "revoked"})
	}
	_, err = withdraw(Retailer, ledger.RoleAdmin)
	require.ErrorIs(t, err, fault.NotFound, "another's")
	_, err = withdraw(Manufacturer, ledger.RoleAuditor)
	require.ErrorIs(t, err, fault.RoleRequired)
	_, err = withdraw(Regulator, ledger.RoleOperator)
	require.ErrorIs(t, err, fault.ReaderOnly)
	require.Nil(t, documents(t, s, one)[0].Withdrawn)
	gone, err := withdraw(Manufacturer, ledger.RoleOperator)
	require.NoError(t, err)
	require.Equal(t, []product.Document{gone}, documents(t, s, one))
	require.Equal(t, first.Linked, gone.Linked)
	_, err = withdraw(Manufacturer, ledger.RoleOperator)
	require.ErrorIs(t, err, fault.AlreadyRecorded)

	again, err := link(s, Manufacturer, func(r *product.LinkDocumentRequest) { r.Title = "other" }, one)
	require.NoError(t, err, "what was withdrawn may be linked anew")
	require.Nil(t, again.Withdrawn)
}

func TestWhatADocumentSaysIsBounded(t *testing.T) {
	s := New(t)
	one := Object(Manufacturer, "1")
	s.MustCapture(Manufacturer, Commission(one))
	type request = product.LinkDocumentRequest
	for name, c := range map[string]struct {
		change func(*request)
		code   fault.Code
		field  string
	}{
		"an object that is not on record": {func(r *request) { r.Subject = Object(Manufacturer, "NONE") }, fault.NotFound, "/subject"},
		"an event that is not on record":  {func(r *request) { r.Subject = digest }, fault.NotFound, "/subject"},
		"a place":                         {func(r *request) { r.Subject = Site(Manufacturer) }, fault.Unsupported, "/subject"},
		"nothing":                         {func(r *request) { r.Subject = "" }, fault.InvalidIdentifier, "/subject"},
		"a short hash":                    {func(r *request) { r.SHA256 = "abcd" }, fault.InvalidRequest, "/sha256"},
		"a hash that is none":             {func(r *request) { r.SHA256 = strings.Repeat("zz", 32) }, fault.InvalidRequest, "/sha256"},
		"no kind":                         {func(r *request) { r.Kind = "" }, fault.InvalidRequest, "/kind"},
		"an unknown kind":                 {func(r *request) { r.Kind = "love letter" }, fault.InvalidRequest, "/kind"},
		"no media type":                   {func(r *request) { r.MediaType = "" }, fault.InvalidRequest, "/mediaType"},
		"parameters":                      {func(r *request) { r.MediaType = "text/plain; charset=x" }, fault.InvalidRequest, "/mediaType"},
		"a long media type":               {func(r *request) { r.MediaType = "text/" + strings.Repeat("x", 101) }, fault.InvalidRequest, "/mediaType"},
		"no day":                          {func(r *request) { r.ValidUntil = "2027-02-30" }, fault.InvalidRequest, "/validUntil"},
		"a long title":                    {func(r *request) { r.Title = strings.Repeat("x", 201) }, fault.LimitExceeded, "/title"},
		"a title that turns text around":  {func(r *request) { r.Title = "a\x1b[7m" }, fault.InvalidRequest, "/title"},
		"a long issuer":                   {func(r *request) { r.Issuer = strings.Repeat("x", 201) }, fault.LimitExceeded, "/issuer"},
		"a long location":                 {func(r *request) { r.Location = "https://x/" + strings.Repeat("x", 491) }, fault.LimitExceeded, "/location"},
		"a location that is none":         {func(r *request) { r.Location = "drawer 3" }, fault.InvalidRequest, "/location"},
		"a relative location":             {func(r *request) { r.Location = "/docs/1" }, fault.InvalidRequest, "/location"},
		"a location with a space":         {func(r *request) { r.Location = "https://x/a b" }, fault.InvalidRequest, "/location"},
		"the content for a location":      {func(r *request) { r.Location = "data:text/plain,hello" }, fault.InvalidRequest, "/location"},
		"a program for a location":        {func(r *request) { r.Location = "JavaScript:alert(1)" }, fault.InvalidRequest, "/location"},
		"a password":                      {func(r *request) { r.Location = "https://me:secret@example.com/1" }, fault.InvalidRequest, "/location"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := link(s, Manufacturer, c.change, one)
			require.ErrorIs(t, err, c.code)
			require.Equal(t, c.field, fault.Of(err).Field)
			require.Empty(t, documents(t, s, one))
		})
	}
	for msp, code := range map[string]fault.Code{Regulator: fault.ReaderOnly, Outsider: fault.NotParticipant} {
		_, err := link(s, msp, nil, one)
		require.ErrorIs(t, err, code)
	}
	_, err := link(s, Manufacturer, func(r *request) {
		r.Title, r.Issuer, r.Location = strings.Repeat("<", 200), strings.Repeat("<", 200), "https://x/"+strings.Repeat("&", 490)
	}, one)
	require.NoError(t, err, "the largest fits a record")
}
