package disclosure_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/disclosure"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

func TestARequestThatBreaksARuleIsRefused(t *testing.T) {
	w := newWorld(t)
	plain := w.publish()
	secret := w.publish(func(m *confidential.Manifest) { m.Sensitivity = confidential.PersonalData })
	german := w.publish(func(m *confidential.Manifest) {
		m.Transfer = &confidential.Transfer{Rule: "export licence 7", Countries: []string{"DE", "FR"}}
	})
	strange := w.publish(func(m *confidential.Manifest) { m.Approvers = []string{"NobodyMSP"} })
	reading := w.publish(func(m *confidential.Manifest) { m.Approvers = []string{Regulator} })
	gone := w.publish()
	w.purge(gone)
	w.ask(plain, "known")

	type request = disclosure.RequestRequest
	long := strings.Repeat("x", 501)
	for name, c := range map[string]struct {
		msp, role string
		of        record
		change    func(*request)
		code      fault.Code
		field     string
	}{
		"not on record":               {Outsider, ledger.RoleOperator, plain, nil, fault.NotParticipant, ""},
		"a reader by itself":          {Regulator, ledger.RoleAdmin, plain, nil, fault.ReaderOnly, ""},
		"an auditor":                  {Carrier, ledger.RoleAuditor, plain, nil, fault.RoleRequired, ""},
		"no name":                     {Carrier, ledger.RoleOperator, plain, func(r *request) { r.Name = "" }, fault.InvalidRequest, "/name"},
		"a name with a slash":         {Carrier, ledger.RoleOperator, plain, func(r *request) { r.Name = "a/b" }, fault.InvalidRequest, "/name"},
		"no record's id":              {Carrier, ledger.RoleOperator, plain, func(r *request) { r.Record = "x" }, fault.InvalidRequest, "/record"},
		"a record not published":      {Carrier, ledger.RoleOperator, plain, func(r *request) { r.Record = salt(t) }, fault.NotFound, "/record"},
		"a record that is gone":       {Carrier, ledger.RoleOperator, gone, nil, fault.NotFound, "/record"},
		"no fields":                   {Carrier, ledger.RoleOperator, plain, func(r *request) { r.Fields = nil }, fault.LimitExceeded, "/fields"},
		"too many fields":             {Carrier, ledger.RoleOperator, plain, func(r *request) { r.Fields = many(65, "/f") }, fault.LimitExceeded, "/fields"},
		"names too long together":     {Carrier, ledger.RoleOperator, plain, func(r *request) { r.Fields = many(60, "/"+strings.Repeat("f", 90)) }, fault.LimitExceeded, "/fields"},
		"fields not sorted":           {Carrier, ledger.RoleOperator, plain, func(r *request) { r.Fields = []string{"/b", "/a"} }, fault.InvalidRequest, "/fields"},
		"a field twice":               {Carrier, ledger.RoleOperator, plain, func(r *request) { r.Fields = []string{"/a", "/a"} }, fault.InvalidRequest, "/fields"},
		"a field without a slash":     {Carrier, ledger.RoleOperator, plain, func(r *request) { r.Fields = []string{"price"} }, fault.InvalidRequest, "/fields"},
		"a decoy":                     {Carrier, ledger.RoleOperator, plain, func(r *request) { r.Fields = []string{""} }, fault.InvalidRequest, "/fields"},
		"a wrong escape":              {Carrier, ledger.RoleOperator, plain, func(r *request) { r.Fields = []string{"/a~2"} }, fault.InvalidRequest, "/fields"},
		"a control character":         {Carrier, ledger.RoleOperator, plain, func(r *request) { r.Fields = []string{"/a\n"} }, fault.InvalidRequest, "/fields"},
		"a field not in the schema":   {Carrier, ledger.RoleOperator, plain, func(r *request) { r.Fields = []string{"/prize"} }, fault.InvalidRequest, "/fields/0"},
		"no extension":                {Carrier, ledger.RoleOperator, plain, func(r *request) { r.Fields = []string{"/x-Acme/a"} }, fault.InvalidRequest, "/fields/0"},
		"a long field":                {Carrier, ledger.RoleOperator, plain, func(r *request) { r.Fields = []string{"/" + strings.Repeat("a", 200)} }, fault.InvalidRequest, "/fields"},
		"an unknown purpose":          {Carrier, ledger.RoleOperator, plain, func(r *request) { r.Purpose.Code = "curiosity" }, fault.InvalidRequest, "/purpose/code"},
		"another purpose, not told":   {Carrier, ledger.RoleOperator, plain, func(r *request) { r.Purpose = disclosure.Purpose{Code: "other"} }, fault.InvalidRequest, "/purpose/text"},
		"a long purpose":              {Carrier, ledger.RoleOperator, plain, func(r *request) { r.Purpose.Text = long }, fault.InvalidRequest, "/purpose/text"},
		"an unknown legal basis":      {Carrier, ledger.RoleOperator, plain, func(r *request) { r.LegalBasis.Code = "" }, fault.InvalidRequest, "/legalBasis/code"},
		"a long reference":            {Carrier, ledger.RoleOperator, plain, func(r *request) { r.LegalBasis.Reference = long[:201] }, fault.InvalidRequest, "/legalBasis/reference"},
		"no end":                      {Carrier, ledger.RoleOperator, plain, func(r *request) { r.Until = time.Time{} }, fault.InvalidRequest, "/until"},
		"an end too fine":             {Carrier, ledger.RoleOperator, plain, func(r *request) { r.Until = r.Until.Add(1) }, fault.InvalidRequest, "/until"},
		"an end that is past":         {Carrier, ledger.RoleOperator, plain, func(r *request) { r.Until = w.Now }, fault.InvalidRequest, "/until"},
		"more than ten years":         {Carrier, ledger.RoleOperator, plain, func(r *request) { r.Until = w.Now.AddDate(10, 0, 0).Add(time.Millisecond) }, fault.InvalidRequest, "/until"},
		"personal, more than a year":  {Carrier, ledger.RoleOperator, secret, func(r *request) { r.Until = w.Now.AddDate(1, 0, 0).Add(time.Millisecond) }, fault.InvalidRequest, "/until"},
		"personal, no legal basis":    {Carrier, ledger.RoleOperator, secret, func(r *request) { r.LegalBasis.Code = disclosure.NoBasis }, fault.InvalidRequest, "/legalBasis/code"},
		"for a member":                {Retailer, ledger.RoleAdmin, plain, nil, fault.InvalidRequest, "/recipient"},
		"for the owner":               {Manufacturer, ledger.RoleAdmin, plain, nil, fault.InvalidRequest, "/recipient"},
		"for somebody not on record":  {Manufacturer, ledger.RoleAdmin, plain, func(r *request) { r.Recipient = "NobodyMSP" }, fault.NotParticipant, "/recipient"},
		"for somebody else":           {Carrier, ledger.RoleAdmin, plain, func(r *request) { r.Recipient = Regulator }, fault.NotParty, "/recipient"},
		"an offer of an operator":     {Manufacturer, ledger.RoleOperator, plain, func(r *request) { r.Recipient = Carrier }, fault.RoleRequired, ""},
		"where it may not go":         {Carrier, ledger.RoleOperator, german, nil, fault.Jurisdiction, "/recipient"},
		"an approver not on record":   {Carrier, ledger.RoleOperator, strange, nil, fault.NotParticipant, "/record"},
		"an approver that only reads": {Carrier, ledger.RoleOperator, reading, nil, fault.ReaderOnly, "/record"},
		"the same again":              {Carrier, ledger.RoleOperator, plain, func(r *request) { r.Name = "known" }, fault.AlreadyRecorded, ""},
		"another of that name": {Carrier, ledger.RoleOperator, plain, func(r *request) {
			r.Name, r.Fields = "known", []string{"/quantity"}
		}, fault.AlreadyExists, "/name"},
	} {
		t.Run(name, func(t *testing.T) {
			before := w.Ledger.Dump()
			req := request{Name: "r", Terms: w.terms(c.of)}
			if c.change != nil {
				c.change(&req)
			}
			_, err := call(w, c.msp, c.role, disclosure.Request, req)
			require.ErrorIs(t, err, c.code)
			require.Equal(t, c.field, fault.Of(err).Field)
			require.Equal(t, before, w.Ledger.Dump())
		})
	}
	_, err := call(w, Carrier, ledger.RoleOperator, disclosure.Request, request{Name: "r", Terms: w.terms(german)})
	require.Equal(t, "export licence 7", fault.Of(err).Detail["rule"])
	require.Equal(t, "NL", fault.Of(err).Detail["country"])
	require.Contains(t, err.Error(), "export licence 7")
	must(w, Manufacturer, ledger.RoleAdmin, disclosure.Request, request{Name: "r", Recipient: Regulator, Terms: w.terms(german)})
	limits := request{Name: "r", Terms: w.terms(secret)}
	limits.Until = w.Now.AddDate(1, 0, 0)
	must(w, Carrier, ledger.RoleOperator, disclosure.Request, limits)
}

func many(n int, name string) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("%s%03d", name, i)
	}
	return names
}

func TestARequestAndItsStepsFitIntoARecord(t *testing.T) {
	w := newWorld(t)
	r := w.publish(func(m *confidential.Manifest) { m.Sensitivity = confidential.Mutual })
	terms := w.terms(r)
	terms.Fields = many(48, "/x-acme/"+strings.Repeat("f", 36)+"/"+strings.Repeat("f", 36))
	terms.Purpose.Text, terms.LegalBasis.Reference = strings.Repeat("&", 500), strings.Repeat("&", 200) // written as six bytes each
	must(w, Carrier, ledger.RoleOperator, disclosure.Request, disclosure.RequestRequest{Name: "plain", Terms: terms})
}

func TestAStepThatBreaksARuleIsRefused(t *testing.T) {
	w := newWorld(t)
	r := w.publish(func(m *confidential.Manifest) { m.Sensitivity = confidential.Mutual })
	open := w.ask(r, "open")
	given := w.delivered(r, "given")
	hash := w.status(given).Delivery.Hash
	over := w.delivered(r, "over")
	must(w, Retailer, ledger.RoleAdmin, disclosure.Revoke, disclosure.RevokeRequest{Request: over, Reason: "done"})
	refused := w.ask(r, "refused")
	require.NoError(t, w.vote(Retailer, refused, false))
	said := w.delivered(r, "said")
	must(w, Carrier, ledger.RoleOperator, disclosure.Acknowledge, finding(said, w.status(said).Delivery.Hash))

	vote := func(msp, role string, req disclosure.VoteRequest) func() error {
		return func() error { _, err := call(w, msp, role, disclosure.Vote, req); return err }
	}
	revoke := func(msp, role, id, reason string) func() error {
		return func() error {
			_, err := call(w, msp, role, disclosure.Revoke, disclosure.RevokeRequest{Request: id, Reason: reason})
			return err
		}
	}
	recorded := func(msp, role, id string) func() error {
		return func() error { _, err := call(w, msp, role, disclosure.RecordDelivery, ref(id)); return err }
	}
	acknowledge := func(msp, role string, f disclosure.Finding) func() error {
		return func() error { _, err := call(w, msp, role, disclosure.Acknowledge, f); return err }
	}
	erase := func(msp, role, id string) func() error {
		return func() error { _, err := call(w, msp, role, disclosure.Erase, ref(id)); return err }
	}
	erased := func(msp, role, id string) func() error {
		return func() error { _, err := call(w, msp, role, disclosure.RecordErasure, ref(id)); return err }
	}
	type yes = disclosure.VoteRequest
	for name, c := range map[string]struct {
		step  func() error
		code  fault.Code
		field string
	}{
		"a vote of an operator":              {vote(Retailer, ledger.RoleOperator, yes{Request: open, Approve: true}), fault.RoleRequired, ""},
		"a vote of who has none":             {vote(Carrier, ledger.RoleAdmin, yes{Request: open, Approve: true}), fault.NotParty, ""},
		"a vote of a reader":                 {vote(Regulator, ledger.RoleAdmin, yes{Request: open, Approve: true}), fault.ReaderOnly, ""},
		"a vote on nothing":                  {vote(Retailer, ledger.RoleAdmin, yes{Request: "x", Approve: true}), fault.NotFound, "/request"},
		"a refusal without reason":           {vote(Retailer, ledger.RoleAdmin, yes{Request: open}), fault.InvalidRequest, "/reason"},
		"a long reason":                      {vote(Retailer, ledger.RoleAdmin, yes{Request: open, Approve: true, Reason: strings.Repeat("x", 501)}), fault.InvalidRequest, "/reason"},
		"a vote on what is delivered":        {vote(Retailer, ledger.RoleAdmin, yes{Request: given, Reason: "no"}), fault.Closed, ""},
		"a vote on what is revoked":          {vote(Manufacturer, ledger.RoleAdmin, yes{Request: over, Reason: "no"}), fault.Closed, ""},
		"a revocation by the recipient":      {revoke(Carrier, ledger.RoleAdmin, given, "x"), fault.NotParty, ""},
		"a revocation by an operator":        {revoke(Manufacturer, ledger.RoleOperator, given, "x"), fault.RoleRequired, ""},
		"a revocation without reason":        {revoke(Manufacturer, ledger.RoleAdmin, given, ""), fault.InvalidRequest, "/reason"},
		"a second revocation":                {revoke(Manufacturer, ledger.RoleAdmin, over, "x"), fault.AlreadyRecorded, ""},
		"a revocation of what is refused":    {revoke(Manufacturer, ledger.RoleAdmin, refused, "x"), fault.Closed, ""},
		"a revocation of nothing":            {revoke(Manufacturer, ledger.RoleAdmin, "x", "x"), fault.NotFound, "/request"},
		"a delivery recorded without one":    {recorded(Manufacturer, ledger.RoleOperator, open), fault.NotConsented, ""},
		"a delivery of nothing recorded":     {recorded(Manufacturer, ledger.RoleOperator, "x"), fault.NotFound, "/request"},
		"a delivery recorded by an auditor":  {recorded(Manufacturer, ledger.RoleAuditor, given), fault.RoleRequired, ""},
		"a delivery recorded by a reader":    {recorded(Regulator, ledger.RoleAdmin, given), fault.ReaderOnly, ""},
		"a delivery recorded twice":          {recorded(Manufacturer, ledger.RoleOperator, given), fault.AlreadyRecorded, ""},
		"an acknowledgement by the owner":    {acknowledge(Manufacturer, ledger.RoleAdmin, finding(given, hash)), fault.NotParty, ""},
		"an acknowledgement by an auditor":   {acknowledge(Carrier, ledger.RoleAuditor, finding(given, hash)), fault.RoleRequired, ""},
		"an acknowledgement of nothing":      {acknowledge(Carrier, ledger.RoleAdmin, finding(open, hash)), fault.NotFound, "/request"},
		"an acknowledgement of no request":   {acknowledge(Carrier, ledger.RoleAdmin, finding("x", hash)), fault.NotFound, "/request"},
		"an acknowledgement without request": {acknowledge(Carrier, ledger.RoleAdmin, finding("", hash)), fault.InvalidRequest, "/request"},
		"an acknowledgement of another hash": {acknowledge(Carrier, ledger.RoleAdmin, finding(given, strings.Repeat("0", 64))), fault.HashMismatch, "/hash"},
		"an acknowledgement of no hash":      {acknowledge(Carrier, ledger.RoleAdmin, finding(given, "x")), fault.InvalidRequest, "/hash"},
		"an acknowledgement saying nothing": {
			acknowledge(Carrier, ledger.RoleAdmin, disclosure.Finding{Request: given, Hash: hash}),
			fault.InvalidRequest, "/verdict",
		},
		"a dispute without reason": {
			acknowledge(Carrier, ledger.RoleAdmin, disclosure.Finding{Request: given, Hash: hash, Verdict: disclosure.Disputed}),
			fault.InvalidRequest, "/reason",
		},
		"the same acknowledgement again": {acknowledge(Carrier, ledger.RoleAdmin, finding(said, w.status(said).Delivery.Hash)), fault.AlreadyRecorded, ""},
		"another acknowledgement": {acknowledge(Carrier, ledger.RoleAdmin, disclosure.Finding{
			Request: said, Hash: w.status(said).Delivery.Hash, Verdict: disclosure.Disputed, Reason: "forged",
		}), fault.AlreadyExists, ""},
		"an erasure of what runs":            {erase(Manufacturer, ledger.RoleAdmin, given), fault.Retained, ""},
		"an erasure of what was not given":   {erase(Manufacturer, ledger.RoleAdmin, open), fault.NotFound, "/request"},
		"an erasure by the recipient":        {erase(Carrier, ledger.RoleAdmin, over), fault.NotParty, ""},
		"an erasure by the quality unit":     {erase(Manufacturer, ledger.RoleQuality, over), fault.RoleRequired, ""},
		"an erasure of nothing":              {erase(Manufacturer, ledger.RoleAdmin, "x"), fault.NotFound, "/request"},
		"an erasure recorded before it is":   {erased(Manufacturer, ledger.RoleAdmin, over), fault.OutOfSequence, ""},
		"an erasure recorded of nothing":     {erased(Manufacturer, ledger.RoleAdmin, open), fault.NotFound, "/request"},
		"an erasure recorded of no request":  {erased(Manufacturer, ledger.RoleAdmin, "x"), fault.NotFound, "/request"},
		"an erasure recorded by the quality": {erased(Manufacturer, ledger.RoleQuality, over), fault.RoleRequired, ""},
	} {
		t.Run(name, func(t *testing.T) {
			before := w.Ledger.Dump()
			err := c.step()
			require.ErrorIs(t, err, c.code)
			require.Equal(t, c.field, fault.Of(err).Field)
			require.Equal(t, before, w.Ledger.Dump())
		})
	}
	require.NoError(t, erase(Manufacturer, ledger.RoleAdmin, over)())
	require.NoError(t, erased(Manufacturer, ledger.RoleAdmin, over)())
	require.ErrorIs(t, erased(Manufacturer, ledger.RoleAdmin, over)(), fault.AlreadyRecorded)
	require.ErrorIs(t, erase(Manufacturer, ledger.RoleAdmin, over)(), fault.NotFound)
	require.ErrorIs(t, w.deliver(r, over), fault.NotConsented)
	w.Now = w.Now.AddDate(0, 2, 0)
	require.ErrorIs(t, w.vote(Manufacturer, open, true), fault.Closed, "expired")
	require.Equal(t, disclosure.Expired, w.status(given).State)
	require.NoError(t, erase(Manufacturer, ledger.RoleAdmin, given)(), "expired")
}
