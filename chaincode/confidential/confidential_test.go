package confidential_test

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
	"github.com/countersign-ledger/countersign/collections"
)

const canary = "CANARY-price-12.50"

var subject = Object(Manufacturer, "V1")

func scene(t *testing.T) *Scene {
	t.Helper()
	var pairs []memledger.Collection
	for _, pair := range [][2]string{{Manufacturer, Carrier}, {Manufacturer, Retailer}, {Carrier, Retailer}} {
		pairs = append(pairs, memledger.Collection{Name: collections.Pair(pair[0], pair[1]), Members: pair[:], MemberOnly: true})
	}
	s := &Scene{TB: t, Ledger: memledger.New("trade", pairs...), Now: Begin}
	s.Found(Founders()...)
	s.MustCapture(Manufacturer, Commission(subject))
	return s
}

func random(t *testing.T) string {
	t.Helper()
	raw := make([]byte, confidential.SaltSize)
	_, err := rand.Read(raw)
	require.NoError(t, err)
	return base64.RawURLEncoding.EncodeToString(raw)
}

func record(t *testing.T) confidential.Record {
	return confidential.Record{V: 1, ID: random(t), Subject: subject, Kind: "terms", Fields: []confidential.Field{{Name: "price", Value: canary, Salt: random(t)}}}
}

// at runs a rule for a caller at the peer of an organisation, and returns what
// an endorsement would show.
func at[Req, Resp any](s *Scene, msp, role, peer string, transient any, rule func(*ledger.Tx, Req) (Resp, error), req Req) (Resp, memledger.Results, error) {
	text, ok := transient.([]byte)
	if !ok {
		text, _ = json.Marshal(transient)
	}
	sim := s.Ledger.Simulate(memledger.Proposal{
		Time: s.Now, Caller: ledger.Caller{MSP: msp, Role: role, Subject: role},
		Transient: map[string][]byte{confidential.TransientRecord: text},
	}, peer)
	tx := ledger.Begin(sim)
	resp, err := rule(tx, req)
	if err == nil {
		err = tx.Flush()
	}
	return resp, sim.Results(), err
}

func write(s *Scene, msp, peer, counterparty string, transient any) (confidential.WriteResponse, memledger.Results, error) {
	return at(s, msp, ledger.RoleOperator, peer, transient, confidential.Write, confidential.WriteRequest{Counterparty: counterparty})
}

func commit(t *testing.T, s *Scene, id string, results memledger.Results) {
	t.Helper()
	require.Equal(t, []memledger.Code{memledger.Valid}, s.Ledger.Commit(memledger.Transaction{ID: id, Results: results}))
}

// What stands in a block: the response, the public writes and the event. The
// value itself is in the private write alone.
func TestASecretIsInThePrivateWriteAndNowhereElse(t *testing.T) {
	s := scene(t)
	response, results, err := write(s, Manufacturer, Retailer, Retailer, record(t))
	require.NoError(t, err)
	require.Contains(t, string(results.Private[0].Value), canary)
	require.Empty(t, results.Writes)
	require.Nil(t, results.Event)
	results.Private = nil
	public, err := json.Marshal([]any{response, results})
	require.NoError(t, err)
	require.NotContains(t, string(public), canary)
	require.Len(t, response.Hash, 64, "the same shape whatever the value")
}

// A refusal reaches the gateway, its log and the client: it never quotes a value.
func TestARefusalNeverQuotesASecret(t *testing.T) {
	s := scene(t)
	counter := make([]byte, confidential.SaltSize)
	for i := range counter {
		counter[i] = byte(i)
	}
	repeated := base64.RawURLEncoding.EncodeToString([]byte(strings.Repeat("ab", confidential.SaltSize/2)))
	with := func(change func(*confidential.Record)) confidential.Record {
		r := record(t)
		change(&r)
		return r
	}
	first := record(t)
	_, results, err := write(s, Manufacturer, Manufacturer, Retailer, first)
	require.NoError(t, err)
	commit(t, s, "first", results)
	changed := first
	changed.Kind = "origin"

	for name, c := range map[string]struct {
		transient any
		code      fault.Code
	}{
		"no JSON":           {[]byte(canary), fault.InvalidRequest},
		"a wrong type":      {[]byte(`{"v":"` + canary + `"}`), fault.InvalidRequest},
		"an unknown name":   {[]byte(`{"` + canary + `":1}`), fault.InvalidRequest},
		"another subject":   {with(func(r *confidential.Record) { r.Subject = canary }), fault.InvalidRequest},
		"another kind":      {with(func(r *confidential.Record) { r.Kind = canary }), fault.InvalidRequest},
		"an id to guess":    {with(func(r *confidential.Record) { r.ID = canary }), fault.InvalidRequest},
		"an id that counts": {with(func(r *confidential.Record) { r.ID = base64.RawURLEncoding.EncodeToString(counter) }), fault.InvalidRequest},
		"no fields":         {with(func(r *confidential.Record) { r.Fields = nil }), fault.InvalidRequest},
		"a name twice": {with(func(r *confidential.Record) {
			r.Fields = append(r.Fields, confidential.Field{Name: "price", Value: canary, Salt: random(t)})
		}), fault.InvalidRequest},
		"a salt twice": {with(func(r *confidential.Record) {
			r.Fields = append(r.Fields, confidential.Field{Name: "other", Value: canary, Salt: r.Fields[0].Salt})
		}), fault.InvalidRequest},
		"no salt":              {with(func(r *confidential.Record) { r.Fields[0].Salt = "" }), fault.InvalidRequest},
		"a short salt":         {with(func(r *confidential.Record) { r.Fields[0].Salt = r.Fields[0].Salt[:20] }), fault.InvalidRequest},
		"a salt of a counter":  {with(func(r *confidential.Record) { r.Fields[0].Salt = base64.RawURLEncoding.EncodeToString(counter) }), fault.InvalidRequest},
		"a salt of two bytes":  {with(func(r *confidential.Record) { r.Fields[0].Salt = repeated }), fault.InvalidRequest},
		"a salt that is value": {with(func(r *confidential.Record) { r.Fields[0].Salt = canary }), fault.InvalidRequest},
		"too large": {with(func(r *confidential.Record) {
			r.Fields[0].Value = strings.Repeat(canary, ledger.MaxRecord/len(canary)+1)
		}), fault.LimitExceeded},
		"what is there":     {first, fault.AlreadyRecorded},
		"another one there": {changed, fault.AlreadyExists},
	} {
		t.Run(name, func(t *testing.T) {
			_, results, err := write(s, Manufacturer, Manufacturer, Retailer, c.transient)
			require.ErrorIs(t, err, c.code)
			require.NotContains(t, err.Error(), canary)
			encoded, _, _ := strings.Cut(strings.TrimPrefix(err.Error(), "[countersign/1/"+string(c.code)+"/"), "]")
			inside, decodeErr := base64.RawURLEncoding.DecodeString(encoded)
			require.NoError(t, decodeErr)
			require.NotContains(t, string(inside), canary)
			require.Empty(t, results.Private)
		})
	}
}

// The private write set is kept at every peer that endorses: one of anybody
// else refuses before there is any.
func TestOnlyTheTwoMembersPeersEndorseAndServe(t *testing.T) {
	s := scene(t)
	r := record(t)
	for _, peer := range []string{Carrier, Regulator, ""} {
		_, results, err := write(s, Manufacturer, peer, Retailer, r)
		require.ErrorIs(t, err, fault.NotMember, peer)
		require.Empty(t, results.Private)
	}
	_, results, err := write(s, Manufacturer, Manufacturer, Retailer, r)
	require.NoError(t, err)
	commit(t, s, "w", results)

	read := func(msp, peer, counterparty string) error {
		_, _, err := at(s, msp, ledger.RoleOperator, peer, nil, confidential.Read, confidential.ReadRequest{Counterparty: counterparty, ID: r.ID})
		return err
	}
	require.NoError(t, read(Manufacturer, Manufacturer, Retailer))
	require.NoError(t, read(Retailer, Retailer, Manufacturer))
	require.ErrorIs(t, read(Retailer, Manufacturer, Manufacturer), fault.NotMember, "only at the caller's own peer")
	require.ErrorIs(t, read(Carrier, Carrier, Manufacturer), fault.NotFound, "the carrier has a collection of its own with each")
	require.ErrorIs(t, read(Carrier, Manufacturer, Retailer), fault.NotMember)
	require.ErrorIs(t, read(Regulator, Regulator, Manufacturer), fault.ReaderOnly)
	require.ErrorIs(t, read(Outsider, Outsider, Manufacturer), fault.NotParticipant)
	require.ErrorIs(t, read(Manufacturer, Manufacturer, Manufacturer), fault.InvalidRequest)

	s.Ledger.Lose(collections.Pair(Manufacturer, Retailer), Retailer, true)
	require.ErrorIs(t, read(Retailer, Retailer, Manufacturer), fault.NotHere, "missing is not absent")
}

func TestOnlyItsOwnersAdminPurgesARecord(t *testing.T) {
	s := scene(t)
	r := record(t)
	_, results, err := write(s, Manufacturer, Manufacturer, Retailer, r)
	require.NoError(t, err)
	commit(t, s, "w", results)
	purge := func(msp, role, counterparty string) (memledger.Results, error) {
		_, results, err := at(s, msp, role, msp, nil, confidential.Purge, confidential.PurgeRequest{Counterparty: counterparty, ID: r.ID})
		return results, err
	}
	_, err = purge(Retailer, ledger.RoleAdmin, Manufacturer)
	require.ErrorIs(t, err, fault.NotMember)
	_, err = purge(Manufacturer, ledger.RoleOperator, Retailer)
	require.ErrorIs(t, err, fault.RoleRequired)
	results, err = purge(Manufacturer, ledger.RoleAdmin, Retailer)
	require.NoError(t, err)
	require.Empty(t, results.Writes)
	commit(t, s, "p", results)
	_, err = purge(Manufacturer, ledger.RoleAdmin, Retailer)
	require.ErrorIs(t, err, fault.NotFound)
	_, _, err = at(s, Retailer, ledger.RoleOperator, Retailer, nil, confidential.Read, confidential.ReadRequest{Counterparty: Manufacturer, ID: r.ID})
	require.ErrorIs(t, err, fault.NotFound)
}

// A pointer says what the ledger holds, the hash, and nothing of the content;
// only the two members may make one.
func TestAPointerIsToTheHashOnTheLedger(t *testing.T) {
	s := scene(t)
	r := record(t)
	written, results, err := write(s, Manufacturer, Manufacturer, Retailer, r)
	require.NoError(t, err)
	publish := func(msp, counterparty, id, about string) (confidential.Pointer, memledger.Results, error) {
		return at(s, msp, ledger.RoleOperator, Carrier, nil, confidential.Publish, confidential.PublishRequest{Counterparty: counterparty, ID: id, Subject: about})
	}
	_, _, err = publish(Manufacturer, Retailer, r.ID, subject)
	require.ErrorIs(t, err, fault.NotFound, "before it is written")
	commit(t, s, "w", results)
	_, _, err = publish(Carrier, Retailer, r.ID, subject)
	require.ErrorIs(t, err, fault.NotFound, "of others")
	_, _, err = publish(Manufacturer, Retailer, random(t), subject)
	require.ErrorIs(t, err, fault.NotFound)
	_, _, err = publish(Manufacturer, Retailer, r.ID, Object(Manufacturer, "V2"))
	require.ErrorIs(t, err, fault.NotFound)
	pointer, results, err := publish(Manufacturer, Retailer, r.ID, subject)
	require.NoError(t, err, "at any peer: it is public")
	require.Equal(t, written.Hash, pointer.Hash)
	require.NotContains(t, fmt.Sprintf("%s", results.Writes), canary)
	commit(t, s, "p", results)
	_, _, err = publish(Manufacturer, Retailer, r.ID, subject)
	require.ErrorIs(t, err, fault.AlreadyExists)
}
