package evidence_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/chaincode/selective"
	"github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/client/evidence"
	"github.com/countersign-ledger/countersign/client/verify"
	"github.com/countersign-ledger/countersign/collections"
)

var (
	begin = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	by    = []string{"ManufacturerMSP", "CarrierMSP"}
)

const device = "/8004/9506000RECORDER"

// story is a ledger with something of everything on it.
type story struct {
	*testing.T
	*clienttest.Consortium
	objects        []string
	carton, pallet string
	recording      *telemetry.Recording
}

func (s *story) as(organisation, user string) *client.Client {
	return s.Client(s.T, organisation, user)
}

func tell(t *testing.T) *story {
	s := &story{T: t, Consortium: clienttest.New(t, clienttest.WithTime(begin))}
	require.NoError(t, s.Found(t.Context(), shipmenttest.Founders()...))
	documents := &shipmenttest.Scene{TB: t, Now: begin.Add(-time.Hour)}
	for i := range 60 {
		s.objects = append(s.objects, shipmenttest.Object(shipmenttest.Manufacturer, fmt.Sprintf("C%03d", i)))
	}
	s.carton, s.pallet = shipmenttest.Pallet(shipmenttest.Manufacturer, 1), shipmenttest.Pallet(shipmenttest.Manufacturer, 2)
	for _, event := range []shipmenttest.Event{
		shipmenttest.Commission(s.objects...), shipmenttest.Commission(s.carton, s.pallet), shipmenttest.Step("inspecting", s.objects[0]),
		shipmenttest.Pack(s.carton, s.objects...), shipmenttest.Pack(s.pallet, s.carton), made(100), made(20),
	} {
		documents.Now = documents.Now.Add(time.Minute)
		_, err := s.as("manufacturer", "operator").Capture(t.Context(), documents.Document(event))
		require.NoError(t, err)
	}
	s.record()
	return s
}

var lot = shipmenttest.Lot(shipmenttest.Class(shipmenttest.Manufacturer, 77), "L1")

// made is the event that so much of the lot was made.
func made(amount int) shipmenttest.Event {
	e := shipmenttest.Commission()
	e.More = map[string]any{"quantityList": []any{shipmenttest.Quantity(lot, amount, "")}}
	return e
}

func (s *story) record() {
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
	proven, err := client.ProveDeviceKey(device, "ManufacturerMSP", key)
	require.NoError(s, err)
	start := begin.Add(-24 * time.Hour)
	_, err = s.as("manufacturer", "operator").RegisterDevice(s.Context(), participant.RegisterDeviceRequest{
		ID: device, PublicKey: proven.PublicKey, Algorithm: proven.Algorithm, Proof: proven.Proof,
		Measures: "Temperature", Unit: "CEL", Accuracy: "0.5", CalibratedFrom: start, CalibratedUntil: start.AddDate(1, 0, 0),
	})
	require.NoError(s, err)
	draft := telemetry.Draft{Device: device, Sequence: 1, Measurement: "Temperature", Unit: "CEL", Scale: -1}
	for i := range int64(300) {
		draft.Readings = append(draft.Readings, telemetry.Reading{Time: start.Add(time.Duration(i) * time.Minute).UnixMilli(), Value: 50 + i%7})
	}
	s.recording, err = telemetry.Seal(nil, key, draft)
	require.NoError(s, err)
	_, err = s.as("manufacturer", "gateway").Record(s.Context(), s.recording.Bytes())
	require.NoError(s, err)
}

func (s *story) fields() *evidence.ShownFields {
	manufacturer := s.as("manufacturer", "operator")
	draft, err := client.NewRecord(collections.Terms{Price: "12.50", Currency: "EUR"}, s.objects[0])
	require.NoError(s, err)
	written, err := manufacturer.WriteConfidential(s.Context(), draft, "CarrierMSP")
	require.NoError(s, err)
	_, err = manufacturer.PublishConfidential(s.Context(), written.ID, "CarrierMSP")
	require.NoError(s, err)
	record, err := manufacturer.ReadConfidential(s.Context(), written.ID, "CarrierMSP")
	require.NoError(s, err)
	price, _ := record.Field("/price")
	shown, err := manufacturer.ShowFields(s.Context(), written.ID, []selective.Field{price}, by...)
	require.NoError(s, err)
	return shown
}

// good is evidence of every kind, by name.
func (s *story) good() map[string]evidence.Evidence {
	ctx, auditor := s.Context(), s.as("regulator", "auditor")
	statement := func(made *evidence.Statement, err error) *evidence.Statement {
		require.NoError(s, err)
		return made
	}
	readings, err := auditor.ProveReadings(ctx, s.recording, 100, 103, by...)
	require.NoError(s, err)
	events, err := auditor.ProveEvents(ctx, s.objects[0], []uint64{1, 2}, by...)
	require.NoError(s, err)
	contained, err := auditor.ProveContained(ctx, s.objects[0], s.pallet, by...)
	require.NoError(s, err)
	first := statement(client.Attest(ctx, auditor, api.Organisations, participant.ListOrganisationsRequest{Size: 2}, by...))
	lots := statement(client.Attest(ctx, auditor, api.LotHistory, product.ReadLotHistoryRequest{ID: lot, Organisation: "ManufacturerMSP"}, by...))
	return map[string]evidence.Evidence{
		"a page from a bookmark": statement(client.Attest(ctx, auditor, api.Organisations, participant.ListOrganisationsRequest{Size: 2, Bookmark: s.bookmark(first)}, by...)),
		"a lot's history":        lots,
		"an event of a lot":      s.ofLot(lots),
		"an object":              statement(auditor.AttestTwin(ctx, s.objects[0], by...)),
		"a history":              statement(auditor.AttestHistory(ctx, s.objects[0], 2, by...)),
		"a list":                 first,
		"a list that is summed":  statement(client.Attest(ctx, auditor, api.Contents, product.ReadContentsRequest{ID: s.carton, Size: 200}, by...)),
		"a field":                s.fields(),
		"readings":               readings, "events": events, "a container": contained,
	}
}

// bookmark is that of the page behind one.
func (s *story) bookmark(page *evidence.Statement) string {
	var answer participant.ListOrganisationsResponse
	require.NoError(s, json.Unmarshal(page.Result, &answer))
	require.NotEmpty(s, answer.Bookmark)
	return answer.Bookmark
}

// ofLot shows the second event of a lot's history.
func (s *story) ofLot(history *evidence.Statement) *evidence.Events {
	var answer product.ReadLotHistoryResponse
	require.NoError(s, json.Unmarshal(history.Result, &answer))
	require.Len(s, answer.Entries, 2)
	captured, err := s.as("regulator", "auditor").Event(s.Context(), answer.Entries[1].Record.Event)
	require.NoError(s, err)
	event, err := epcis.ReadEvent(captured.Body, epcis.Limits{})
	require.NoError(s, err)
	one, err := evidence.EventOf(2, event)
	require.NoError(s, err)
	shown, err := evidence.NewEvents(history, one)
	require.NoError(s, err)
	return shown
}

// spoilt are changes to the files of evidence, each with the check that fails.
var spoilt = []struct {
	of, name string
	change   func(text string) string
	check    verify.Name
}{
	{"an object", "in other white space", replaced(`"kind": `, `"kind":  `), verify.CheckFormat},
	{"an object", "without the newline at its end", func(s string) string { return strings.TrimSuffix(s, "\n") }, verify.CheckFormat},
	{"an object", "with a member more", replaced(`"channel"`, `"comment": "x",`+"\n  "+`"channel"`), verify.CheckFormat},
	{"an object", "of an unknown kind", replaced("attested-statement", "attested-statements"), verify.CheckFormat},
	{"an object", "of another channel", replaced(`"supplychain"`, `"supplychains"`), verify.CheckChannel},
	{"an object", "of another chaincode", replaced(`"countersign",`, `"countersigned",`), verify.CheckChaincode},
	{"an object", "with another function", replaced("product:Twin", "product:TwinAsOf"), verify.CheckFunction},
	{"an object", "with another answer", replaced(`"active"`, `"ended"`), verify.CheckResult},
	{"an object", "with another request", replaced(`21/C000"`, `21/C001"`), verify.CheckRequest},
	{"an object", "with an organisation's name changed", replaced(`"msp": "CarrierMSP"`, `"msp": "AnotherMSP"`), verify.CheckIdentity},
	{"a list", "with an entry of another name", replaced(`"msp": "CarrierMSP",`, `"msp": "BarrierMSP",`), verify.CheckResult},
	{"a list that is summed", "with a version changed", replaced(":0:\\u0000inside", ":1:\\u0000inside"), verify.CheckRanges},
	{"a list that is summed", "with a key left out", without(`:0:\u0000inside`), verify.CheckRanges},
	{"a page from a bookmark", "with another bookmark", replaced(`"bookmark": "\u0000organisation\u0000R`, `"bookmark": "\u0000organisation\u0000Q`), verify.CheckRequest},
	{"an event of a lot", "under the number of another", replaced(`"number": 2,
      "text"`, `"number": 1,
      "text"`), verify.CheckBody},
	{"a lot's history", "with an event left out of its text", replaced(`"number": 2`, `"number": 3`), verify.CheckResult},
	{"readings", "with a reading changed", flipped(`"readings": "`, 900), verify.CheckReadings},
	{"events", "with another step", replaced("BizStep-inspecting", "BizStep-installing"), verify.CheckBody},
	{"a container", "that it was not in", replaced(`"container": "/00/195060000000000029"`, `"container": "/00/195060000000000036"`), verify.CheckContainer},
	{"a field", "of another value", replaced(`12.50`, `13.50`), verify.CheckField},
}

func replaced(from, to string) func(string) string {
	return func(s string) string { return strings.Replace(s, from, to, 1) }
}

// without leaves out the first line that has a text.
func without(part string) func(string) string {
	return func(s string) string {
		lines := strings.Split(s, "\n")
		at := slices.IndexFunc(lines, func(l string) bool { return strings.Contains(l, part) })
		return strings.Join(slices.Delete(lines, at, at+1), "\n")
	}
}

// flipped changes a letter of base64 behind a text.
func flipped(behind string, by int) func(string) string {
	return func(s string) string {
		at := strings.Index(s, behind) + len(behind) + min(by, 200)
		b := byte('A')
		if s[at] == 'A' {
			b = 'B'
		}
		return s[:at] + string(b) + s[at+1:]
	}
}

// generate makes the vectors.
func generate(t *testing.T) []byte {
	s := tell(t)
	roots, err := s.Roots().Encode()
	require.NoError(t, err)
	v := vectors{Roots: string(roots), Policy: "2 of ManufacturerMSP,CarrierMSP,RetailerMSP", At: begin.Add(24 * time.Hour)}
	good, files := s.good(), map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(good)) {
		text, err := good[name].Encode()
		require.NoError(t, err)
		files[name] = string(text)
		v.Cases = append(v.Cases, vector{Name: name, File: files[name], Verified: true})
	}
	for _, c := range spoilt {
		changed := c.change(files[c.of])
		require.NotEqual(t, files[c.of], changed, "%s %s", c.of, c.name)
		v.Cases = append(v.Cases, vector{Name: c.of + ", " + c.name, File: changed, Check: c.check})
	}
	v.Cases = append(v.Cases, s.others(files["an object"], good["an object"].Attested(), good["a history"].Attested())...)
	v.Cases = append(v.Cases, s.authorities(good["an object"].Attested())...)
	out, err := json.MarshalIndent(v, "", "  ")
	require.NoError(t, err)
	return append(out, '\n')
}

// others are vectors that take more than a change to a text.
func (s *story) others(file string, object, history *evidence.Statement) []vector {
	ended := time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
	early := begin.Add(-time.Hour)
	list := []vector{
		{Name: "an object, after its certificates have ended", File: file, At: &ended, Check: verify.CheckCertificate},
		{Name: "an object, before it was asked for", File: file, At: &early, Check: verify.CheckTime},
		{Name: "an object, under a policy that asks for all three", File: file, Policy: "3 of ManufacturerMSP,CarrierMSP,RetailerMSP", Check: verify.CheckPolicy},
	}
	for name, c := range map[string]struct {
		change func(*evidence.Statement)
		check  verify.Name
	}{
		"an object, with one endorsement":               {func(e *evidence.Statement) { e.Endorsements = e.Endorsements[:1] }, verify.CheckPolicy},
		"an object, with a signature of the other":      {func(e *evidence.Statement) { e.Endorsements[0].Signature = e.Endorsements[1].Signature }, verify.CheckSignature},
		"an object, with the proposal of something":     {func(e *evidence.Statement) { e.Proposal = history.Proposal }, verify.CheckBinding},
		"an object, with an endorsement of something":   {func(e *evidence.Statement) { e.Endorsements[0] = history.Endorsements[0] }, verify.CheckSignature},
		"an object, with a stranger's endorsement, too": {func(e *evidence.Statement) { e.Endorsements = append(e.Endorsements, s.stranger(e.Endorsements[0])) }, verify.CheckIdentity},
		"an object, with a proposal that is cut short":  {func(e *evidence.Statement) { e.Proposal = e.Proposal[:len(e.Proposal)-1] }, verify.CheckProposal},
	} {
		changed := *object
		changed.Endorsements = slices.Clone(object.Endorsements)
		c.change(&changed)
		text, err := changed.Encode()
		require.NoError(s, err)
		list = append(list, vector{Name: name, File: string(text), Check: c.check})
	}
	for name, c := range s.claims() {
		text, err := c.statement.Encode()
		require.NoError(s, err)
		list = append(list, vector{Name: name, File: string(text), Check: c.check})
	}
	slices.SortFunc(list, func(a, b vector) int { return strings.Compare(a.Name, b.Name) })
	return list
}
