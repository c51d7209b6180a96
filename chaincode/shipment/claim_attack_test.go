package shipment_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/chaincode/shipment"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

func TestAClaimIsRefusedAndLeavesTheLedgerAsItWas(t *testing.T) {
	elsewhere := Object(Manufacturer, "ELSEWHERE")
	type claim = shipment.ClaimRequest
	short := claim{Kind: shipment.Short, Objects: []string{b}}
	but := func(c claim, change func(*claim)) claim {
		change(&c)
		return c
	}
	for name, c := range map[string]struct {
		who   string
		claim claim
		code  fault.Code
		field string
	}{
		"a third party":            {Carrier, short, fault.NotParty, "/shipment"},
		"a reader":                 {Regulator, short, fault.ReaderOnly, ""},
		"a stranger":               {Outsider, short, fault.NotParticipant, ""},
		"no shipment":              {Retailer, but(short, func(c *claim) { c.Shipment = strings.Repeat("0", 64) }), fault.NotFound, "/shipment"},
		"no hash":                  {Retailer, but(short, func(c *claim) { c.Shipment = "S-1" }), fault.InvalidRequest, "/shipment"},
		"another's recording":      {Retailer, but(short, func(c *claim) { c.ShippedBy = Carrier }), fault.NotFound, "/shipment"},
		"a forged receipt":         {Retailer, but(short, func(c *claim) { c.Receipt = strings.Repeat("1", 64) }), fault.NotFound, "/receipt"},
		"what was received":        {Retailer, but(short, func(c *claim) { c.Objects = []string{a} }), fault.Closed, "/objects/0"},
		"what was not on it":       {Retailer, but(short, func(c *claim) { c.Objects = []string{b, elsewhere} }), fault.NotFound, "/objects/1"},
		"what is not on record":    {Retailer, but(short, func(c *claim) { c.Objects = []string{Object(Manufacturer, "NONE")} }), fault.NotFound, "/objects/0"},
		"what is under way":        {Retailer, but(short, func(c *claim) { c.Kind = shipment.Damaged }), fault.InTransit, "/objects/0"},
		"the same twice":           {Retailer, but(short, func(c *claim) { c.Objects = []string{b, "urn:epc:id:sgtin:9506000.013435.B"} }), fault.InvalidRequest, "/objects/1"},
		"more of one":              {Retailer, but(short, func(c *claim) { c.Kind = shipment.Over }), fault.InvalidRequest, "/kind"},
		"nobody shipped it":        {Retailer, but(short, func(c *claim) { c.Kind = shipment.Unannounced }), fault.InvalidRequest, "/kind"},
		"no kind":                  {Retailer, but(short, func(c *claim) { c.Kind = "lost" }), fault.InvalidRequest, "/kind"},
		"about nothing":            {Retailer, but(short, func(c *claim) { c.Objects = nil }), fault.InvalidRequest, "/objects"},
		"about both":               {Retailer, but(short, func(c *claim) { c.Lot = "/01/09506000134352/10/L" }), fault.InvalidRequest, "/objects"},
		"an amount of objects":     {Retailer, but(short, func(c *claim) { c.Amount = "2" }), fault.InvalidRequest, "/amount"},
		"a lot that was not on it": {Retailer, claim{Kind: shipment.Short, Lot: "/01/09506000134352/10/L", Amount: "2"}, fault.NotFound, "/lot"},
		"a lot of nothing":         {Retailer, claim{Kind: shipment.Over, Lot: "/01/09506000134352/10/L"}, fault.InvalidRequest, "/amount"},
		"a lot without a name":     {Retailer, claim{Kind: shipment.Short, Lot: "L", Amount: "2"}, fault.InvalidIdentifier, "/lot"},
		"a place":                  {Retailer, but(short, func(c *claim) { c.Objects = []string{Site(Retailer)} }), fault.Unsupported, "/objects/0"},
		"too many objects":         {Retailer, but(short, func(c *claim) { c.Objects = many(0, 101) }), fault.LimitExceeded, "/objects"},
		"a long note":              {Retailer, but(short, func(c *claim) { c.Note = strings.Repeat("\x01", 100) }), fault.LimitExceeded, "/note"},
		"five documents":           {Retailer, but(short, func(c *claim) { c.Documents = make([]string, 5) }), fault.LimitExceeded, "/documents"},
		"no hash of a document":    {Retailer, but(short, func(c *claim) { c.Documents = []string{"invoice.pdf"} }), fault.InvalidRequest, "/documents/0"},
	} {
		t.Run(name, func(t *testing.T) {
			s := New(t)
			shipped, _ := shortOfB(s)
			s.MustCapture(Manufacturer, Commission(elsewhere))
			if c.claim.Shipment == "" {
				c.claim.Shipment = shipped
			}
			before := s.Ledger.Dump()
			_, err := say(s, c.who, shipment.Claim, c.claim)
			require.ErrorIs(t, err, c.code)
			require.Equal(t, c.field, fault.Of(err).Field)
			require.Equal(t, before, s.Ledger.Dump())
		})
	}
}

func TestOnlyOperatorsAndAdminsClaimAndAnswer(t *testing.T) {
	s := New(t)
	shipped, _ := shortOfB(s)
	for _, role := range []string{ledger.RoleAuditor, ledger.RoleGateway, ledger.RoleQuality, ""} {
		for _, rule := range []func(*ledger.Tx) error{
			func(tx *ledger.Tx) error {
				_, err := shipment.Claim(tx, shipment.ClaimRequest{Shipment: shipped, Kind: shipment.Short, Objects: []string{b}})
				return err
			},
			func(tx *ledger.Tx) error { _, err := shipment.Answer(tx, shipment.AnswerRequest{}); return err },
			func(tx *ledger.Tx) error { _, err := shipment.Withdraw(tx, shipment.WithdrawRequest{}); return err },
		} {
			require.ErrorIs(t, s.As(Retailer, role).Update(rule), fault.RoleRequired)
		}
	}
}

// Who may say what about a claim, in each of its standings.
func TestNobodyAnswersForAnother(t *testing.T) {
	agree, dispute := shipment.AnswerRequest{Agree: true}, shipment.AnswerRequest{}
	say1 := func(s *Scene, msp, id string, word any) error {
		var err error
		switch w := word.(type) {
		case shipment.AnswerRequest:
			w.Discrepancy = id
			_, err = say(s, msp, shipment.Answer, w)
		case shipment.WithdrawRequest:
			w.Discrepancy = id
			_, err = say(s, msp, shipment.Withdraw, w)
		}
		return err
	}
	type word struct {
		who string
		req any
	}
	agreed, disputed, withdrawn := word{Manufacturer, agree}, word{Manufacturer, dispute}, word{Retailer, shipment.WithdrawRequest{}}
	for name, c := range map[string]struct {
		given []word
		then  word
		code  fault.Code
	}{
		"a third party agrees":            {nil, word{Carrier, agree}, fault.NotParty},
		"a third party disputes":          {nil, word{Carrier, dispute}, fault.NotParty},
		"a third party withdraws":         {nil, word{Carrier, shipment.WithdrawRequest{}}, fault.NotParty},
		"a third party, when all is done": {[]word{agreed}, word{Carrier, agree}, fault.NotParty},
		"the claimant agrees":             {nil, word{Retailer, agree}, fault.NotParty},
		"the claimant disputes":           {nil, word{Retailer, dispute}, fault.NotParty},
		"the other side withdraws":        {nil, word{Manufacturer, shipment.WithdrawRequest{}}, fault.NotParty},
		"a reader agrees":                 {nil, word{Regulator, agree}, fault.ReaderOnly},
		"a stranger agrees":               {nil, word{Outsider, agree}, fault.NotParticipant},
		"agree after withdrawal":          {[]word{withdrawn}, agreed, fault.Closed},
		"dispute after withdrawal":        {[]word{withdrawn}, disputed, fault.Closed},
		"agree twice":                     {[]word{agreed}, agreed, fault.Closed},
		"dispute after agreement":         {[]word{agreed}, disputed, fault.Closed},
		"withdraw after agreement":        {[]word{agreed}, withdrawn, fault.Closed},
		"withdraw twice":                  {[]word{withdrawn}, withdrawn, fault.Closed},
		"dispute twice":                   {[]word{disputed}, disputed, fault.Closed},
		"agree at last":                   {[]word{disputed}, agreed, ""},
		"withdraw what is disputed":       {[]word{disputed}, withdrawn, ""},
		"a long note":                     {nil, word{Manufacturer, shipment.AnswerRequest{Note: strings.Repeat("x", 501)}}, fault.LimitExceeded},
	} {
		t.Run(name, func(t *testing.T) {
			s := New(t)
			onHand(s)
			id := s.MustCapture(Retailer, receipt("mismatch_instance", a)).Events[0].Discrepancies[0]
			for _, w := range c.given {
				require.NoError(t, say1(s, w.who, id, w.req))
			}
			before, custodian := s.Ledger.Dump(), s.Twin(a).Custodian
			err := say1(s, c.then.who, id, c.then.req)
			if c.code == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, c.code)
			require.Equal(t, before, s.Ledger.Dump())
			require.Equal(t, custodian, s.Twin(a).Custodian)
		})
	}
	_, err := say(New(t), Retailer, shipment.Withdraw, shipment.WithdrawRequest{Discrepancy: "none"})
	require.ErrorIs(t, err, fault.NotFound)
}

func TestTheSameIsClaimedOnceUnlessItWasWithdrawn(t *testing.T) {
	s := New(t)
	shipped, _ := shortOfB(s)
	claim := shipment.ClaimRequest{Shipment: shipped, Kind: shipment.Short, Objects: []string{b}}
	first := said(t, s, Retailer, shipment.Claim, claim)
	_, err := say(s, Retailer, shipment.Claim, claim)
	require.ErrorIs(t, err, fault.AlreadyExists)
	require.Equal(t, first.ID, fault.Of(err).Detail["discrepancy"])
	said(t, s, Retailer, shipment.Withdraw, shipment.WithdrawRequest{Discrepancy: first.ID})
	second := said(t, s, Retailer, shipment.Claim, claim)
	require.NotEqual(t, first.ID, second.ID)
	said(t, s, Manufacturer, shipment.Answer, shipment.AnswerRequest{Discrepancy: second.ID, Agree: true})
	_, err = say(s, Retailer, shipment.Claim, claim)
	require.ErrorIs(t, err, fault.AlreadyExists, "it is agreed")
}

// A receipt of the same object, said again and again with other times, would
// fill the other side's list.
func TestAnObjectThatTurnedUpIsClaimedOnce(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a, b))
	s.MustCapture(Retailer, receipt("mismatch_instance", a))
	before := s.Ledger.Dump()
	_, err := s.Capture(Retailer, receipt("mismatch_instance", b, a))
	require.ErrorIs(t, err, fault.AlreadyExists)
	require.Equal(t, a, fault.Of(err).EPC)
	require.Equal(t, before, s.Ledger.Dump())
	twice := with(receipt("mismatch_instance", b), func(e *Event) { e.ReadPoint = Site(Retailer) })
	_, err = s.Capture(Retailer, receipt("mismatch_instance", b), twice)
	require.ErrorIs(t, err, fault.AlreadyExists, "in one document, too")
	require.Equal(t, before, s.Ledger.Dump())
	s.MustCapture(Carrier, receipt("mismatch_instance", a)) // another may claim it, too
}

// An agreement finds the ledger as it is then.
func TestAgreementMovesOnlyWhatTheAgreeingSideHasAndMayGive(t *testing.T) {
	for name, c := range map[string]struct {
		meanwhile func(*Scene)
		code      fault.Code
		custodian string
	}{
		"nothing happened": {func(*Scene) {}, "", Retailer},
		"given to another": {func(s *Scene) {
			s.MustCapture(Manufacturer, Ship(Carrier, a))
			s.MustCapture(Carrier, Step("receiving", a))
		}, fault.NotCustodian, Carrier},
		"shipped after all": {func(s *Scene) {
			s.MustCapture(Manufacturer, Ship(Retailer, a))
			s.MustCapture(Retailer, Step("receiving", a))
		}, "", Retailer},
		"offered to another": {func(s *Scene) { s.MustCapture(Manufacturer, Ship(Carrier, a)) }, "", Retailer},
		"ended":              {func(s *Scene) { s.MustCapture(Manufacturer, Delete("destroying", a)) }, fault.ObjectEnded, Manufacturer},
		"held":               {func(s *Scene) { hold(s, a) }, fault.Held, Manufacturer},
	} {
		t.Run(name, func(t *testing.T) {
			s := New(t)
			onHand(s)
			id := s.MustCapture(Retailer, receipt("mismatch_instance", a)).Events[0].Discrepancies[0]
			c.meanwhile(s)
			before, events := s.Ledger.Dump(), s.Twin(a).Events
			_, err := say(s, Manufacturer, shipment.Answer, shipment.AnswerRequest{Discrepancy: id, Agree: true})
			require.Equal(t, c.custodian, s.Twin(a).Custodian)
			if c.code != "" {
				require.ErrorIs(t, err, c.code)
				require.Equal(t, a, fault.Of(err).EPC)
				require.Equal(t, before, s.Ledger.Dump())
				return
			}
			require.NoError(t, err)
			require.Nil(t, s.Twin(a).Offer)
			moved := discrepancy(t, s, id).Moved != ""
			require.Equal(t, moved, s.Twin(a).Events == events+1)
		})
	}
}

func TestAReceiptIsFreeWhileAClaimIsOpen(t *testing.T) {
	s := New(t)
	shipped, _ := shortOfB(s)
	d := said(t, s, Retailer, shipment.Claim, shipment.ClaimRequest{Shipment: shipped, Kind: shipment.Short, Objects: []string{b}})
	s.MustCapture(Retailer, Step("receiving", b)) // it came with the next lorry
	said(t, s, Manufacturer, shipment.Answer, shipment.AnswerRequest{Discrepancy: d.ID, Agree: true})
	require.Equal(t, Retailer, s.Twin(b).Custodian, "a late agreement takes nothing back")
}

func TestReadersReadAndPagesAreChecked(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(many(0, 5)...))
	shipped := s.MustCapture(Manufacturer, Ship(Retailer, many(0, 5)...)).Events[0].Event
	var claimed []string
	for i := range 5 {
		d := said(t, s, Retailer, shipment.Claim, shipment.ClaimRequest{Shipment: shipped, Kind: shipment.Short, Objects: many(i, i+1)})
		claimed = append([]string{d.ID}, claimed...)
	}
	for _, req := range []shipment.ListDiscrepanciesRequest{{Organisation: Retailer}, {Organisation: Manufacturer, Unsettled: true}, {Shipment: shipped, ShippedBy: Manufacturer}} {
		var listed []string
		for req.Size = 2; ; {
			page := known(t, s, shipment.ListDiscrepancies, req)
			for _, d := range page.Discrepancies {
				listed = append(listed, d.ID)
			}
			if req.Bookmark = page.Bookmark; req.Bookmark == "" {
				break
			}
		}
		require.Equal(t, claimed, listed, "the latest first")
	}
	for _, c := range []struct {
		req  shipment.ListDiscrepanciesRequest
		code fault.Code
	}{
		{shipment.ListDiscrepanciesRequest{}, fault.InvalidRequest},
		{shipment.ListDiscrepanciesRequest{Organisation: Retailer, Shipment: shipped}, fault.InvalidRequest},
		{shipment.ListDiscrepanciesRequest{Shipment: shipped, Unsettled: true}, fault.InvalidRequest},
		{shipment.ListDiscrepanciesRequest{Shipment: strings.Repeat("0", 64)}, fault.NotFound},
		{shipment.ListDiscrepanciesRequest{Organisation: Retailer, Size: 501}, fault.LimitExceeded},
	} {
		_, err := ask(s, shipment.ListDiscrepancies, c.req)
		require.ErrorIs(t, err, c.code, c.req)
	}
	_, err := ask(s, shipment.ReadDiscrepancy, shipment.ReadDiscrepancyRequest{Discrepancy: "x\x00y"})
	require.ErrorIs(t, err, fault.InvalidRequest)
}

// Whatever organisations claim, answer and withdraw at random, an object leaves a
// custodian only by what that custodian has said: a shipment of its own that was
// received, or an agreement of its own.
func TestNoClaimTakesAnObjectFromACustodianThatHasNotAgreed(t *testing.T) {
	traders := []string{Manufacturer, Carrier, Retailer}
	objects := []string{Object(Manufacturer, "Q1"), Object(Manufacturer, "Q2")}
	rapid.Check(t, func(t *rapid.T) {
		s := New(t)
		s.MustCapture(Manufacturer, Commission(objects...))
		var ids, shipments []string
		for i := range rapid.IntRange(5, 40).Draw(t, "acts") {
			msp := rapid.SampledFrom(traders).Draw(t, "msp")
			object := rapid.SampledFrom(objects).Draw(t, "object")
			befores := map[string]product.View{}
			for _, id := range objects {
				befores[id] = s.Twin(id)
			}
			agreed := ""
			event := Step("receiving", object)
			switch rapid.IntRange(0, 6).Draw(t, "act") {
			case 0:
				event = Ship(rapid.SampledFrom(traders).Draw(t, "to"), object)
			case 1:
				event.Disposition = rapid.SampledFrom([]string{"", "damaged"}).Draw(t, "disposition")
			case 2, 3:
				event.Disposition = "mismatch_instance"
			case 4:
				event = Event{}
				if len(ids) > 0 {
					req := shipment.AnswerRequest{Discrepancy: rapid.SampledFrom(ids).Draw(t, "id"), Agree: rapid.Bool().Draw(t, "agree")}
					if _, err := say(s, msp, shipment.Answer, req); err == nil && req.Agree {
						agreed = msp
					}
				}
			case 5:
				event = Event{}
				if len(ids) > 0 {
					say(s, msp, shipment.Withdraw, shipment.WithdrawRequest{Discrepancy: rapid.SampledFrom(ids).Draw(t, "id")}) //nolint:errcheck // a refusal is fine
				}
			default:
				event = Event{}
				if len(shipments) > 0 {
					kind := rapid.SampledFrom([]shipment.Kind{shipment.Short, shipment.Damaged, shipment.Wrong}).Draw(t, "kind")
					if d, err := say(s, msp, shipment.Claim, shipment.ClaimRequest{Shipment: rapid.SampledFrom(shipments).Draw(t, "shipment"), Kind: kind, Objects: []string{object}}); err == nil {
						ids = append(ids, d.ID)
					}
				}
			}
			if event.Action != "" {
				event.EventID = fmt.Sprintf("urn:x:%d", i)
				if response, err := s.Capture(msp, event); err == nil {
					ids = append(ids, response.Events[0].Discrepancies...)
					if event.BizStep == "shipping" {
						shipments = append(shipments, response.Events[0].Event)
					}
				}
			}
			for id, before := range befores {
				after := s.Twin(id).Custodian
				received := before.Offer != nil && before.Offer.To == after && msp == after
				if after != before.Custodian && !received && agreed != before.Custodian {
					t.Fatalf("%s went from %s to %s by %s", id, before.Custodian, after, msp)
				}
			}
		}
	})
}
