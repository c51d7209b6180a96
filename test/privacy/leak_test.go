package privacy_test

import (
	"slices"
	"testing"

	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/test/privacy/internal/deed"
	"github.com/countersign-ledger/countersign/test/privacy/internal/search"
)

// leaky is a capture of the manufacturer's, endorsed by two organisations whose
// chaincode leaks: the manufacturer's and the carrier's, which is a stranger to what
// is leaked.
func leaky(t *testing.T, deeds deed.Deeds) call {
	t.Helper()
	_, document := object(t)
	deeds.Run = true
	return call{
		organisation: manufacturer, function: "shipment:Capture", request: "{}",
		transient: map[string][]byte{"document": document}, deeds: &deeds, endorsers: []string{manufacturerMSP, carrierMSP},
	}
}

// The search that the other tests rely on finds each leak, where it is, and the
// canary's verdict on it is that it is one.
//
// What Fabric v3.1.1 does with a private write that is mixed into a public
// transaction, which a stranger to the collection endorses:
//
//   - The stranger's peer keeps it in plain text in its transient store, from the
//     endorsement on, whether or not it is ever submitted, and still has it after the
//     transaction is on the ledger: it is removed for members only. It goes after
//     peer.gossip.pvtData.transientstoreMaxBlockRetention blocks (1,000).
//   - The stranger's peer sends it on to a member, as any endorser does.
//   - The transaction is invalid, since the collection's endorsement policy is not
//     met. Members keep the private data of an invalid transaction all the same, and
//     serve it in block-and-private-data events: a follower of these has to look at
//     the validity of each transaction.
func TestEveryLeakThatIsBuiltInIsFound(t *testing.T) {
	w, c := start(t), newCanaries()
	mixed := func(name string) deed.Deeds {
		return deed.Deeds{Write: []deed.Private{{Collection: bilateral, Key: randomText(t), Value: []byte(c.new(t, name))}}}
	}
	_, err := w.proposal(t, leaky(t, mixed("mixed, endorsed only"))).EndorseWithContext(t.Context())
	require.NoError(t, err)
	status, err := w.submit(t, leaky(t, mixed("mixed, submitted")))
	require.NoError(t, err)
	require.Equal(t, peer.TxValidationCode_ENDORSEMENT_POLICY_FAILURE, status.Code)
	for _, deeds := range []deed.Deeds{
		{Answer: c.new(t, "in a response")},
		{EventName: "captured", Event: c.new(t, "in an event")},
		{Put: map[string]string{"leak": c.new(t, "in a value")}},
		{Put: map[string]string{c.new(t, "in a key"): "leak"}},
		{Log: c.new(t, "in a log"), At: []string{carrierMSP}},
		{Log: c.new(t, "in a member's log"), At: []string{manufacturerMSP}},
	} {
		status, err := w.submit(t, leaky(t, deeds))
		require.NoError(t, err)
		require.True(t, status.Successful)
	}
	_, err = w.submit(t, leaky(t, deed.Deeds{Refuse: c.new(t, "in a refusal")}))
	require.Error(t, err)
	w.submitsWhatItRead(t, c.new(t, "read and submitted"))
	w.asksAStranger(t, c.new(t, "asked of a stranger"))

	found := w.look(t, c.secrets...).Where(func(f search.Finding) bool { return f.Kind != search.Remnant })
	members := map[string][]string{}
	for name := range c.texts {
		members[name] = []string{manufacturer, retailer}
	}
	astray := outside(found, members)
	block := []string{
		"answer carrier", "answer manufacturer", "answer regulator", "answer retailer",
		"file carrier", "file manufacturer", "file orderer", "file regulator", "file retailer",
	}
	and := func(entries ...string) []string { return slices.Sorted(slices.Values(slices.Concat(block, entries))) }
	for name, at := range map[string]struct {
		places  []string // where it is
		outside []string // of these, where the canary says that it should not be
	}{
		"mixed, endorsed only": {[]string{"entry carrier", "entry manufacturer", "entry retailer"}, []string{"entry carrier"}},
		// To members it is served as private data, which is theirs.
		"mixed, submitted": {
			[]string{"answer manufacturer", "answer retailer", "entry carrier", "entry manufacturer", "entry retailer"}, []string{"entry carrier"},
		},
		"in a response": {block, block},
		"in an event":   {block, block},
		"in a value":    {and("entry carrier", "entry manufacturer", "entry regulator", "entry retailer"), and("entry carrier", "entry regulator")},
		"in a key":      {and("entry carrier", "entry manufacturer", "entry regulator", "entry retailer"), and("entry carrier", "entry regulator")},
		"in a log":      {[]string{"file carrier"}, []string{"file carrier"}},
		// No stranger has these two: they are where not even a member's secret should be.
		"in a member's log":  {[]string{"file manufacturer"}, []string{"file manufacturer"}},
		"in a refusal":       {[]string{"answer manufacturer", "file manufacturer"}, []string{"answer manufacturer", "file manufacturer"}},
		"read and submitted": {and("entry manufacturer", "entry retailer"), block},
		// No leak, for comparison: the stranger's chaincode is honest.
		"asked of a stranger": {[]string{"entry manufacturer", "entry retailer"}, nil},
	} {
		require.Equal(t, at.places, found.Of(name).Places(), name)
		require.Equal(t, at.outside, astray.Of(name).Places(), "the canary's verdict on %s", name)
	}
	require.Len(t, c.secrets, 11)
	at := func(secret, organisation string) []string {
		return found.Of(secret).Where(func(f search.Finding) bool { return f.Kind == search.Entry && f.Organisation == organisation }).Stores()
	}
	require.Equal(t, []string{"transientstore"}, at("mixed, endorsed only", carrier))
	require.Equal(t, []string{"transientstore"}, at("mixed, submitted", carrier))
	require.Equal(t, []string{"pvtdataStore"}, at("mixed, submitted", retailer))
	require.Equal(t, []string{"transientstore"}, at("asked of a stranger", retailer))
}

// submitsWhatItRead has a member's client, one of its own making, submit a query of
// a record. The answer is then in a block, which everybody has, valid or not: no
// chaincode can tell whether what it answers will be submitted. Ours refuses to.
func (w *world) submitsWhatItRead(t *testing.T, secret string) {
	t.Helper()
	s := w.write(t, draft(t, "terms", map[string]string{"/notes": secret}), manufacturer, retailer)
	settled, err := w.submit(t, w.reading(t, s, manufacturer))
	require.NoError(t, err)
	require.Equal(t, peer.TxValidationCode_ENDORSEMENT_POLICY_FAILURE, settled.Code)
	_, _, err = w.client(t, manufacturer, "auditor").Submit(t.Context(), client.Invocation{Function: api.ReadConfidential.Function})
	require.ErrorContains(t, err, "only reads, and is not submitted")
}

// asksAStranger has the carrier's peer asked, by mistake, to endorse a record of two
// others. It refuses before it holds anything of it; what the member that was asked
// first has endorsed stays in the members' transient stores.
func (w *world) asksAStranger(t *testing.T, secret string) {
	t.Helper()
	writing := w.writing(t, stored{
		draft: draft(t, "terms", map[string]string{"/notes": secret}), owner: manufacturer, members: []string{manufacturer, retailer},
	})
	writing.endorsers = []string{manufacturerMSP, carrierMSP}
	_, err := w.submit(t, writing)
	requireRefused(t, err, fault.NotMember)
}
