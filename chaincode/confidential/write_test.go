package confidential_test

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/selective"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
	"github.com/countersign-ledger/countersign/collections"
)

// A refusal reaches the gateway, its log and the client: it never quotes a value, in
// words or in its token.
func TestARefusalNeverQuotesASecret(t *testing.T) {
	w := newWorld(t)
	first := draft(t)
	w.mustWrite(first)
	other := draft(t)
	other.ID = first.ID
	changed := first
	changed.Subjects = nil

	for name, c := range refusals(t) {
		t.Run(name, func(t *testing.T) { w.refuses(t, c) })
	}
	for name, c := range map[string]refusal{
		"what is there":        {encoded(t, first), fault.AlreadyRecorded, ""},
		"another one there":    {encoded(t, other), fault.AlreadyExists, "/id"},
		"the same about less":  {encoded(t, changed), fault.AlreadyExists, "/id"},
		"a version of nothing": {with(t, func(d *confidential.Draft) { d.Replaces = salt(t) }), fault.NotFound, "/replaces"},
		"a version of another kind": {with(t, func(d *confidential.Draft) {
			d.Replaces, d.Kind = first.ID, collections.KindOrigin
			d.Fields = d.Fields[:2]
		}), fault.OutOfSequence, "/replaces"},
	} {
		t.Run(name, func(t *testing.T) { w.refuses(t, c) })
	}
}

// refusal is a text that is refused with a code at a place below the record.
type refusal struct {
	text []byte
	code fault.Code
	at   string
}

func (w *world) refuses(t *testing.T, c refusal) {
	t.Helper()
	_, o, err := run(w, api.WriteConfidential, Manufacturer, ledger.RoleOperator, Manufacturer, confidential.WriteRequest{With: withRetailer}, c.text)
	require.ErrorIs(t, err, c.code)
	require.NotContains(t, err.Error(), "CANARY")
	token, _, _ := strings.Cut(strings.TrimPrefix(fault.Of(err).Wire(), "[countersign/1/"+string(c.code)+"/"), "]")
	inside, decodeErr := base64.RawURLEncoding.DecodeString(token)
	require.NoError(t, decodeErr)
	require.NotContains(t, string(inside), "CANARY")
	require.Empty(t, o.results.Private)
	require.Empty(t, o.results.Writes)
	if c.at != "" {
		require.Equal(t, "transient/record"+c.at, fault.Of(err).Field)
	}
}

func with(t *testing.T, change func(*confidential.Draft)) []byte {
	t.Helper()
	d := draft(t)
	change(&d)
	return encoded(t, d)
}

// refusals are drafts that break a rule.
func refusals(t *testing.T) map[string]refusal {
	counter := make([]byte, selective.SaltSize)
	for i := range counter {
		counter[i] = byte(i)
	}
	text := base64.RawURLEncoding.EncodeToString
	many := func(n int, name string) []string { return slices.Repeat([]string{name}, n) }
	invalid := func(at string, change func(*confidential.Draft)) refusal {
		return refusal{with(t, change), fault.InvalidRequest, at}
	}
	weak := func(salt string) refusal {
		return invalid("/fields/1/salt", func(d *confidential.Draft) { d.Fields[1].Salt = salt })
	}
	keep := func(keep, erase string) refusal {
		at := "/retention/keep"
		if erase != "" {
			at = "/retention/eraseAfter"
		}
		return invalid(at, func(d *confidential.Draft) { d.Retention = confidential.Retention{Keep: keep, EraseAfter: erase} })
	}
	countries := func(at, rule string, codes ...string) refusal {
		return invalid(at, func(d *confidential.Draft) { d.Transfer = &confidential.Transfer{Rule: rule, Countries: codes} })
	}
	field := func(at, name, value string) refusal {
		return invalid(at, func(d *confidential.Draft) { d.Fields[0].Name, d.Fields[0].Value = name, value })
	}
	return map[string]refusal{
		"no JSON":             {[]byte(canary), fault.InvalidRequest, ""},
		"a wrong type":        {[]byte(`{"v":"` + canary + `"}`), fault.InvalidRequest, ""},
		"an unknown member":   {[]byte(`{"` + canary + `":1}`), fault.InvalidRequest, ""},
		"something behind it": {append(with(t, func(*confidential.Draft) {}), canary...), fault.InvalidRequest, ""},
		"a brace behind it":   {append(with(t, func(*confidential.Draft) {}), '}'), fault.InvalidRequest, ""},
		"much too large":      {[]byte(strings.Repeat(canary, 2*ledger.MaxRecord/len(canary)+1)), fault.LimitExceeded, ""},
		"nothing":             {nil, fault.InvalidRequest, ""},
		"another version":     invalid("/v", func(d *confidential.Draft) { d.V = 2 }),
		"another subject":     invalid("/subjects/1", func(d *confidential.Draft) { d.Subjects = []string{subject, canary} }),
		"a subject twice":     invalid("/subjects", func(d *confidential.Draft) { d.Subjects = []string{subject, "https://id.gs1.org" + subject} }),
		"many subjects":       invalid("/subjects", func(d *confidential.Draft) { d.Subjects = many(17, subject) }),
		"another kind":        invalid("/kind", func(d *confidential.Draft) { d.Kind = canary }),
		"another sensitivity": invalid("/sensitivity", func(d *confidential.Draft) { d.Sensitivity = canary }),
		"personal, not said so": invalid("/sensitivity", func(d *confidential.Draft) {
			d.Kind, d.Sensitivity, d.Fields = collections.KindPersonal, confidential.Standard, d.Fields[:2]
		}),
		"an id to guess":       invalid("/id", func(d *confidential.Draft) { d.ID = canary }),
		"an id that counts":    invalid("/id", func(d *confidential.Draft) { d.ID = text(counter) }),
		"replacing itself":     invalid("/replaces", func(d *confidential.Draft) { d.Replaces = d.ID }),
		"replacing a guess":    invalid("/replaces", func(d *confidential.Draft) { d.Replaces = canary }),
		"many approvers":       invalid("/approvers", func(d *confidential.Draft) { d.Approvers = many(9, Carrier) }),
		"an approver twice":    invalid("/approvers", func(d *confidential.Draft) { d.Approvers = many(2, Carrier) }),
		"a member approves":    invalid("/approvers/0", func(d *confidential.Draft) { d.Approvers = []string{Retailer} }),
		"nobody approves":      invalid("/approvers/0", func(d *confidential.Draft) { d.Approvers = []string{""} }),
		"a rule without words": countries("/transfer/rule", "", "DE"),
		"a rule too long":      countries("/transfer/rule", strings.Repeat("x", confidential.MaxRule+1), "DE"),
		"no countries":         countries("/transfer/countries", "EEA"),
		"a country twice":      countries("/transfer/countries", "EEA", "DE", "DE"),
		"no country":           countries("/transfer/countries/1", "EEA", "DE", "XX"),
		"kept for months":      keep("P6M", ""),
		"kept for ever":        keep("P31Y", ""),
		"kept for no time":     keep("P0Y", ""),
		"kept for 06 years":    keep("P06Y", ""),
		"kept for six":         keep(canary, ""),
		"erased before kept":   keep("P6Y", "P5Y"),
		"erased some day":      keep("", canary),
		"a long basis":         invalid("/retention/basis", func(d *confidential.Draft) { d.Retention.Basis = strings.Repeat(canary, 12) }),
		"no fields":            invalid("/fields", func(d *confidential.Draft) { d.Fields = nil }),
		"decoys alone":         invalid("/fields", func(d *confidential.Draft) { d.Fields = d.Fields[1:2] }),
		"many fields": invalid("/fields", func(d *confidential.Draft) {
			d.Fields = slices.Repeat(d.Fields[1:2], confidential.MaxFields+1)
		}),
		"a name twice": invalid("/fields/3/name", func(d *confidential.Draft) {
			d.Fields = append(d.Fields, selective.Field{Name: "/notes", Value: canary, Salt: salt(t)})
		}),
		"a salt twice":          invalid("/fields/1/salt", func(d *confidential.Draft) { d.Fields[1].Salt = d.Fields[0].Salt }),
		"a salt that is the id": invalid("/fields/1/salt", func(d *confidential.Draft) { d.Fields[1].Salt = d.ID }),
		"no salt":               weak(""),
		"a short salt":          weak(salt(t)[:20]),
		"a salt of zeros":       weak(text(make([]byte, selective.SaltSize))),
		"a salt of a counter":   weak(text(counter)),
		"a salt of two bytes":   weak(text([]byte(strings.Repeat("ab", selective.SaltSize/2)))),
		"a salt that is value":  weak(canary),
		"a name alone":          field("/fields/0", "/"+canary, ""),
		"a value alone":         field("/fields/0", "", canary),
		"a long name":           field("/fields/0", "/"+strings.Repeat(canary, 12), "x"),
		"a name of no schema":   field("/fields/0", "/"+canary, "x"),
		"a value of no form":    field("/fields/0/value", "/currency", canary),
		"an own name of words":  field("/fields/0", "/x-acme/CANARY", ""),
		"too large": {with(t, func(d *confidential.Draft) {
			for i := range 6 {
				d.Fields = append(d.Fields, selective.Field{Name: "/x-acme/n" + string(rune('a'+i)), Value: strings.Repeat("C", 1900), Salt: salt(t)})
			}
		}), fault.LimitExceeded, ""},
	}
}

// The private write set is kept at every peer that endorses: one of anybody else
// refuses before there is any.
func TestOnlyTheTwoMembersPeersEndorseAndServe(t *testing.T) {
	w := newWorld(t)
	d := draft(t)
	for _, peer := range []string{Carrier, Regulator, ""} {
		_, o, err := run(w, api.WriteConfidential, Manufacturer, ledger.RoleOperator, peer, confidential.WriteRequest{With: withRetailer}, encoded(t, d))
		require.ErrorIs(t, err, fault.NotMember, peer)
		require.Empty(t, o.results.Private)
	}
	_, o, err := run(w, api.WriteConfidential, Manufacturer, ledger.RoleOperator, Retailer, confidential.WriteRequest{With: withRetailer}, encoded(t, d))
	require.NoError(t, err)
	w.commit(o)

	read := func(msp, peer string, with ...string) error {
		_, _, err := run(w, api.ReadConfidential, msp, ledger.RoleOperator, peer, confidential.ReadRequest{With: with, ID: d.ID}, nil)
		return err
	}
	require.NoError(t, read(Manufacturer, Manufacturer, Retailer))
	require.NoError(t, read(Retailer, Retailer, Manufacturer))
	require.ErrorIs(t, read(Retailer, Manufacturer, Manufacturer), fault.NotMember, "only at the caller's own peer")
	require.ErrorIs(t, read(Carrier, Carrier, Manufacturer), fault.NotFound, "the carrier has a collection of its own with each")
	require.ErrorIs(t, read(Carrier, Carrier, Manufacturer, Retailer), fault.NotFound, "and another one with both")
	require.ErrorIs(t, read(Carrier, Manufacturer, Retailer), fault.NotMember)
	require.ErrorIs(t, read(Regulator, Regulator, Manufacturer), fault.ReaderOnly)
	require.ErrorIs(t, read(Outsider, Outsider, Manufacturer), fault.NotParticipant)
	for _, with := range [][]string{nil, {Manufacturer}, {Retailer, Retailer}, {""}, {"1", "2", "3", "4", "5", "6", "7", "8"}} {
		require.ErrorIs(t, read(Manufacturer, Manufacturer, with...), fault.InvalidRequest)
	}

	w.Ledger.Lose(pair, Retailer, true)
	require.ErrorIs(t, read(Retailer, Retailer, Manufacturer), fault.NotHere, "missing is not absent")
	w.Ledger.Lose(pair, Retailer, false)
	require.NoError(t, read(Retailer, Retailer, Manufacturer))
}

func TestThreeShareARecordInACollectionOfTheirOwn(t *testing.T) {
	w := newWorld(t)
	d := draft(t)
	must(w, api.WriteConfidential, Manufacturer, ledger.RoleOperator, confidential.WriteRequest{With: []string{Retailer, Carrier}}, encoded(t, d))
	read := must(w, api.ReadConfidential, Carrier, ledger.RoleOperator, confidential.ReadRequest{With: []string{Retailer, Manufacturer}, ID: d.ID}, nil)
	require.Equal(t, []string{Carrier, Manufacturer, Retailer}, read.Manifest.Members)
	require.Equal(t, Manufacturer, read.Manifest.Owner)
	require.Equal(t, d.Fields, read.Content.Fields)
	_, err := w.read(d.ID)
	require.ErrorIs(t, err, fault.NotFound, "it is not in that of two of them")
}

func TestOnlyTradingOrganisationsShareRecords(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		msp, role, with string
		code            fault.Code
	}{
		{Manufacturer, ledger.RoleAuditor, Retailer, fault.RoleRequired},
		{Manufacturer, ledger.RoleOperator, Regulator, fault.ReaderOnly},
		{Manufacturer, ledger.RoleOperator, Outsider, fault.NotParticipant},
		{Regulator, ledger.RoleOperator, Retailer, fault.ReaderOnly},
		{Outsider, ledger.RoleOperator, Retailer, fault.NotParticipant},
	} {
		_, err := do(w, api.WriteConfidential, c.msp, c.role, confidential.WriteRequest{With: []string{c.with}}, encoded(t, draft(t)))
		require.ErrorIs(t, err, c.code, "%v", c)
	}
}

func TestARecordIsSharedOnlyWhereItMayGo(t *testing.T) {
	w := newWorld(t)
	d := draft(t)
	d.Transfer = &confidential.Transfer{Rule: "only at home", Countries: []string{"DE"}}
	_, err := w.write(d)
	require.ErrorIs(t, err, fault.Jurisdiction)
	require.Equal(t, "only at home", fault.Of(err).Detail["rule"])
	require.Equal(t, Retailer, fault.Of(err).Detail["organisation"])
	d.Transfer.Countries = []string{"FR", "DE"}
	w.mustWrite(d)
	read, err := w.read(d.ID)
	require.NoError(t, err)
	require.Equal(t, []string{"DE", "FR"}, read.Manifest.Transfer.Countries, "sorted")
}

func TestVersionsFollowOneAnother(t *testing.T) {
	w := newWorld(t)
	first, second, third := draft(t), draft(t), draft(t)
	second.Replaces, third.Replaces = first.ID, second.ID
	w.mustWrite(first)
	_, err := w.write(third)
	require.ErrorIs(t, err, fault.NotFound, "the second is not there")
	lazy := second
	lazy.Fields = append(slices.Clone(second.Fields), selective.Field{Salt: first.Fields[0].Salt})
	_, err = w.write(lazy)
	require.ErrorIs(t, err, fault.InvalidRequest, "a salt of the version before")
	w.mustWrite(second)
	_, err = w.write(second)
	require.ErrorIs(t, err, fault.AlreadyRecorded)
	rival := draft(t)
	rival.Replaces = first.ID
	_, err = w.write(rival)
	require.ErrorIs(t, err, fault.OutOfSequence, "the first has been replaced")
	w.mustWrite(third)
	read, err := w.read(third.ID)
	require.NoError(t, err)
	require.Equal(t, 3, read.Manifest.Version)

	theirs := draft(t)
	theirs.Replaces = third.ID
	_, err = do(w, api.WriteConfidential, Retailer, ledger.RoleOperator, confidential.WriteRequest{With: []string{Manufacturer}}, encoded(t, theirs))
	require.ErrorIs(t, err, fault.OutOfSequence, "of another owner")

	w.Ledger.Lose(pair, Manufacturer, true)
	_, err = w.write(theirs)
	require.ErrorIs(t, err, fault.NotHere, "the version before has not reached this peer")
	w.Ledger.Lose(pair, Manufacturer, false)
	require.NoError(t, w.purge(third.ID))
	_, err = w.write(theirs)
	require.ErrorIs(t, err, fault.NotFound, "what was purged is followed by nothing")
}

func TestWhatWasPurgedDoesNotComeBack(t *testing.T) {
	w := newWorld(t)
	public := draft(t)
	w.published(public)
	require.NoError(t, w.purge(public.ID))
	_, err := w.write(public)
	require.ErrorIs(t, err, fault.AlreadyExists)

	first, second := draft(t), draft(t)
	second.Replaces = first.ID
	w.mustWrite(first)
	w.mustWrite(second)
	require.NoError(t, w.purge(first.ID))
	_, err = w.write(first)
	require.ErrorIs(t, err, fault.AlreadyExists, "it has its place before the second")
}

// What the collection holds is read only as the ledger has it, and only together.
func TestAContentThatDoesNotOpenItsManifestIsRefused(t *testing.T) {
	w := newWorld(t)
	d := draft(t)
	w.mustWrite(d)
	read, err := w.read(d.ID)
	require.NoError(t, err)
	for name, change := range map[string]func(*confidential.ReadResponse){
		"of another record": func(r *confidential.ReadResponse) { r.Content.ID = salt(t) },
		"a field less":      func(r *confidential.ReadResponse) { r.Content.Fields = r.Content.Fields[1:] },
		"a field twice":     func(r *confidential.ReadResponse) { r.Content.Fields[1] = r.Content.Fields[0] },
		"another value":     func(r *confidential.ReadResponse) { r.Content.Fields[0].Value = "other" },
		"another salt":      func(r *confidential.ReadResponse) { r.Content.Fields[0].Salt = salt(t) },
		"a decoy as a fact": func(r *confidential.ReadResponse) {
			r.Content.Fields[1].Name, r.Content.Fields[1].Value = "/total", "1"
		},
	} {
		t.Run(name, func(t *testing.T) {
			altered := read
			altered.Content.Fields = slices.Clone(read.Content.Fields)
			change(&altered)
			require.ErrorIs(t, altered.Verify(), fault.HashMismatch)
			require.NotContains(t, altered.Verify().Error(), "CANARY")
			require.NoError(t, w.Ledger.Update(w.proposal(Manufacturer), func(tx *ledger.Tx) error {
				return tx.PutPrivate(pair, ledger.NewKey("content", d.ID), encoded(t, altered.Content))
			}), "as two members with altered chaincode could")
			_, err := w.read(d.ID)
			require.ErrorIs(t, err, fault.HashMismatch)
		})
	}
}
