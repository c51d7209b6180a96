package verify_test

import (
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/client/evidence"
)

// shared is a consortium that tests only read from: to make one takes longer than
// most of them.
var shared = sync.OnceValues(func() (*clienttest.Consortium, error) { return clienttest.Start() })

func consortium(t testing.TB) *clienttest.Consortium {
	c, err := shared()
	require.NoError(t, err)
	return c
}

// answer is a claim of two organisations.
func answer(t testing.TB, function, request string, result any, reads ...memledger.Read) clienttest.Claim {
	text, err := json.Marshal(result)
	require.NoError(t, err)
	claim := clienttest.Claim{Function: function, Request: request, Result: string(text), Time: asked, Results: memledger.Results{Reads: reads}}
	for _, organisation := range []string{"manufacturer", "carrier"} {
		peer, err := consortium(t).Peer(organisation)
		require.NoError(t, err)
		claim.By = append(claim.By, peer)
	}
	return claim
}

func read(kind string, parts ...string) memledger.Read {
	return memledger.Read{Key: ledger.NewKey(kind, parts...), Version: &memledger.Version{Block: 7, Tx: 1}}
}

func readTwin(path string) memledger.Read {
	return memledger.Read{Key: product.TwinKey(path), Version: &memledger.Version{Block: 7, Tx: 1}}
}

func stateOf(t testing.TB, claim clienttest.Claim) *evidence.Statement {
	s, err := consortium(t).State(claim)
	require.NoError(t, err)
	return s
}

const deviceID = "/8004/9506000LOGGER"

// aRecording is of 200 readings, 64 a chunk.
func aRecording(t testing.TB, sequence uint64, offset int64) *telemetry.Recording {
	draft := telemetry.Draft{Device: deviceID, Sequence: sequence, Measurement: "Temperature", Unit: "CEL", Scale: -1}
	if sequence > 1 {
		draft.Previous = telemetry.Hash{1}
	}
	for i := range int64(200) {
		draft.Readings = append(draft.Readings, telemetry.Reading{Time: asked.Add(time.Duration(i-300) * time.Minute).UnixMilli(), Value: offset + i%9})
	}
	recording, err := telemetry.Seal(nil, ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)), draft)
	require.NoError(t, err)
	return recording
}

func recordingClaim(t testing.TB, recording *telemetry.Recording) clienttest.Claim {
	h := recording.Header()
	return answer(t, api.Recording.FullName(), fmt.Sprintf(`{"device":%q,"sequence":%d}`, h.Device, h.Sequence), condition.Recorded{
		V: 1, Device: h.Device, Sequence: h.Sequence, Root: recording.Root(), Readings: h.Count,
		First: evaluation.Moment(recording.First().Time), Last: evaluation.Moment(recording.Last().Time), Time: asked, Transaction: "tx",
	}, read("device", h.Device), read("recording", h.Device, ledger.Number(h.Sequence)))
}

func shownReadings(t testing.TB, recording *telemetry.Recording, from, to int) *evidence.Readings {
	proof, err := recording.Prove(from, to)
	require.NoError(t, err)
	shown, err := evidence.NewReadings(stateOf(t, recordingClaim(t, recording)), proof)
	require.NoError(t, err)
	return shown
}

const objectPath, cartonPath, palletPath = "/01/09506000134352/21/V1", "/00/195060000000000012", "/00/195060000000000029"

// anEvent is one in the history of an object; with an error declaration if that is not
// empty.
func anEvent(t testing.TB, bizStep, eventID, declaration string) (shown evidence.Event, entry product.HistoryEntry) {
	text := `{"@context":["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],"type":"ObjectEvent","action":"OBSERVE","bizStep":"` + bizStep +
		`","eventTime":"2026-03-01T08:00:00.000Z","eventTimeZoneOffset":"+00:00","epcList":["https://id.gs1.org` + objectPath + `"]` + eventID + declaration + `}`
	event, err := epcis.ReadEvent([]byte(text), epcis.Limits{})
	require.NoError(t, err)
	entry = product.HistoryEntry{Type: "ObjectEvent", Action: "OBSERVE", BizStep: bizStep, EventID: event.EventID, Time: event.EventTime, Recorded: asked, Transaction: "tx", RecordedBy: "CarrierMSP"}
	entry.Event, err = event.HashID()
	require.NoError(t, err)
	if event.ErrorDeclaration != nil {
		entry.Declaration, err = product.DeclarationHash(event)
		require.NoError(t, err)
	}
	shown, err = evidence.EventOf(1, event)
	require.NoError(t, err)
	return shown, entry
}

const wrong = `,"errorDeclaration":{"declarationTime":"2026-03-01T09:00:00.000Z","reason":"incorrect_data"}`

// historyClaim is a history of three events, the last a declaration about the second.
func historyClaim(t testing.TB) (claim clienttest.Claim, events []evidence.Event) {
	response := product.ReadHistoryResponse{ID: objectPath, Events: 3}
	reads := []memledger.Read{}
	for i, about := range [][3]string{{"inspecting", `,"eventID":"urn:uuid:5a8c1f36-6d0f-4f0e-9d5c-2f6f0b7c1d11"`, ""}, {"storing", "", ""}, {"storing", "", wrong}} {
		body, entry := anEvent(t, about[0], about[1], about[2])
		entry.Number, body.Number = uint64(i+1), uint64(i+1)
		response.Entries = append(response.Entries, entry)
		events = append(events, body)
		hash, err := product.EventHash(entry.Event)
		require.NoError(t, err)
		by := ""
		if entry.Declaration != "" {
			by = entry.RecordedBy
		}
		reads = append(reads, read("event", hash, entry.Declaration, by))
	}
	for n := range uint64(3) {
		reads = append(reads, read("history", objectPath, ledger.Number(n+1)))
	}
	claim = answer(t, api.History.FullName(), `{"id":"`+objectPath+`"}`, response, append(reads, readTwin(objectPath))...)
	sortReads(&claim)
	return claim, events
}

func shownEvents(t testing.TB, claim clienttest.Claim, of []evidence.Event, numbers ...uint64) *evidence.Events {
	var events []evidence.Event
	for _, n := range numbers {
		one := of[n-1]
		one.Declaration = slices.Clone(one.Declaration)
		events = append(events, one)
	}
	shown, err := evidence.NewEvents(stateOf(t, claim), events...)
	require.NoError(t, err)
	return shown
}

// insideClaim is an object in a carton on a pallet.
func insideClaim(t testing.TB) clienttest.Claim {
	view := product.View{
		Twin: product.Twin{V: product.Version, ID: objectPath, Facts: product.Facts{
			State: product.Active, Custodian: "CarrierMSP", Owner: "ManufacturerMSP",
			In: &product.Stay{Container: cartonPath, Epoch: 2, First: 5, Seen: 5},
		}, Events: 4, Changed: 4, CommissionedBy: "ManufacturerMSP", Commissioned: asked, Occurred: asked, Updated: asked},
		Inferred: []string{"custodian"}, Through: []string{cartonPath, palletPath},
	}
	claim := answer(t, api.Twin.FullName(), `{"id":"`+objectPath+`"}`, view, readTwin(objectPath), readTwin(cartonPath), readTwin(palletPath))
	sortReads(&claim)
	return claim
}

func shownInside(t testing.TB, claim clienttest.Claim, container string) *evidence.Contained {
	shown, err := evidence.NewContained(stateOf(t, claim), container)
	require.NoError(t, err)
	return shown
}

// longList is a list of 51 organisations, of which peers sign a summary.
func longList(t testing.TB) (clienttest.Claim, []evidence.Entry) {
	var response participant.ListOrganisationsResponse
	var found memledger.RangeRead
	var entries []evidence.Entry
	for i := range 51 {
		msp := fmt.Sprintf("Member%03dMSP", i)
		response.Organisations = append(response.Organisations, participant.Participant{Organisation: participant.Organisation{MSP: msp}})
		one := read("organisation", msp)
		found.Reads = append(found.Reads, one)
		entries = append(entries, evidence.Entry{Key: string(one.Key), Version: evidence.Version{Block: 7, Transaction: 1}})
	}
	found.Prefix = ledger.NewKey("organisation")
	claim := answer(t, api.Organisations.FullName(), `{"size":200}`, response)
	claim.Results.Ranges = []memledger.RangeRead{found}
	return claim, entries
}

func listStatement(t testing.TB) *evidence.Statement {
	claim, entries := longList(t)
	s := stateOf(t, claim)
	s.Listed = [][]evidence.Entry{entries}
	return s
}

// everyKind is one piece of evidence of each kind, which verifies.
func everyKind(t testing.TB) map[string]evidence.Evidence {
	claim, bodies := historyClaim(t)
	return map[string]evidence.Evidence{
		"statement": stateOf(t, twinClaim(t, consortium(t))),
		"list":      listStatement(t),
		"fields":    show(t, consortium(t), recordClaim(t, consortium(t), published(t, token("id"), termsFields()...), true), termsFields()[1:3]...),
		"readings":  shownReadings(t, aRecording(t, 1, 50), 70, 73),
		"events":    shownEvents(t, claim, bodies, 1, 3),
		"contained": shownInside(t, insideClaim(t), palletPath),
	}
}
