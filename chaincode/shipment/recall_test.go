package shipment_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// class returns the GTIN of an organisation's goods, lotted a lot of it.
func class(msp string) string {
	path, _, _ := strings.Cut(Object(msp, "X"), "/21/")
	return path
}

func lotted(msp, lot string) string { return class(msp) + "/10/" + lot }

// inLot commissions objects in a lot.
func inLot(lot string, epcs ...string) Event {
	e := Commission(epcs...)
	e.More = map[string]any{"ilmd": map[string]any{"cbvmda:lotNumber": lot}}
	return e
}

// perform runs a rule that writes, a minute after what was before.
func perform[Req, Resp any](s *Scene, msp, role string, rule func(*ledger.Tx, Req) (Resp, error), req Req) (response Resp, err error) {
	s.Now = s.Now.Add(time.Minute)
	err = s.As(msp, role).Update(func(tx *ledger.Tx) error {
		response, err = rule(tx, req)
		return err
	})
	return response, err
}

// consult runs a rule that reads, as the regulator.
func consult[Req, Resp any](s *Scene, rule func(*ledger.Tx, Req) (Resp, error), req Req) (response Resp, err error) {
	err = s.As(Regulator, ledger.RoleAuditor).Query(func(tx *ledger.Tx) error {
		response, err = rule(tx, req)
		return err
	})
	return response, err
}

func recall(s *Scene, msp, id string, subjects ...string) (product.Recall, error) {
	return perform(s, msp, ledger.RoleQuality, product.BeginRecall, product.RecallRequest{ID: id, Subjects: subjects, Reason: "glass in it", Severity: "class-1"})
}

func endRecall(s *Scene, msp, id string) error {
	_, err := perform(s, msp, ledger.RoleQuality, product.EndRecall, product.EndRecallRequest{ID: id, Reason: "all is back"})
	return err
}

// recalls returns how an object reads as recalled: by whom, by which recall,
// through what.
func recalls(s *Scene, id string) []string {
	var found []string
	for _, r := range s.Twin(id).Recalls {
		found = append(found, fmt.Sprintf("%s %s %s", r.By, r.ID, r.Subject))
	}
	return found
}

func TestAllOfALotReadsAsRecalledAtOnceWhereverItIs(t *testing.T) {
	s := New(t)
	here, there, other := Object(Manufacturer, "H"), Object(Manufacturer, "T"), Object(Manufacturer, "O")
	s.MustCapture(Manufacturer, inLot("L1", here, there), inLot("L2", other))
	s.MustCapture(Manufacturer, Ship(Retailer, there))
	s.MustCapture(Retailer, Step("receiving", there))
	before := s.Twin(there)

	lot := lotted(Manufacturer, "L1")
	r, err := recall(s, Manufacturer, "R/1", lot)
	require.NoError(t, err)
	require.Equal(t, 1, r.Subjects)
	for _, id := range []string{here, there} {
		require.Equal(t, []string{Manufacturer + " R/1 " + lot}, recalls(s, id))
	}
	require.Empty(t, recalls(s, other))
	after := s.Twin(there)
	require.Equal(t, product.LiveRecall{By: Manufacturer, ID: "R/1", Since: s.Now, Severity: "class-1", Subject: lot}, after.Recalls[0])
	after.Recalls = nil
	require.Equal(t, before, after, "nothing was written to it")

	s.MustCapture(Manufacturer, inLot("L1", Object(Manufacturer, "LATER")))
	require.Len(t, recalls(s, Object(Manufacturer, "LATER")), 1, "what begins in the lot later is recalled, too")

	require.NoError(t, endRecall(s, Manufacturer, "R/1"))
	require.Empty(t, recalls(s, here))
	require.Empty(t, recalls(s, there))
	listed, err := consult(s, product.ListRecalls, product.ListRecallsRequest{Subject: gs1.Authority + lot})
	require.NoError(t, err)
	require.Len(t, listed.Recalls, 1)
	require.Equal(t, "all is back", listed.Recalls[0].Ended.Reason)
	require.Equal(t, s.Now, listed.Recalls[0].Ended.Time)
}

func TestAnObjectReadsAsRecalledThroughItselfItsLotAndItsClass(t *testing.T) {
	s := New(t)
	one, two := Object(Manufacturer, "1"), Object(Manufacturer, "2")
	s.MustCapture(Manufacturer, inLot("L1", one, two))
	for id, subject := range map[string]string{"c": class(Manufacturer), "l": lotted(Manufacturer, "L1"), "o": one} {
		_, err := recall(s, Manufacturer, id, subject)
		require.NoError(t, err)
	}
	through := func(ids ...string) (want []string) {
		for i := 0; i < len(ids); i += 2 {
			want = append(want, Manufacturer+" "+ids[i]+" "+ids[i+1])
		}
		return want
	}
	lot, gtin := lotted(Manufacturer, "L1"), class(Manufacturer)
	require.Equal(t, through("o", one, "l", lot, "c", gtin), recalls(s, one))
	require.Equal(t, through("l", lot, "c", gtin), recalls(s, two))
	require.NoError(t, endRecall(s, Manufacturer, "l"))
	require.Equal(t, through("o", one, "c", gtin), recalls(s, one))

	for i := range 20 {
		_, err := recall(s, Manufacturer, fmt.Sprintf("m%02d", i), gtin, two)
		require.NoError(t, err)
	}
	require.Len(t, s.Twin(two).Recalls, product.MaxRecalls, "the first of them")
	require.Equal(t, two, s.Twin(two).Recalls[product.MaxRecalls-1].Subject, "its own come first")
	var seen []string
	for bookmark := ""; ; {
		page, err := consult(s, product.ListRecalls, product.ListRecallsRequest{Subject: gtin, Size: 6, Bookmark: bookmark})
		require.NoError(t, err)
		for _, r := range page.Recalls {
			seen = append(seen, r.ID)
		}
		if bookmark = page.Bookmark; bookmark == "" {
			break
		}
	}
	require.Len(t, seen, 21)
}

// Who has no right to recall, or has it no more, recalls nothing.
func TestRecallsByStrangersAreRefused(t *testing.T) {
	s := New(t)
	mine, sold := Object(Manufacturer, "M"), Object(Manufacturer, "S")
	s.MustCapture(Manufacturer, inLot("L1", mine, sold))
	sale := Ship(Retailer, sold)
	sale.Owner = GLN(Retailer)
	s.MustCapture(Manufacturer, sale)
	lot, gtin := lotted(Manufacturer, "L1"), class(Manufacturer)

	_, err := recall(s, Retailer, "early", sold)
	require.ErrorIs(t, err, fault.NotLicensee, "it is on its way to be the owner, and is not yet")
	s.MustCapture(Retailer, Step("receiving", sold))
	_, err = recall(s, Retailer, "own", sold)
	require.NoError(t, err, "the owner recalls what it owns")

	onward := Ship(Carrier, sold)
	onward.Owner = GLN(Carrier)
	s.MustCapture(Retailer, onward)
	s.MustCapture(Carrier, Step("receiving", sold))
	before := s.Ledger.Dump()
	for name, c := range map[string]struct {
		msp, role, subject string
		code               fault.Code
	}{
		"a stranger, an object":            {Carrier, ledger.RoleQuality, mine, fault.NotLicensee},
		"a stranger, a lot":                {Carrier, ledger.RoleQuality, lot, fault.NotLicensee},
		"the owner of one, the lot":        {Carrier, ledger.RoleQuality, lot, fault.NotLicensee},
		"the owner of one, the class":      {Carrier, ledger.RoleQuality, gtin, fault.NotLicensee},
		"a former owner":                   {Retailer, ledger.RoleQuality, sold, fault.NotLicensee},
		"under another's prefix, unknown":  {Carrier, ledger.RoleQuality, lotted(Retailer, "NONE"), fault.NotLicensee},
		"an object that is not on record":  {Manufacturer, ledger.RoleQuality, Object(Manufacturer, "NONE"), fault.NotFound},
		"an operator":                      {Manufacturer, ledger.RoleOperator, lot, fault.RoleRequired},
		"a reader":                         {Regulator, ledger.RoleQuality, lot, fault.ReaderOnly},
		"somebody who is not on record":    {Outsider, ledger.RoleQuality, lot, fault.NotParticipant},
		"a place":                          {Manufacturer, ledger.RoleQuality, Site(Manufacturer), fault.Unsupported},
		"no identifier":                    {Manufacturer, ledger.RoleQuality, "glass", fault.InvalidIdentifier},
		"nobody's key, by somebody's word": {Carrier, ledger.RoleQuality, "/01/07612345000077", fault.NotLicensee},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := perform(s, c.msp, c.role, product.BeginRecall, product.RecallRequest{ID: "x", Subjects: []string{c.subject}, Reason: "r"})
			require.ErrorIs(t, err, c.code)
			require.Equal(t, before, s.Ledger.Dump(), "a refusal leaves no trace")
		})
	}
	_, err = recall(s, Carrier, "x", sold, mine)
	require.ErrorIs(t, err, fault.NotLicensee, "one that is not the caller's spoils all")
	require.Equal(t, "/subjects/1", fault.Of(err).Field)
	require.Equal(t, mine, fault.Of(err).EPC)
}

func delegate(s *Scene, to string, until time.Time) {
	_, err := perform(s, Manufacturer, ledger.RoleAdmin, participant.Delegate, participant.DelegateRequest{Prefix: Prefixes[Manufacturer], Delegate: to, To: until})
	require.NoError(s.TB.(*testing.T), err)
}

func TestWhoMadeALotByDelegationRecallsItAndNoOther(t *testing.T) {
	s := New(t)
	delegate(s, Carrier, s.Now.Add(time.Hour))
	delegate(s, Retailer, s.Now.Add(time.Hour))
	s.MustCapture(Carrier, inLot("L1", Object(Manufacturer, "D")))
	s.MustCapture(Manufacturer, inLot("L2", Object(Manufacturer, "M")))

	_, err := recall(s, Retailer, "x", lotted(Manufacturer, "L1"))
	require.ErrorIs(t, err, fault.NotLicensee, "a delegate that did not make it")
	_, err = recall(s, Carrier, "x", lotted(Manufacturer, "L2"))
	require.ErrorIs(t, err, fault.NotLicensee, "a lot that it did not make")
	_, err = recall(s, Carrier, "x", class(Manufacturer))
	require.ErrorIs(t, err, fault.NotLicensee, "the class is the holder's")
	s.Now = s.Now.Add(2 * time.Hour)
	_, err = recall(s, Carrier, "x", lotted(Manufacturer, "L1"))
	require.NoError(t, err, "it made the lot, whatever became of the delegation")
	_, err = recall(s, Manufacturer, "x", lotted(Manufacturer, "L1"))
	require.NoError(t, err, "ids are each organisation's own")
	require.Len(t, recalls(s, Object(Manufacturer, "D")), 2)
}

// Else anybody could adopt a rival's serial numbers, and recall them.
func TestWhoAdoptedSomethingDoesNotRecallIt(t *testing.T) {
	s := New(t)
	one := Object(Manufacturer, "1")
	stock := inLot("L1", one)
	stock.BizStep = "stock_taking"
	s.MustCapture(Retailer, stock)
	require.True(t, s.Twin(one).Unproven)
	for _, subject := range []string{one, lotted(Manufacturer, "L1")} {
		_, err := recall(s, Retailer, "x", subject)
		require.ErrorIs(t, err, fault.NotLicensee)
		_, err = recall(s, Manufacturer, "x"+subject[len(subject)-2:], subject)
		require.NoError(t, err, "the holder of the licence does")
	}
	require.Len(t, recalls(s, one), 2)
	found, lots := scope(t, s, product.ReadRecallScopeRequest{Subject: class(Manufacturer)})
	require.Len(t, found, 1)
	require.Equal(t, []string{lotted(Manufacturer, "L1")}, lots, "a recall of the class finds adopted stock")
}

func TestARecallIsRecordedOnceUnderItsID(t *testing.T) {
	s := New(t)
	one, two := Object(Manufacturer, "1"), Object(Manufacturer, "2")
	s.MustCapture(Manufacturer, Commission(one, two))
	first, err := recall(s, Manufacturer, "R1", one, two)
	require.NoError(t, err)
	_, err = recall(s, Manufacturer, "R1", gs1.Authority+two, one)
	require.ErrorIs(t, err, fault.AlreadyRecorded, "the same in another order and spelling")
	require.Equal(t, first.Transaction, fault.Of(err).Detail["transaction"])
	_, err = recall(s, Manufacturer, "R1", one)
	require.ErrorIs(t, err, fault.AlreadyExists)

	require.ErrorIs(t, endRecall(s, Retailer, "R1"), fault.NotFound, "another's recall cannot be named")
	_, err = perform(s, Manufacturer, ledger.RoleOperator, product.EndRecall, product.EndRecallRequest{ID: "R1", Reason: "x"})
	require.ErrorIs(t, err, fault.RoleRequired)
	require.Len(t, recalls(s, one), 1)
	require.NoError(t, endRecall(s, Manufacturer, "R1"))
	require.ErrorIs(t, endRecall(s, Manufacturer, "R1"), fault.AlreadyRecorded)
	_, err = perform(s, Manufacturer, ledger.RoleQuality, product.EndRecall, product.EndRecallRequest{ID: "R1", Reason: "another"})
	require.ErrorIs(t, err, fault.Closed)
	_, err = recall(s, Manufacturer, "R1", one, two)
	require.ErrorIs(t, err, fault.AlreadyRecorded, "an ended recall does not begin again")
	require.Empty(t, recalls(s, one))
	for _, e := range s.Ledger.Dump() {
		if kind, parts := e.Key.Parts(); kind == "recallhead" {
			require.Equal(t, class(Manufacturer), parts[0], "no count is left")
			require.NotContains(t, string(e.Value), "whole")
		}
	}
}

func TestARecallIsBounded(t *testing.T) {
	s := New(t)
	many := many(0, product.MaxRecallSubjects+1)
	s.MustCapture(Manufacturer, Commission(many...))
	good := product.RecallRequest{ID: "R", Subjects: many[:1], Reason: "r"}
	for name, c := range map[string]struct {
		change func(*product.RecallRequest)
		code   fault.Code
		field  string
	}{
		"501 objects":        {func(r *product.RecallRequest) { r.Subjects = many }, fault.LimitExceeded, "/subjects"},
		"no subject":         {func(r *product.RecallRequest) { r.Subjects = nil }, fault.InvalidRequest, "/subjects"},
		"a subject twice":    {func(r *product.RecallRequest) { r.Subjects = []string{many[0], gs1.Authority + many[0]} }, fault.InvalidRequest, "/subjects"},
		"no id":              {func(r *product.RecallRequest) { r.ID = "" }, fault.InvalidRequest, "/id"},
		"a long id":          {func(r *product.RecallRequest) { r.ID = strings.Repeat("x", 65) }, fault.LimitExceeded, "/id"},
		"an id with U+0000":  {func(r *product.RecallRequest) { r.ID = "a\x00b" }, fault.InvalidRequest, "/id"},
		"the last rune":      {func(r *product.RecallRequest) { r.ID = "a\U0010FFFF" }, fault.InvalidRequest, ""},
		"no reason":          {func(r *product.RecallRequest) { r.Reason = "" }, fault.InvalidRequest, "/reason"},
		"a long reason":      {func(r *product.RecallRequest) { r.Reason = strings.Repeat("x", 501) }, fault.LimitExceeded, "/reason"},
		"a long severity":    {func(r *product.RecallRequest) { r.Severity = strings.Repeat("x", 65) }, fault.LimitExceeded, "/severity"},
		"a long reference":   {func(r *product.RecallRequest) { r.Reference = strings.Repeat("x", 201) }, fault.LimitExceeded, "/reference"},
		"a hash that is not": {func(r *product.RecallRequest) { r.Document = "ABC" }, fault.InvalidRequest, "/document"},
	} {
		t.Run(name, func(t *testing.T) {
			req := good
			c.change(&req)
			_, err := perform(s, Manufacturer, ledger.RoleQuality, product.BeginRecall, req)
			require.ErrorIs(t, err, c.code)
			require.Equal(t, c.field, fault.Of(err).Field)
		})
	}
	_, err := recall(s, Manufacturer, "full", many[:product.MaxRecallSubjects]...)
	require.NoError(t, err)
	require.Len(t, recalls(s, many[0]), 1)
	require.Empty(t, recalls(s, many[product.MaxRecallSubjects]))
	read, err := consult(s, product.ReadRecall, product.ReadRecallRequest{By: Manufacturer, ID: "full"})
	require.NoError(t, err)
	require.Equal(t, many[:product.MaxRecallSubjects], read.Subjects)
	require.NoError(t, endRecall(s, Manufacturer, "full"))
}

func TestEachOrganisationAcknowledgesForItselfAlone(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, inLot("L1", Object(Manufacturer, "1")))
	_, err := recall(s, Manufacturer, "R1", lotted(Manufacturer, "L1"))
	require.NoError(t, err)
	answer := func(msp, role string, done product.Done, note string) (product.Acknowledgement, error) {
		return perform(s, msp, role, product.AcknowledgeRecall, product.AcknowledgeRecallRequest{By: Manufacturer, ID: "R1", Done: done, Note: note})
	}
	first, err := answer(Carrier, ledger.RoleOperator, product.Noted, "")
	require.NoError(t, err)
	_, err = answer(Carrier, ledger.RoleOperator, product.Noted, "")
	require.ErrorIs(t, err, fault.AlreadyRecorded)
	require.Equal(t, first.Transaction, fault.Of(err).Detail["transaction"])
	later, err := answer(Carrier, ledger.RoleQuality, product.Quarantined, "12 boxes")
	require.NoError(t, err)
	require.Equal(t, first.First, later.First)
	require.Equal(t, 2, later.Answers)
	_, err = answer(Retailer, ledger.RoleAdmin, product.NoneHere, "")
	require.NoError(t, err)

	for name, c := range map[string]struct {
		msp, role string
		done      product.Done
		note      string
		code      fault.Code
	}{
		"a reader":          {Regulator, ledger.RoleQuality, product.Noted, "", fault.ReaderOnly},
		"a stranger":        {Outsider, ledger.RoleQuality, product.Noted, "", fault.NotParticipant},
		"an auditor":        {Retailer, ledger.RoleAuditor, product.Noted, "", fault.RoleRequired},
		"an unknown answer": {Retailer, ledger.RoleOperator, "eaten", "", fault.InvalidRequest},
		"a long note":       {Retailer, ledger.RoleOperator, product.Noted, strings.Repeat("x", 501), fault.LimitExceeded},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := answer(c.msp, c.role, c.done, c.note)
			require.ErrorIs(t, err, c.code)
		})
	}
	_, err = perform(s, Retailer, ledger.RoleOperator, product.AcknowledgeRecall, product.AcknowledgeRecallRequest{By: Carrier, ID: "R1", Done: product.Noted})
	require.ErrorIs(t, err, fault.NotFound)

	read, err := consult(s, product.ReadRecall, product.ReadRecallRequest{By: Manufacturer, ID: "R1", Size: 1})
	require.NoError(t, err)
	require.Equal(t, []product.Acknowledgement{later}, read.Acknowledgements)
	require.Equal(t, []string{lotted(Manufacturer, "L1")}, read.Subjects)
	next, err := consult(s, product.ReadRecall, product.ReadRecallRequest{By: Manufacturer, ID: "R1", Size: 1, Bookmark: read.Bookmark})
	require.NoError(t, err)
	require.Equal(t, Retailer, next.Acknowledgements[0].MSP)
	require.Empty(t, next.Bookmark)

	require.NoError(t, endRecall(s, Manufacturer, "R1"))
	_, err = answer(Carrier, ledger.RoleOperator, product.Destroyed, "")
	require.ErrorIs(t, err, fault.Closed)
}
