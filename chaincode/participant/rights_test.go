package participant_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// counted is a ledger that counts trips and the keys that are read.
type counted struct {
	ledger.Backend
	trips, keys int
}

func (c *counted) Get(keys []ledger.Key) ([][]byte, error) {
	c.trips, c.keys = c.trips+1, c.keys+len(keys)
	return c.Backend.Get(keys)
}

// What a capture of 10,000 reads of licences is what one reads: for their holder its own
// record, and two trips more for anybody else.
func TestRightsCostByTheClassAndThreeTripsAtMost(t *testing.T) {
	s := New(t)
	require.NoError(t, delegate(s, Manufacturer, participant.DelegateRequest{Prefix: whole, Delegate: Carrier}))
	many := make([]gs1.ID, 10_000)
	for i := range many {
		id, err := gs1.Parse(fmt.Sprint(item, "/21/S", i))
		require.NoError(t, err)
		many[i] = id
	}
	for msp, cost := range map[string]counted{
		Manufacturer: {trips: 1, keys: 1},
		Carrier:      {trips: 3, keys: 18}, // licences: the single key, prefixes of 4 to 12 digits; delegations: of 7 to 12
		Retailer:     {trips: 3, keys: 18},
	} {
		for _, ids := range [][]gs1.ID{many[:1], many} {
			c := counted{Backend: s.As(msp, ledger.RoleOperator).Simulate()}
			rights, err := participant.Rights(ledger.Begin(&c), ids, msp)
			require.NoError(t, err)
			require.Len(t, rights, len(ids))
			require.Equal(t, msp != Retailer, rights[len(ids)-1].May)
			require.Equal(t, cost, counted{trips: c.trips, keys: c.keys}, "%d for %s", len(ids), msp)
		}
	}
	c := counted{Backend: s.As(Carrier, ledger.RoleOperator).Simulate()}
	rights, err := participant.Rights(ledger.Begin(&c), nil, Carrier)
	require.NoError(t, err)
	require.Empty(t, rights)
	require.Zero(t, c.trips)
}

// What a holder reads to commission is its own record, which changes when another gets a
// prefix inside of its own: so the two cannot both be committed.
func TestALicenceInsideAnotherThatCrossesACaptureWins(t *testing.T) {
	s := New(t)
	id, err := gs1.Parse(item)
	require.NoError(t, err)
	may := func(tx *ledger.Tx) bool {
		rights, err := participant.Rights(tx, []gs1.ID{id}, Manufacturer)
		require.NoError(t, err)
		return rights[0].May
	}
	sim := s.As(Manufacturer, ledger.RoleOperator).Simulate()
	tx := ledger.Begin(sim)
	require.True(t, may(tx))
	require.NoError(t, tx.Put(ledger.NewKey("test"), []byte("x")))
	require.NoError(t, tx.Flush())

	change := func(change func(*participant.Organisation), voters ...string) {
		carrier, err := query(s, participant.ReadOrganisation, participant.ReadOrganisationRequest{MSP: Carrier})
		require.NoError(t, err)
		change(&carrier.Organisation)
		id, err := propose(s, Carrier, fmt.Sprint(s.Now), carrier.Organisation)
		require.NoError(t, err)
		for _, msp := range voters {
			_, err := approve(s, msp, id)
			require.NoError(t, err)
		}
		s.Now = s.Now.Add(time.Minute)
	}
	change(func(o *participant.Organisation) {
		o.Licences = append(o.Licences, participant.Licence{Prefix: part})
	}, Manufacturer, Carrier)
	require.Equal(t, []memledger.Code{memledger.MVCCConflict},
		s.Ledger.Commit(memledger.Transaction{ID: sim.Info().ID, Results: sim.Results()}))
	require.False(t, may(ledger.Begin(s.As(Manufacturer, ledger.RoleOperator).Simulate())), "the longest prefix says who holds it")

	change(func(o *participant.Organisation) { o.Licences = nil }, Carrier, Retailer)
	require.True(t, may(ledger.Begin(s.As(Manufacturer, ledger.RoleOperator).Simulate())), "and when it is gone, the next does")
}

// An end that comes between the endorsement and the commit of what a delegate
// captures makes the capture invalid.
func TestAnEndThatCrossesACaptureWins(t *testing.T) {
	s := New(t)
	require.NoError(t, delegate(s, Manufacturer, participant.DelegateRequest{Prefix: whole, Delegate: Carrier}))
	id, err := gs1.Parse(item)
	require.NoError(t, err)
	sim := s.As(Carrier, ledger.RoleOperator).Simulate()
	tx := ledger.Begin(sim)
	rights, err := participant.Rights(tx, []gs1.ID{id}, Carrier)
	require.NoError(t, err)
	require.True(t, rights[0].May)
	require.NoError(t, tx.Put(ledger.NewKey("test"), []byte("x")))
	require.NoError(t, tx.Flush())
	require.NoError(t, endDelegation(s, Manufacturer, whole, Carrier))
	require.Equal(t, []memledger.Code{memledger.MVCCConflict},
		s.Ledger.Commit(memledger.Transaction{ID: sim.Info().ID, Results: sim.Results()}))
}

// scopes are prefixes and keys that overlap in all ways.
var scopes = []participant.Licence{
	{Prefix: "9506"},
	{Prefix: whole[:6]},
	{Prefix: whole},
	{Prefix: part},
	{Prefix: "950600013435"},
	{Prefix: "95060002"},
	{Key: item},
	{Key: other},
}

// term is a random term around an instant, with bounds or without.
func term(t *rapid.T, now time.Time) (from, to time.Time) {
	if rapid.Bool().Draw(t, "has a beginning") {
		from = now.Add(time.Duration(rapid.IntRange(-3, 3).Draw(t, "from")) * time.Hour)
	}
	if rapid.Bool().Draw(t, "has an end") {
		to = now.Add(time.Duration(rapid.IntRange(1, 5).Draw(t, "to")) * time.Hour)
	}
	return from, to
}

// The rule, spelled out over everything on record.
type rule struct {
	now         time.Time
	licences    map[string][]participant.Licence // by MSP id
	delegations []participant.ListedDelegation
}

func (r rule) running(from, to time.Time) bool {
	return !r.now.Before(from) && (to.IsZero() || r.now.Before(to))
}

// covers reports whether a licence or delegation of one scope includes a key or
// another scope.
func covers(scope participant.Licence, key, digits string) bool {
	if scope.Key != "" {
		return scope.Key == key
	}
	return strings.HasPrefix(digits, scope.Prefix)
}

func strength(l participant.Licence) int {
	if l.Key != "" {
		return 100
	}
	return len(l.Prefix)
}

func (r rule) holder(key, digits string) (holder string) {
	best := 0
	for msp, list := range r.licences {
		for _, l := range list {
			if r.running(l.From, l.To) && covers(l, key, digits) && strength(l) > best {
				holder, best = msp, strength(l)
			}
		}
	}
	return holder
}

func (r rule) delegated(holder, msp, key, digits string) bool {
	for _, d := range r.delegations {
		scope := participant.Licence{Prefix: d.Prefix, Key: d.Key}
		if d.Holder != holder || d.Delegate != msp || d.Ended != nil || !r.running(d.From, d.To) || !covers(scope, key, digits) {
			continue
		}
		for _, l := range r.licences[holder] { // the scope lies in a licence that runs
			if r.running(l.From, l.To) && covers(l, scope.Key, scope.Prefix+digitsOf(scope.Key)) {
				return true
			}
		}
	}
	return false
}

func digitsOf(key string) string {
	id, err := gs1.Parse(key)
	if err != nil {
		return ""
	}
	return id.LicenceDigits()
}

func TestRightsAreThoseOfTheRuleSpelledOut(t *testing.T) {
	traders, beside := []string{Manufacturer, Carrier, Retailer}, gtin(t, "950600100000")
	rapid.Check(t, func(t *rapid.T) {
		s := Empty(t)
		s.Found(deal(t, s.Now)...)
		for range rapid.IntRange(1, 12).Draw(t, "delegations") {
			l := rapid.SampledFrom(scopes).Draw(t, "scope")
			from, to := term(t, s.Now)
			request := participant.DelegateRequest{
				Prefix: l.Prefix, Key: l.Key, From: from, To: to, Delegate: rapid.SampledFrom(traders).Draw(t, "delegate"),
			}
			holder := rapid.SampledFrom(traders).Draw(t, "holder")
			if delegate(s, holder, request) == nil && rapid.IntRange(0, 4).Draw(t, "ends") == 0 && l.Prefix != "" {
				require.NoError(t, endDelegation(s, holder, l.Prefix, request.Delegate))
			}
		}
		if rapid.Bool().Draw(t, "licences change") {
			redeal(t, s)
		}
		s.Now = s.Now.Add(time.Duration(rapid.IntRange(0, 6).Draw(t, "later")) * time.Hour)

		r := rule{now: s.Now, licences: map[string][]participant.Licence{}}
		for _, msp := range traders {
			o, err := query(s, participant.ReadOrganisation, participant.ReadOrganisationRequest{MSP: msp})
			require.NoError(t, err)
			r.licences[msp] = o.Licences
			page, err := query(s, participant.ListDelegations, participant.ListDelegationsRequest{Holder: msp})
			require.NoError(t, err)
			r.delegations = append(r.delegations, page.Delegations...)
		}
		var ids []gs1.ID
		for _, text := range []string{item + "/21/S1", item, other + "/10/L", Pallet(Manufacturer, 7), "/01/09506000134321", beside, "/8004/95060001343X"} {
			id, err := gs1.Parse(text)
			require.NoError(t, err)
			ids = append(ids, id)
		}
		for _, msp := range traders {
			require.NoError(t, s.As(msp, "").Query(func(tx *ledger.Tx) error {
				rights, err := participant.Rights(tx, ids, msp)
				require.NoError(t, err)
				holders, err := participant.Licensees(tx, ids)
				require.NoError(t, err)
				for i, id := range ids {
					want := participant.Right{Holder: r.holder(id.Class().Path(), id.LicenceDigits())}
					if want.Holder == msp {
						want.May = true
					} else if want.Holder != "" && r.delegated(want.Holder, msp, id.Class().Path(), id.LicenceDigits()) {
						want.May, want.Delegated = true, true
					}
					require.Equal(t, want, rights[i], "%s of %s", msp, id)
					require.Equal(t, want.Holder, holders[i])
				}
				return nil
			}))
		}
	})
}

// deal gives each scope to one of the traders or to nobody.
func deal(t *rapid.T, now time.Time) []participant.Organisation {
	traders := Founders()[:3]
	for i := range traders {
		traders[i].Licences = nil
	}
	for _, l := range scopes {
		if i := rapid.IntRange(0, 3).Draw(t, "whose"); i < 3 {
			l.From, l.To = term(t, now)
			if !l.To.IsZero() && !l.From.Before(l.To) {
				l.From = time.Time{}
			}
			traders[i].Licences = append(traders[i].Licences, l)
		}
	}
	return traders
}

// redeal deals anew, to all or to one alone.
func redeal(t *rapid.T, s *Scene) {
	dealt := deal(t, s.Now)
	if i := rapid.IntRange(0, 3).Draw(t, "who"); i < 3 {
		dealt = dealt[i : i+1]
	}
	id, err := propose(s, Carrier, "anew", dealt...)
	if err != nil && fault.Of(err).Code == fault.AlreadyExists {
		return // it has been dealt what another keeps
	}
	require.NoError(t, err)
	for _, msp := range []string{Manufacturer, Carrier, Retailer} {
		response, err := approve(s, msp, id)
		require.NoError(t, err)
		if response.Enacted {
			return
		}
	}
}
