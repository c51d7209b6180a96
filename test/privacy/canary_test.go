package privacy_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/test/privacy/internal/search"
)

// answersWithSecrets are what a member may be told a secret by: the private queries,
// at its own peer, and the events with private data.
func answersWithSecrets() []string {
	stores := []string{"/protos.Deliver/DeliverWithPrivateData"}
	for _, f := range api.Functions() {
		if f.Kind == api.PrivateQuery {
			stores = append(stores, f.FullName())
		}
	}
	return stores
}

// outside returns what was found where it should not be: at organisations that are
// no members, in files other than a member's databases, and in answers other than
// those of private queries.
func outside(found search.Findings, members map[string][]string) search.Findings {
	private := answersWithSecrets()
	return found.Where(func(f search.Finding) bool {
		switch {
		case !slices.Contains(members[f.Secret], f.Organisation):
			return true
		case f.Kind == search.Answer:
			return !slices.Contains(private, f.Store)
		default:
			return f.Kind == search.File
		}
	})
}

// canary is everything that has secrets in it.
type canary struct {
	*canaries
	members              map[string][]string // of each secret
	kept                 []string            // the secrets that are not purged
	records, unpublished []stored
	requests             map[string]stored // what was delivered of which record
}

// Secrets go through every private function, and are found where they belong and
// nowhere else; after they are purged, and the purge interval has passed, in no
// database at all.
func TestASecretIsFoundAtItsMembersAloneAndNowhereAfterItsPurge(t *testing.T) {
	w := start(t)
	w.recorder.Forget()
	c := w.fill(t)
	found := w.look(t, c.secrets...)
	require.Empty(t, outside(found, c.members), "secrets are where they should not be")
	// The search finds what is there: each secret, in the state and the store of
	// private data of each of its members.
	for secret, members := range c.members {
		for _, member := range members {
			stores := found.Of(secret).Where(func(f search.Finding) bool { return f.Kind == search.Entry && f.Organisation == member }).Stores()
			require.Subset(t, stores, []string{"pvtdataStore", "stateLeveldb"}, "%s at %s", secret, member)
		}
	}

	for request, s := range c.requests {
		w.erase(t, s, request)
	}
	for _, s := range c.records {
		w.purge(t, s, true)
	}
	for _, s := range c.unpublished {
		w.purge(t, s, false)
	}
	w.everyPrivateFunctionWasCalled(t)
	w.advance(t, purgeInterval+1)
	w.recorder.Forget()
	found = w.settled(t, w.look(t, c.secrets...)).Where(func(f search.Finding) bool { return !slices.Contains(c.kept, f.Secret) })
	remnants := found.Where(func(f search.Finding) bool { return f.Kind == search.Remnant })
	// Deleted entries stay in LevelDB's own files until it compacts them away, which
	// it does when it has written enough. That is so at members only.
	t.Logf("%d remnants in raw files of databases, at members, until they are compacted", len(remnants))
	require.Empty(t, outside(remnants, c.members))
	require.Empty(t, found.Where(func(f search.Finding) bool { return f.Kind != search.Remnant }), "purged, and found still")
}

func (w *world) everyPrivateFunctionWasCalled(t *testing.T) {
	t.Helper()
	called := slices.Collect(maps.Keys(w.recorder.Called()))
	for _, f := range api.Functions() {
		if f.Kind == api.Private || f.Kind == api.PrivateQuery {
			require.Contains(t, called, f.FullName(), "no secret has gone through it")
		}
	}
}

// fill has secrets go through every private function.
func (w *world) fill(t *testing.T) *canary {
	t.Helper()
	c := &canary{canaries: newCanaries(), members: map[string][]string{}, requests: map[string]stored{}}
	secret := func(name string, members ...string) string {
		c.members[name] = members
		return c.new(t, name)
	}
	pair, three := []string{manufacturer, retailer}, []string{manufacturer, carrier, retailer}
	goods := w.commissioned(t)

	terms := draft(t, "terms", map[string]string{
		"/notes": secret("kept to two", pair...), "/contract": secret("shown to the carrier", append([]string{carrier}, pair...)...),
		"/paymentTerms": secret("shown to the regulator", append([]string{regulator}, pair...)...),
	})
	terms.Subjects = []string{goods}
	c.saltsOf(t, terms, pair, "/notes", "")
	first := w.write(t, terms, manufacturer, retailer)
	w.publish(t, first)
	c.requests[w.disclose(t, first, carrier, "to-the-carrier", "/contract")] = first
	c.requests[w.disclose(t, first, regulator, "to-the-regulator", "/paymentTerms")] = first

	next := draft(t, "terms", map[string]string{"/notes": secret("a second version", pair...)})
	next.Replaces = terms.ID
	second := w.write(t, next, manufacturer, retailer)
	w.publish(t, second)

	// A record whose first write is invalid, endorsed by one member: Fabric keeps its
	// values all the same. Written again as it was, and purged, they are gone with the
	// others of their keys.
	anew := draft(t, "terms", map[string]string{"/notes": secret("invalid at first", pair...)})
	invalid := w.writing(t, stored{draft: anew, owner: manufacturer, members: pair})
	invalid.endorsers = []string{manufacturerMSP}
	settled, err := w.submit(t, invalid)
	require.NoError(t, err)
	require.Equal(t, peer.TxValidationCode_ENDORSEMENT_POLICY_FAILURE, settled.Code)
	fifth := w.write(t, anew, manufacturer, retailer)

	personal := draft(t, "personal", map[string]string{"/name": secret("of a person", three...)})
	third := w.write(t, personal, carrier, manufacturer, retailer)
	w.publish(t, third)

	// Of a record that nobody publishes, the manifest is a secret, too: what it is
	// about, and its rules. (Its id is not: Write looks whether it is taken.)
	orphan := draft(t, "terms", map[string]string{"/notes": secret("unpublished", pair...)})
	orphan.Transfer = &confidential.Transfer{Rule: secret("a rule", pair...), Countries: []string{"DE", "US"}}
	fourth := w.write(t, orphan, manufacturer, retailer)

	c.records, c.unpublished = []stored{second, first, third}, []stored{fourth, fifth}

	device, readings := w.archive(t, goods)
	c.members["archived readings"] = three
	c.add(t, "archived readings", readings)
	c.kept = append(c.kept, "archived readings")
	for _, organisation := range three {
		auditor := w.client(t, organisation, "auditor")
		soon(t, func(ctx context.Context) error {
			_, err := auditor.Readings(ctx, device, 1)
			return err
		})
	}
	w.refusals(t, c, secret)
	return c
}

// refusals are of calls with secrets: what they say stands in answers and logs.
func (w *world) refusals(t *testing.T, c *canary, secret func(string, ...string) string) {
	t.Helper()
	wrong := draft(t, "terms", map[string]string{secret("refused as a name"): "1", "/price": secret("refused as a value")})
	_, err := w.submit(t, w.writing(t, stored{draft: wrong, owner: manufacturer, members: []string{manufacturer, retailer}}))
	require.Error(t, err)
	_, err = w.submit(t, call{
		organisation: manufacturer, function: "confidential:Write", request: asJSON(t, map[string]any{"with": []string{retailerMSP}}),
		transient: map[string][]byte{confidential.TransientRecord: []byte(`{"` + secret("refused as JSON") + `":`)}, endorsers: []string{manufacturerMSP},
	})
	require.Error(t, err)
}

// saltsOf takes the salts of some fields of a record for secrets, too: who has one
// can guess.
func (c *canary) saltsOf(t *testing.T, d confidential.Draft, members []string, names ...string) {
	t.Helper()
	for _, f := range d.Fields {
		if slices.Contains(names, f.Name) {
			name := strings.TrimSpace("salt " + f.Name)
			c.members[name] = members
			c.add(t, name, []byte(f.Salt))
		}
	}
}
