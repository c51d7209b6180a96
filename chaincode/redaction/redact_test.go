package redaction_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/redaction"
)

const canary = "CANARY-12.50-EUR"

// sample has one of everything that can be private.
func sample() *epcis.Event {
	return &epcis.Event{
		Type: epcis.ObjectEvent, Action: epcis.Add, BizStep: "commissioning",
		EventTime: time.Date(2026, 3, 1, 11, 0, 0, 0, time.UTC), EventTimeZoneOffset: "+00:00",
		EPCList:            []string{"https://id.gs1.org/01/09506000134352/21/V1"},
		BizTransactionList: []epcis.BizTransaction{{Type: "po", ID: "urn:x-example:" + canary}, {Type: "desadv", ID: "urn:x-example:1"}},
		SourceList:         []epcis.Party{{Type: "owning_party", ID: "urn:epc:id:pgln:4012345.00002"}},
		DestinationList:    []epcis.Party{{Type: "possessing_party", ID: "urn:epc:id:pgln:4012345.00001"}, {Type: "owning_party", ID: "urn:epc:id:pgln:4012345.00003"}},
		ILMD: epcis.Extensions{
			{Name: "cbvmda:lotNumber", Value: epcis.Text("L1")},
			{Name: "cbvmda:itemExpirationDate", Value: epcis.Text("2027-01-01")},
			{Name: "ext:recipe", Value: epcis.Text(canary)},
		},
		Extensions: epcis.Extensions{
			{Name: "ext:price", Value: epcis.Text(canary)}, {Name: "countersign:sealApplied", Value: epcis.Text("S1")},
		},
		Context: epcis.NewContext("ext", "https://ns.example.com/epcis/", "countersign", redaction.Namespace),
	}
}

// everything is all that one would hide without naming what rules read.
var everything = redaction.Fields{
	BizTransactions: []string{redaction.All}, ILMD: []string{redaction.All}, Owners: true, Extensions: []string{redaction.All},
}

func redacted(t *testing.T) (*epcis.Event, []redaction.Disclosure) {
	t.Helper()
	event, disclosures, err := redaction.Redact(sample(), everything, seeded(1))
	require.NoError(t, err)
	return event, disclosures
}

func fieldsOf(disclosures []redaction.Disclosure) []string {
	var fields []string
	for _, d := range disclosures {
		fields = append(fields, d.Field())
	}
	return fields
}

func TestWhatRulesReadStaysPublicUnlessItIsNamed(t *testing.T) {
	event, disclosures := redacted(t)
	require.Equal(t, []string{"bizTransactionList", "bizTransactionList", "sourceList", "destinationList", "ilmd/ext:recipe", "ext:price"}, fieldsOf(disclosures))
	public := text(t, event)
	require.NotContains(t, public, canary)
	require.NotContains(t, public, "owning_party")
	for _, seen := range []string{"L1", "2027-01-01", "S1", "possessing_party", "commissioning"} {
		require.Contains(t, public, seen)
	}
	_, disclosures, err := redaction.Redact(sample(), redaction.Fields{ILMD: []string{"cbvmda:lotNumber"}}, seeded(1))
	require.NoError(t, err)
	require.Equal(t, []string{"ilmd/cbvmda:lotNumber"}, fieldsOf(disclosures), "for who insists")
}

func TestLotAndExpiryStayPublicHoweverTheirNamesAreSpelled(t *testing.T) {
	for name, context := range map[string]*epcis.Context{
		"cbvmda:sellByDate":  epcis.NewContext(),
		"mda:bestBeforeDate": epcis.NewContext("mda", "urn:epcglobal:cbv:mda:"),
		"gs1:expirationDate": epcis.NewContext(),
	} {
		event := sample()
		event.Extensions, event.Context = nil, context
		event.ILMD = epcis.Extensions{{Name: name, Value: epcis.Text("2027-01-01")}}
		_, disclosures, err := redaction.Redact(event, redaction.Fields{ILMD: []string{redaction.All}}, seeded(1))
		require.NoError(t, err)
		require.Empty(t, disclosures, name)
	}
}

func TestOneFieldIsShownAloneAgainstThePublicEvent(t *testing.T) {
	event, disclosures := redacted(t)
	for i, d := range disclosures {
		require.NoError(t, redaction.Verify(event, d))
		revealed, err := redaction.Reveal(event, disclosures[i:i+1])
		require.NoError(t, err)
		require.NoError(t, revealed.Validate())
	}
	revealed, err := redaction.Reveal(event, disclosures[:1])
	require.NoError(t, err)
	require.Equal(t, sample().BizTransactionList[:1], revealed.BizTransactionList)
	require.NotContains(t, text(t, revealed), "recipe")
}

// A document's @context stands for the events in it.
func TestAnEventOfADocumentIsRedactedByTheDocumentsContext(t *testing.T) {
	event := sample()
	doc := &epcis.Document{SchemaVersion: "2.0", CreationDate: event.EventTime, Context: event.Context, Events: []epcis.Event{*with(nil, event)}}
	data, err := doc.MarshalJSON()
	require.NoError(t, err)
	read, err := epcis.ReadDocument(bytes.NewReader(data), epcis.Limits{})
	require.NoError(t, err)
	out, disclosures, err := redaction.Redact(&read.Events[0], redaction.Fields{Extensions: []string{"https://ns.example.com/epcis/price"}}, seeded(1))
	require.NoError(t, err)
	require.Len(t, disclosures, 1)
	read.Events[0] = *out
	data, err = read.MarshalJSON()
	require.NoError(t, err)
	again, err := epcis.ReadDocument(bytes.NewReader(data), epcis.Limits{})
	require.NoError(t, err)
	require.NoError(t, redaction.Check(&again.Events[0]))
	whole, err := redaction.Restore(&again.Events[0], disclosures)
	require.NoError(t, err)
	require.Equal(t, hash(t, event), hash(t, whole))
}

func TestWhatCannotBeHiddenIsRefused(t *testing.T) {
	transaction := sample()
	transaction.Type, transaction.Action, transaction.ILMD = epcis.TransactionEvent, epcis.Observe, nil
	invalid := sample()
	invalid.EPCList = []string{"no identifier"}
	long := sample()
	long.Extensions[0].Value = epcis.Text(strings.Repeat("x", redaction.MaxValue))
	many := sample()
	for range redaction.MaxCommitments {
		many.BizTransactionList = append(many.BizTransactionList, epcis.BizTransaction{Type: "po", ID: "urn:x-example:1"})
	}
	malformed := sample()
	malformed.Extensions = append(malformed.Extensions, epcis.Member{Name: "countersign:commitments", Value: epcis.Text("none")})
	var field *redaction.FieldError
	var limit *redaction.LimitError
	var validation *epcis.ValidationError
	for name, c := range map[string]struct {
		event  *epcis.Event
		fields redaction.Fields
		want   any
	}{
		"our own extensions":                {sample(), redaction.Fields{Extensions: []string{"countersign:sealApplied"}}, &field},
		"our own extensions in full":        {sample(), redaction.Fields{Extensions: []string{redaction.Namespace + "loss"}}, &field},
		"no type":                           {sample(), redaction.Fields{BizTransactions: []string{"no such word"}}, &field},
		"all that a transaction is about":   {transaction, everything, &field},
		"a long value":                      {long, everything, &limit},
		"more values than commitments":      {many, everything, &limit},
		"more commitments than there are":   {sample(), redaction.Fields{Least: redaction.MaxCommitments + 1}, &limit},
		"an event that is not valid":        {invalid, everything, &validation},
		"an event of malformed commitments": {malformed, everything, new(*fault.Error)},
	} {
		t.Run(name, func(t *testing.T) {
			event, disclosures, err := redaction.Redact(c.event, c.fields, seeded(1))
			require.ErrorAs(t, err, c.want)
			require.Nil(t, event)
			require.Nil(t, disclosures)
			require.NotContains(t, err.Error(), canary)
		})
	}
	_, _, err := redaction.Redact(nil, everything, seeded(1))
	require.Error(t, err)
}

func TestASourceThatIsNotRandomIsRefused(t *testing.T) {
	broken := errors.New("broken")
	for name, c := range map[string]struct {
		random interface{ Read([]byte) (int, error) }
		want   error
	}{
		"zeros":        {zeros{}, redaction.ErrWeakSalt},
		"a repetition": {&repeating{}, redaction.ErrWeakSalt},
		"broken":       {iotest.ErrReader(broken), broken},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := redaction.Redact(sample(), everything, c.random)
			require.ErrorIs(t, err, c.want)
		})
	}
	_, _, err := redaction.Redact(sample(), everything, nil)
	require.Error(t, err)
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// repeating gives the same 32 good bytes again and again.
type repeating struct{}

func (repeating) Read(p []byte) (int, error) { return seeded(7).Read(p) }

func TestAWrongDisclosureIsRefusedAndNamed(t *testing.T) {
	event, good := redacted(t)
	_, others, err := redaction.Redact(sample(), everything, seeded(2))
	require.NoError(t, err)
	changed := good[0]
	changed.BizTransaction = &epcis.BizTransaction{Type: "po", ID: "urn:x-example:changed"}
	moved := good[1]
	moved.At++
	renamed := good[5]
	renamed.Extension = &epcis.Member{Name: "ext:cost", Value: good[5].Extension.Value}
	elsewhere := good[2]
	elsewhere.Source, elsewhere.Destination = nil, elsewhere.Source
	weak := good[1]
	weak.Salt = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8" // counts
	short := good[1]
	short.Salt = good[1].Salt[:20]
	two := good[0]
	two.Source = good[2].Source
	possessor := good[2]
	possessor.Source = &epcis.Party{Type: "possessing_party", ID: "urn:epc:id:pgln:4012345.00001"}
	ours := good[5]
	ours.Extension = &epcis.Member{Name: "countersign:loss", Value: epcis.Text("1")}
	for name, c := range map[string]struct {
		wrong  redaction.Disclosure
		reason error
	}{
		"changed":                         {changed, redaction.ErrNotCommitted},
		"moved":                           {moved, redaction.ErrNotCommitted},
		"renamed":                         {renamed, redaction.ErrNotCommitted},
		"a source shown as destination":   {elsewhere, redaction.ErrNotCommitted},
		"of the same event redacted anew": {others[1], redaction.ErrNotCommitted},
		"twice":                           {good[0], redaction.ErrDuplicate},
		"with a salt that counts":         {weak, redaction.ErrWeakSalt},
		"with a short salt":               {short, redaction.ErrWeakSalt},
		"of two fields":                   {two, redaction.ErrMalformed},
		"of a possessor":                  {possessor, redaction.ErrMalformed},
		"of what rules read":              {ours, redaction.ErrMalformed},
		"of nothing at all":               {redaction.Disclosure{}, redaction.ErrWeakSalt},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := redaction.Restore(event, []redaction.Disclosure{good[0], c.wrong})
			var wrong *redaction.DisclosureError
			require.ErrorAs(t, err, &wrong)
			require.Equal(t, 1, wrong.Index)
			require.ErrorIs(t, err, c.reason)
			require.NotContains(t, err.Error(), canary)
		})
	}
	unredacted := sample()
	require.ErrorIs(t, redaction.Verify(unredacted, good[0]), redaction.ErrNotCommitted)
}

// Who writes an event can commit to anything; what it cannot do is have a partner
// take for valid what the standard or the ledger's rules would refuse.
func TestASenderCannotCommitToWhatThePublicEventCouldNotHold(t *testing.T) {
	observed := sample()
	observed.Action, observed.BizStep, observed.ILMD, observed.Extensions = epcis.Observe, "", nil, nil
	commissioned := sample()
	commissioned.Extensions, commissioned.BizTransactionList, commissioned.SourceList, commissioned.DestinationList = nil, nil, nil, nil
	_, disclosures, err := redaction.Redact(commissioned, redaction.Fields{ILMD: []string{"ext:recipe"}}, seeded(1))
	require.NoError(t, err)
	out, err := forge(observed, disclosures[0])
	require.NoError(t, err)
	require.NoError(t, redaction.Check(out))
	var invalid *epcis.ValidationError
	require.ErrorAs(t, redaction.Verify(out, disclosures[0]), &invalid, "ILMD in an event that observes")
}

func TestOnlyTheDocumentedTextIsADisclosure(t *testing.T) {
	_, disclosures := redacted(t)
	canonical, err := disclosures[0].MarshalText()
	require.NoError(t, err)
	salt := disclosures[0].Salt
	require.Equal(t, `["`+salt+`",0,{"bizTransactionList":[{"type":"po","bizTransaction":"urn:x-example:`+canary+`"}]}]`, string(canonical))
	with := func(rest string) string { return `["` + salt + `",` + rest + `]` }
	for name, c := range map[string]struct {
		text   string
		reason error
	}{
		"nothing":            {"", redaction.ErrMalformed},
		"an object":          {`{}`, redaction.ErrMalformed},
		"too few parts":      {with(`0`), redaction.ErrMalformed},
		"too many parts":     {with(`0,{},1`), redaction.ErrMalformed},
		"white space":        {" " + string(canonical), redaction.ErrMalformed},
		"a negative place":   {with(`-1,{"ext:a":1}`), redaction.ErrMalformed},
		"a place of nothing": {with(`1,{}`), redaction.ErrMalformed},
		"a fraction":         {with(`0.5,{"ext:a":1}`), redaction.ErrMalformed},
		"a huge place":       {with(`1048577,{"ext:a":1}`), redaction.ErrMalformed},
		"a longer number":    {with(`0,{"ext:a":1.0}`), redaction.ErrMalformed},
		"a longer string":    {with(`0,{"ext:a":"\u0061"}`), redaction.ErrMalformed},
		"null":               {with(`0,{"ext:a":null}`), redaction.ErrMalformed},
		"two members":        {with(`0,{"ext:a":1,"ext:b":1}`), redaction.ErrMalformed},
		"two entries":        {with(`0,{"bizTransactionList":[{"bizTransaction":"urn:a:1"},{"bizTransaction":"urn:a:2"}]}`), redaction.ErrMalformed},
		"two fields":         {with(`0,{"sourceList":[{"type":"owning_party","source":"urn:epc:id:pgln:4012345.00002"}],"ext:a":1}`), redaction.ErrMalformed},
		"a public field":     {with(`0,{"readPoint":{"id":"urn:epc:id:sgln:4012345.00005.122"}}`), redaction.ErrMalformed},
		"objects":            {with(`0,{"quantityList":[{"epcClass":"urn:epc:class:lgtin:4012345.012345.L1"}]}`), redaction.ErrMalformed},
		"a context":          {with(`0,{"@context":"https://x.example/","ext:a":1}`), redaction.ErrMalformed},
		"another spelling":   {with(`0,{"bizTransactionList":[{"type":"urn:epcglobal:cbv:btt:po","bizTransaction":"urn:a:1"}]}`), redaction.ErrMalformed},
		"a bare name":        {with(`0,{"price":1}`), redaction.ErrMalformed},
		"an injected field":  {with(`0,{}}`), redaction.ErrMalformed},
		"too long a value":   {with(`0,{"ext:a":"` + strings.Repeat("x", redaction.MaxValue) + `"}`), redaction.ErrMalformed},
		"too long a text":    {with(`0,{"ext:a":"` + strings.Repeat("x", 1<<20) + `"}`), redaction.ErrMalformed},
		"not UTF-8":          {with("0,{\"ext:a\":\"\xff\"}"), redaction.ErrMalformed},
		"no salt":            {`["",0,{}]`, redaction.ErrWeakSalt},
		"a padded salt":      {`["` + salt + `=",0,{}]`, redaction.ErrWeakSalt},
	} {
		t.Run(name, func(t *testing.T) {
			d := redaction.Disclosure{At: 7}
			require.ErrorIs(t, d.UnmarshalText([]byte(c.text)), c.reason)
			require.Equal(t, redaction.Disclosure{At: 7}, d)
		})
	}
}

// Whoever is shown one of two disclosures with one salt can guess the other.
func TestASaltThatIsUsedTwiceIsRefusedThoughBothAreCommittedTo(t *testing.T) {
	_, disclosures := redacted(t)
	first, second := disclosures[0], disclosures[1]
	second.Salt = first.Salt
	one, err := forge(sample(), first)
	require.NoError(t, err)
	both, err := forge(sample(), second)
	require.NoError(t, err)
	commitments := []epcis.Value{one.Extensions[2].Value, both.Extensions[2].Value}
	if commitments[0].Text > commitments[1].Text {
		commitments[0], commitments[1] = commitments[1], commitments[0]
	}
	both.Extensions[2].Value = epcis.Value{Kind: epcis.Array, Items: commitments}
	require.NoError(t, redaction.Verify(both, first))
	require.NoError(t, redaction.Verify(both, second))
	_, err = redaction.Reveal(both, []redaction.Disclosure{first, second})
	require.ErrorIs(t, err, redaction.ErrWeakSalt)
}
