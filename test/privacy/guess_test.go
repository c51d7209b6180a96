package privacy_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	gateway "github.com/hyperledger/fabric-gateway/pkg/client"
	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset"
	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset/kvrwset"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/selective"
)

// Somebody who knows what a price may be, and everything that is public, tries all
// of it against every hash on the ledger.
func TestNothingIsConfirmedByGuessingWithoutTheSalt(t *testing.T) {
	w := start(t)
	d := draft(t, "terms", map[string]string{"/price": "12.5", "/currency": "EUR"})
	d.Subjects = []string{w.commissioned(t)}
	s := w.write(t, d, manufacturer, retailer)
	w.publish(t, s)
	public := w.hashes(t)
	for _, commitment := range s.manifest.Commitments {
		raw, ok := selective.Decode(commitment)
		require.True(t, ok)
		public[[32]byte(raw)] = "commitment"
	}
	require.Greater(t, len(public), 10)

	price := s.field(t, "/price")
	tried := 0
	for _, guess := range guesses(t, s, price.Name, price.Value) {
		for _, sum := range hashed(s, guess) {
			require.NotContains(t, public, sum, "%q confirms the price", guess)
			tried++
		}
	}
	require.Greater(t, tried, 1000)

	// Who has the salts confirms it at once: in the commitment, and in the hash that
	// Fabric has of the content.
	commitment, err := selective.Commit(s.draft.ID, price)
	require.NoError(t, err)
	raw, _ := selective.Decode(commitment)
	require.Equal(t, "commitment", public[[32]byte(raw)])
	content, err := json.Marshal(confidential.Content{V: 1, ID: s.draft.ID, Fields: s.draft.Fields})
	require.NoError(t, err)
	require.Equal(t, "value", public[sha256.Sum256(content)])
	// That there is a record of a published id is no secret.
	require.Equal(t, "key", public[sha256.Sum256([]byte(ledger.NewKey("content", s.draft.ID)))])
}

// guesses are texts in which a field could be hashed, made of what is public.
func guesses(t *testing.T, s stored, name, value string) []string {
	t.Helper()
	zeros := base64.RawURLEncoding.EncodeToString(make([]byte, 32))
	id, ok := selective.Decode(s.draft.ID)
	require.True(t, ok)
	texts := []string{
		value, name + value, value + name, name + ":" + value, name + "=" + value, strings.TrimPrefix(name, "/") + value,
		asJSON(t, value), asJSON(t, []string{name, value}), asJSON(t, map[string]string{name: value}),
		asJSON(t, map[string]string{strings.TrimPrefix(name, "/"): value}), asJSON(t, map[string]string{"name": name, "value": value}),
		asJSON(t, map[string]string{"price": "12.5", "currency": "EUR"}), asJSON(t, map[string]string{"currency": "EUR", "price": "12.5"}),
	}
	for _, salt := range append([]string{"", zeros, s.draft.ID, s.manifest.Owner, s.manifest.Written.Format("2006-01-02T15:04:05.999999999Z")}, s.manifest.Commitments...) {
		field := selective.Field{Name: name, Value: value, Salt: salt}
		texts = append(texts, asJSON(t, field), asJSON(t, []string{salt, name, value}), asJSON(t, []string{salt, value}), salt+value, value+salt, salt+name+value)
		for _, fields := range [][]selective.Field{{field}, {field, {Name: "/currency", Value: "EUR", Salt: salt}}, {{Salt: salt}, field, {Name: "/currency", Value: "EUR", Salt: salt}}} {
			texts = append(texts, asJSON(t, fields), asJSON(t, confidential.Content{V: 1, ID: s.draft.ID, Fields: fields}))
		}
	}
	for _, text := range texts[:len(texts):len(texts)] {
		texts = append(texts, string(id)+text, "countersign field 1\n"+text, "countersign field 1\n"+string(id)+text, text+string(id), s.draft.ID+text)
	}
	return texts
}

// hashed are the SHA-256 of a text, once and twice, bare and keyed with what is
// public.
func hashed(s stored, text string) [][32]byte {
	once := sha256.Sum256([]byte(text))
	sums := [][32]byte{once, sha256.Sum256(once[:]), sha256.Sum256(fmt.Appendf(nil, "%x", once))}
	for _, key := range []string{"", s.draft.ID, bilateral, s.manifest.Owner, "/price"} {
		mac := hmac.New(sha256.New, []byte(key))
		mac.Write([]byte(text))
		sums = append(sums, [32]byte(mac.Sum(nil)))
	}
	return sums
}

// hashes are all hashes of private data that are in blocks, and of what.
func (w *world) hashes(t *testing.T) map[[32]byte]string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	height := w.height(t, manufacturer)
	w.reaches(t, regulator, height)
	blocks, err := w.channel(t, regulator, "auditor").BlockEvents(ctx, gateway.WithStartBlock(0))
	require.NoError(t, err)
	public := map[[32]byte]string{}
	keep := func(hash []byte, of string) {
		if len(hash) == 32 {
			public[[32]byte(hash)] = of
		}
	}
	for range height {
		for _, set := range hashedSets(t, <-blocks) {
			keep(set.GetPvtRwsetHash(), "write set")
			var kv kvrwset.HashedRWSet
			require.NoError(t, proto.Unmarshal(set.GetHashedRwset(), &kv))
			for _, w := range kv.GetHashedWrites() {
				keep(w.GetKeyHash(), "key")
				keep(w.GetValueHash(), "value")
			}
			for _, r := range kv.GetHashedReads() {
				keep(r.GetKeyHash(), "key")
			}
		}
	}
	return public
}

// hashedSets are the hashed read-write sets of a block's transactions.
func hashedSets(t *testing.T, block *common.Block) []*rwset.CollectionHashedReadWriteSet {
	t.Helper()
	var found []*rwset.CollectionHashedReadWriteSet
	for _, text := range block.GetData().GetData() {
		var envelope common.Envelope
		var payload common.Payload
		var header common.ChannelHeader
		require.NoError(t, proto.Unmarshal(text, &envelope))
		require.NoError(t, proto.Unmarshal(envelope.GetPayload(), &payload))
		require.NoError(t, proto.Unmarshal(payload.GetHeader().GetChannelHeader(), &header))
		if header.GetType() != int32(common.HeaderType_ENDORSER_TRANSACTION) {
			continue
		}
		endorsed(t, &envelope, func(a *peer.ChaincodeActionPayload) {
			var response peer.ProposalResponsePayload
			var action peer.ChaincodeAction
			var sets rwset.TxReadWriteSet
			require.NoError(t, proto.Unmarshal(a.GetAction().GetProposalResponsePayload(), &response))
			require.NoError(t, proto.Unmarshal(response.GetExtension(), &action))
			require.NoError(t, proto.Unmarshal(action.GetResults(), &sets))
			for _, namespace := range sets.GetNsRwset() {
				found = append(found, namespace.GetCollectionHashedRwset()...)
			}
		})
	}
	return found
}
