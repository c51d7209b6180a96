package participant_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// The manufacturer's trade item of shipmenttest, and the prefixes around it.
const (
	whole = "9506000"    // the manufacturer's company prefix
	part  = "9506000134" // a longer one within it
	item  = "/01/09506000134352"
	other = "/01/09506000200002"
)

func rightTo(t *testing.T, s *Scene, msp, id string) participant.Right {
	t.Helper()
	return rightsTo(t, s, msp, id)[0]
}

func rightsTo(t *testing.T, s *Scene, msp string, texts ...string) (rights []participant.Right) {
	t.Helper()
	ids := make([]gs1.ID, len(texts))
	for i, text := range texts {
		id, err := gs1.Parse(text)
		require.NoError(t, err)
		ids[i] = id
	}
	require.NoError(t, s.As(msp, ledger.RoleOperator).Query(func(tx *ledger.Tx) (err error) {
		rights, err = participant.Rights(tx, ids, msp)
		return err
	}))
	return rights
}

func gtin(t *testing.T, digits string) string {
	t.Helper()
	check, err := gs1.CheckDigit("0" + digits)
	require.NoError(t, err)
	return "/01/0" + digits + string(check)
}

func delegate(s *Scene, msp string, request participant.DelegateRequest) error {
	_, err := call(s.As(msp, ledger.RoleAdmin), participant.Delegate, request)
	return err
}

func endDelegation(s *Scene, msp, prefix, to string) error {
	_, err := call(s.As(msp, ledger.RoleAdmin), participant.EndDelegation,
		participant.EndDelegationRequest{Prefix: prefix, Delegate: to, Reason: "the contract is over"})
	return err
}

// change has everybody agree to organisations in a new form.
func change(t *testing.T, s *Scene, reason string, organisations ...organisation) {
	t.Helper()
	id, err := propose(s, Carrier, reason, organisations...)
	require.NoError(t, err)
	for _, msp := range []string{Manufacturer, Carrier, Retailer} {
		response, err := approve(s, msp, id)
		require.NoError(t, err)
		if response.Enacted {
			return
		}
	}
	require.Fail(t, "not enacted")
}

var (
	delegatesRight = participant.Right{Holder: Manufacturer, May: true, Delegated: true}
	holdersRight   = participant.Right{Holder: Manufacturer, May: true}
	noRight        = participant.Right{Holder: Manufacturer}
)

func TestADelegateMayCommissionWhatWasDelegatedAndNoMore(t *testing.T) {
	serial, lot, pallet := item+"/21/S1", item+"/10/L1", Pallet(Manufacturer, 1)
	for name, c := range map[string]struct {
		scope    participant.DelegateRequest
		may, not []string
	}{
		"the whole prefix":  {participant.DelegateRequest{Prefix: whole}, []string{serial, lot, other, pallet}, []string{Object(Carrier, "1")}},
		"a longer prefix":   {participant.DelegateRequest{Prefix: part}, []string{serial, lot}, []string{other, pallet}},
		"the longest":       {participant.DelegateRequest{Prefix: "950600013435"}, []string{serial, lot}, []string{other}},
		"a single key":      {participant.DelegateRequest{Key: item}, []string{serial, lot, item}, []string{other, pallet, "/01/19506000134359/21/S1"}},
		"a key, as a URN":   {participant.DelegateRequest{Key: "urn:epc:idpat:sgtin:9506000.013435.*"}, []string{serial}, []string{other}},
		"one logistic unit": {participant.DelegateRequest{Key: pallet}, []string{pallet}, []string{Pallet(Manufacturer, 2), serial}},
	} {
		t.Run(name, func(t *testing.T) {
			s := New(t)
			c.scope.Delegate = Carrier
			require.NoError(t, delegate(s, Manufacturer, c.scope))
			for _, id := range c.may {
				require.Equal(t, delegatesRight, rightTo(t, s, Carrier, id), id)
				require.Equal(t, noRight, rightTo(t, s, Retailer, id), "nobody else's")
				require.Equal(t, holdersRight, rightTo(t, s, Manufacturer, id), "the holder loses nothing")
			}
			for _, id := range c.not {
				require.False(t, rightTo(t, s, Carrier, id).Delegated, id)
			}
		})
	}
}

func TestWhatIsNoDelegation(t *testing.T) {
	term := func(from, to time.Duration) participant.DelegateRequest {
		return participant.DelegateRequest{Prefix: whole, Delegate: Carrier, From: Begin.Add(from), To: Begin.Add(to)}
	}
	to := func(msp string) participant.DelegateRequest {
		return participant.DelegateRequest{Prefix: whole, Delegate: msp}
	}
	of := func(prefix, key string) participant.DelegateRequest {
		return participant.DelegateRequest{Prefix: prefix, Key: key, Delegate: Carrier}
	}
	wordy := to(Carrier)
	wordy.Reason = strings.Repeat("x", participant.MaxName+1)
	for name, c := range map[string]struct {
		msp, role string
		request   participant.DelegateRequest
		code      fault.Code
		field     string
	}{
		"by an operator":             {Manufacturer, ledger.RoleOperator, to(Carrier), fault.RoleRequired, ""},
		"by a reader":                {Regulator, ledger.RoleAdmin, to(Carrier), fault.ReaderOnly, ""},
		"by a stranger":              {Outsider, ledger.RoleAdmin, to(Carrier), fault.NotParticipant, ""},
		"of another's prefix":        {Retailer, ledger.RoleAdmin, to(Carrier), fault.NotLicensee, "/prefix"},
		"to a reader":                {Manufacturer, ledger.RoleAdmin, to(Regulator), fault.InvalidRequest, "/delegate"},
		"to somebody not on record":  {Manufacturer, ledger.RoleAdmin, to(Outsider), fault.NotFound, "/delegate"},
		"to nobody":                  {Manufacturer, ledger.RoleAdmin, to(""), fault.InvalidRequest, "/delegate"},
		"to what is no MSP id":       {Manufacturer, ledger.RoleAdmin, to("a\x00b"), fault.InvalidRequest, "/delegate"},
		"to oneself":                 {Manufacturer, ledger.RoleAdmin, to(Manufacturer), fault.InvalidRequest, "/delegate"},
		"wider than the licence":     {Manufacturer, ledger.RoleAdmin, of(whole[:6], ""), fault.NotLicensee, "/prefix"},
		"beside the licence":         {Manufacturer, ledger.RoleAdmin, of("9506001", ""), fault.NotLicensee, "/prefix"},
		"a key of another":           {Manufacturer, ledger.RoleAdmin, of("", Object(Carrier, "1")[:18]), fault.NotLicensee, "/key"},
		"of nothing":                 {Manufacturer, ledger.RoleAdmin, of("", ""), fault.InvalidRequest, ""},
		"of a prefix and a key":      {Manufacturer, ledger.RoleAdmin, of(whole, item), fault.InvalidRequest, ""},
		"of one item":                {Manufacturer, ledger.RoleAdmin, of("", item+"/21/S1"), fault.InvalidRequest, ""},
		"of what is no key":          {Manufacturer, ledger.RoleAdmin, of("", "/01/09506000134353"), fault.InvalidIdentifier, ""},
		"of what is no prefix":       {Manufacturer, ledger.RoleAdmin, of("95O6000", ""), fault.InvalidRequest, ""},
		"ending before it begins":    {Manufacturer, ledger.RoleAdmin, term(2*time.Hour, time.Hour), fault.InvalidRequest, ""},
		"over already":               {Manufacturer, ledger.RoleAdmin, term(-2*time.Hour, -time.Hour), fault.InvalidRequest, "/to"},
		"over now":                   {Manufacturer, ledger.RoleAdmin, term(-2*time.Hour, 0), fault.InvalidRequest, "/to"},
		"with a reason too long":     {Manufacturer, ledger.RoleAdmin, wordy, fault.InvalidRequest, "/reason"},
		"of one's own prefix to one": {Carrier, ledger.RoleAdmin, to(Retailer), fault.NotLicensee, "/prefix"},
	} {
		t.Run(name, func(t *testing.T) {
			s := New(t)
			before := s.Ledger.Dump()
			_, err := call(s.As(c.msp, c.role), participant.Delegate, c.request)
			require.ErrorIs(t, err, c.code)
			require.Equal(t, c.field, fault.Of(err).Field)
			require.Equal(t, before, s.Ledger.Dump())
		})
	}
}

// Only the holder answers for its prefix: whom it trusts trusts nobody for it.
func TestADelegateCannotDelegateOn(t *testing.T) {
	s := New(t)
	require.NoError(t, delegate(s, Manufacturer, participant.DelegateRequest{Prefix: whole, Delegate: Carrier}))
	for _, scope := range []participant.DelegateRequest{{Prefix: whole}, {Prefix: part}, {Key: item}} {
		scope.Delegate = Retailer
		err := delegate(s, Carrier, scope)
		require.ErrorIs(t, err, fault.NotLicensee)
		require.Equal(t, Manufacturer, fault.Of(err).Detail["licensee"])
	}
	require.Equal(t, noRight, rightTo(t, s, Retailer, item+"/21/S1"))
}

func TestADelegationCountsFromItsBeginningToItsEnd(t *testing.T) {
	s := New(t)
	require.NoError(t, delegate(s, Manufacturer, participant.DelegateRequest{
		Prefix: part, Delegate: Carrier, From: Begin.Add(time.Hour), To: Begin.Add(2 * time.Hour),
	}))
	for after, may := range map[time.Duration]bool{
		0: false, time.Hour - time.Millisecond: false, time.Hour: true,
		2*time.Hour - time.Millisecond: true, 2 * time.Hour: false, 1000 * time.Hour: false,
	} {
		s.Now = Begin.Add(after)
		require.Equal(t, may, rightTo(t, s, Carrier, item).May, "after %s", after)
	}
	s.Now = Begin.Add(2 * time.Hour)
	require.ErrorIs(t, endDelegation(s, Manufacturer, part, Carrier), fault.Closed, "its term is over")
}

func TestAHolderEndsItsDelegationAndGivesItAgain(t *testing.T) {
	s := New(t)
	require.NoError(t, delegate(s, Manufacturer, participant.DelegateRequest{Prefix: part, Delegate: Carrier}))
	require.NoError(t, delegate(s, Manufacturer, participant.DelegateRequest{Key: item, Delegate: Carrier}))
	require.ErrorIs(t, endDelegation(s, Manufacturer, whole, Carrier), fault.NotFound, "that was never delegated")
	require.ErrorIs(t, endDelegation(s, Manufacturer, part, Retailer), fault.NotFound)
	require.ErrorIs(t, endDelegation(s, Retailer, part, Carrier), fault.NotFound, "it is not the retailer's")
	require.ErrorIs(t, endDelegation(s, Carrier, part, Carrier), fault.NotFound)
	_, err := call(s.As(Manufacturer, ledger.RoleOperator), participant.EndDelegation, participant.EndDelegationRequest{Prefix: part, Delegate: Carrier, Reason: "x"})
	require.ErrorIs(t, err, fault.RoleRequired)
	_, err = call(s.As(Manufacturer, ledger.RoleAdmin), participant.EndDelegation, participant.EndDelegationRequest{Prefix: part, Delegate: Carrier})
	require.ErrorIs(t, err, fault.InvalidRequest)
	require.Equal(t, "/reason", fault.Of(err).Field)

	require.NoError(t, endDelegation(s, Manufacturer, part, Carrier))
	require.Equal(t, delegatesRight, rightTo(t, s, Carrier, item), "the single key was delegated apart")
	require.Equal(t, noRight, rightTo(t, s, Carrier, "/01/09506000134321"))
	require.ErrorIs(t, endDelegation(s, Manufacturer, part, Carrier), fault.Closed)

	require.NoError(t, delegate(s, Manufacturer, participant.DelegateRequest{Prefix: part, Delegate: Carrier}))
	require.Equal(t, delegatesRight, rightTo(t, s, Carrier, "/01/09506000134321"))
}

func TestDelegationsStopCountingWithTheHoldersLicence(t *testing.T) {
	manufacturer := Founders()[0]
	for name, c := range map[string]struct {
		then   func(t *testing.T, s *Scene)
		holder string
	}{
		"it runs out": {func(t *testing.T, s *Scene) {
			t.Helper()
			ends := manufacturer
			ends.Licences = []participant.Licence{{Prefix: whole, To: s.Now.Add(time.Hour)}}
			change(t, s, "a term", ends)
			require.Equal(t, delegatesRight, rightTo(t, s, Carrier, item), "until then")
			s.Now = s.Now.Add(time.Hour)
		}, ""},
		"it is taken away": {func(t *testing.T, s *Scene) {
			t.Helper()
			bare := manufacturer
			bare.Licences = nil
			change(t, s, "no licence", bare)
		}, ""},
		"it goes to another": {func(t *testing.T, s *Scene) {
			t.Helper()
			bare, buyer := manufacturer, Founders()[2]
			bare.Licences, buyer.Licences = nil, append(buyer.Licences, participant.Licence{Prefix: whole})
			change(t, s, "sold", bare, buyer)
		}, Retailer},
		"a longer prefix goes to another": {func(t *testing.T, s *Scene) {
			t.Helper()
			buyer := Founders()[2]
			buyer.Licences = append(buyer.Licences, participant.Licence{Prefix: part})
			change(t, s, "a brand is sold", buyer)
		}, Retailer},
		"the single key goes to another": {func(t *testing.T, s *Scene) {
			t.Helper()
			buyer := Founders()[2]
			buyer.Licences = append(buyer.Licences, participant.Licence{Key: item})
			change(t, s, "an item is sold", buyer)
		}, Retailer},
		"it is narrowed, and something else of it kept": {func(t *testing.T, s *Scene) {
			t.Helper()
			narrow := manufacturer
			narrow.Licences = []participant.Licence{{Prefix: "9506000135"}}
			change(t, s, "narrower", narrow)
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := New(t)
			for _, scope := range []participant.DelegateRequest{{Prefix: whole}, {Prefix: part}, {Key: item}} {
				scope.Delegate = Carrier
				require.NoError(t, delegate(s, Manufacturer, scope))
			}
			c.then(t, s)
			require.Equal(t, participant.Right{Holder: c.holder}, rightTo(t, s, Carrier, item+"/21/S1"))
			require.False(t, rightTo(t, s, Manufacturer, item+"/21/S1").May)
		})
	}
}

// A delegation of the wider prefix that is gone is none of the narrower one that
// is left: it has to be given anew.
func TestADelegationWiderThanWhatIsLeftCountsForNothing(t *testing.T) {
	s := New(t)
	require.NoError(t, delegate(s, Manufacturer, participant.DelegateRequest{Prefix: whole, Delegate: Carrier}))
	narrow := Founders()[0]
	narrow.Licences = []participant.Licence{{Prefix: part}}
	change(t, s, "narrower", narrow)
	require.Equal(t, noRight, rightTo(t, s, Carrier, item))
	narrow.Licences = append(narrow.Licences, participant.Licence{Prefix: whole})
	change(t, s, "wider again", narrow)
	require.Equal(t, delegatesRight, rightTo(t, s, Carrier, item), "within what is held, though a longer licence stands between")
}

// The holder of a prefix inside another's delegates by itself.
func TestAThirdsLongerPrefixInsideADelegatedOneIsTheThirds(t *testing.T) {
	s := New(t)
	third := Founders()[2]
	third.Licences = append(third.Licences, participant.Licence{Prefix: part, To: Begin.Add(time.Hour)})
	change(t, s, "", third)
	require.NoError(t, delegate(s, Manufacturer, participant.DelegateRequest{Prefix: whole, Delegate: Carrier}))
	require.ErrorIs(t, delegate(s, Manufacturer, participant.DelegateRequest{Prefix: part, Delegate: Carrier}), fault.NotLicensee)
	require.ErrorIs(t, delegate(s, Manufacturer, participant.DelegateRequest{Key: item, Delegate: Carrier}), fault.NotLicensee)
	require.Equal(t, participant.Right{Holder: Retailer}, rightTo(t, s, Carrier, item))
	require.Equal(t, participant.Right{Holder: Retailer}, rightTo(t, s, Manufacturer, item))
	require.Equal(t, participant.Right{Holder: Retailer, May: true}, rightTo(t, s, Retailer, item))
	require.Equal(t, delegatesRight, rightTo(t, s, Carrier, other))

	require.NoError(t, delegate(s, Retailer, participant.DelegateRequest{Key: item, Delegate: Manufacturer}))
	require.Equal(t, participant.Right{Holder: Retailer, May: true, Delegated: true}, rightTo(t, s, Manufacturer, item))

	s.Now = Begin.Add(time.Hour)
	require.Equal(t, delegatesRight, rightTo(t, s, Carrier, item), "back with the manufacturer")
	require.Equal(t, noRight, rightTo(t, s, Retailer, item))
}

// A national GS1 organisation shares one prefix out key by key: to some by a
// licence of their own, to others by delegation.
func TestASharedNationalPrefix(t *testing.T) {
	s := New(t)
	national := organisation{MSP: Outsider, Name: "GS1 Nowhere", Licences: licence("9509")}
	first, second, third, rest := gtin(t, "950900000001"), gtin(t, "950900000002"), gtin(t, "950900000003"), gtin(t, "950900000004")
	one, two := Founders()[1], Founders()[2]
	one.Licences = append(one.Licences, participant.Licence{Key: first})
	two.Licences = append(two.Licences, participant.Licence{Key: second, To: Begin.AddDate(1, 0, 0)})
	change(t, s, "", national, one, two)
	require.NoError(t, delegate(s, Outsider, participant.DelegateRequest{Key: third, Delegate: Carrier}))
	require.Equal(t, []participant.Right{
		{Holder: Carrier, May: true}, {Holder: Retailer}, {Holder: Outsider, May: true, Delegated: true}, {Holder: Outsider},
	}, rightsTo(t, s, Carrier, first+"/21/1", second+"/21/1", third+"/21/1", rest))
	require.Equal(t, []participant.Right{
		{Holder: Carrier}, {Holder: Retailer, May: true}, {Holder: Outsider}, {Holder: Outsider},
	}, rightsTo(t, s, Retailer, first+"/21/1", second+"/21/1", third+"/21/1", rest))
}

// What begins next month is settled today.
func TestALicenceThatIsToBeginIsDelegatedFromThen(t *testing.T) {
	s := New(t)
	month := Begin.AddDate(0, 1, 0)
	buyer := Founders()[2]
	buyer.Licences = append(buyer.Licences, participant.Licence{Prefix: part, From: month})
	change(t, s, "", buyer)
	require.ErrorIs(t, delegate(s, Retailer, participant.DelegateRequest{Prefix: part, Delegate: Carrier}), fault.NotLicensee)
	require.ErrorIs(t, delegate(s, Manufacturer, participant.DelegateRequest{Prefix: part, Delegate: Carrier, From: month}), fault.NotLicensee)
	require.NoError(t, delegate(s, Retailer, participant.DelegateRequest{Prefix: part, Delegate: Carrier, From: month}))
	require.Equal(t, noRight, rightTo(t, s, Carrier, item))
	s.Now = month
	require.Equal(t, participant.Right{Holder: Retailer, May: true, Delegated: true}, rightTo(t, s, Carrier, item))
}

func TestADelegateRegistersDevicesUnderThePrefix(t *testing.T) {
	s := New(t)
	logger := device(t) // under the carrier's prefix
	_, err := call(s.As(Retailer, ledger.RoleOperator), participant.RegisterDevice, logger)
	require.ErrorIs(t, err, fault.NotLicensee)
	require.NoError(t, delegate(s, Carrier, participant.DelegateRequest{Prefix: Prefixes[Carrier], Delegate: Retailer}))
	registered, err := call(s.As(Retailer, ledger.RoleOperator), participant.RegisterDevice, logger)
	require.NoError(t, err)
	require.Equal(t, Retailer, registered.Owner)
}

func TestDelegationsAreListedByHolderByDelegateAndBetweenTwo(t *testing.T) {
	s := New(t)
	for _, request := range []participant.DelegateRequest{
		{Prefix: whole, Delegate: Carrier, To: Begin.Add(time.Hour)},
		{Prefix: part, Delegate: Carrier},
		{Key: item, Delegate: Carrier, Reason: "contract 7"},
		{Key: item, Delegate: Retailer},
	} {
		require.NoError(t, delegate(s, Manufacturer, request))
	}
	require.NoError(t, delegate(s, Retailer, participant.DelegateRequest{Prefix: Prefixes[Retailer], Delegate: Carrier}))
	require.NoError(t, endDelegation(s, Manufacturer, part, Carrier))
	s.Now = Begin.Add(time.Hour)

	all := func(request participant.ListDelegationsRequest) (names []string) {
		for more := true; more; more = request.Bookmark != "" {
			request.Size = 2
			page, err := query(s, participant.ListDelegations, request)
			require.NoError(t, err)
			for _, d := range page.Delegations {
				name := strings.TrimSuffix(d.Holder, "MSP") + ">" + strings.TrimSuffix(d.Delegate, "MSP") + " " + d.Prefix + d.Key
				if d.Counts {
					name += " counts"
				}
				names = append(names, name)
			}
			request.Bookmark = page.Bookmark
		}
		return names
	}
	// Queries of the scene are the outsider's, now.
	require.Equal(t, []string{
		"Manufacturer>Carrier " + item + " counts", "Manufacturer>Carrier " + whole, "Manufacturer>Carrier " + part,
		"Manufacturer>Retailer " + item + " counts",
	}, all(participant.ListDelegationsRequest{Holder: Manufacturer}))
	require.Equal(t, []string{
		"Manufacturer>Carrier " + item + " counts", "Manufacturer>Carrier " + whole, "Manufacturer>Carrier " + part,
		"Retailer>Carrier " + Prefixes[Retailer] + " counts",
	}, all(participant.ListDelegationsRequest{Delegate: Carrier}))
	require.Equal(t, []string{"Manufacturer>Retailer " + item + " counts"},
		all(participant.ListDelegationsRequest{Holder: Manufacturer, Delegate: Retailer}))
	require.Empty(t, all(participant.ListDelegationsRequest{Holder: Carrier}))

	page, err := query(s, participant.ListDelegations, participant.ListDelegationsRequest{Delegate: Carrier, Size: 3})
	require.NoError(t, err)
	require.Equal(t, "contract 7", page.Delegations[0].Reason)
	require.Equal(t, &participant.DelegationEnd{Time: Begin, Reason: "the contract is over"}, page.Delegations[2].Ended)
	_, err = query(s, participant.ListDelegations, participant.ListDelegationsRequest{})
	require.ErrorIs(t, err, fault.InvalidRequest)
	_, err = query(s, participant.ListDelegations, participant.ListDelegationsRequest{Holder: Carrier, Size: 501})
	require.ErrorIs(t, err, fault.LimitExceeded)

	bare := Founders()[0]
	bare.Licences = nil
	change(t, s, "", bare)
	for _, name := range all(participant.ListDelegationsRequest{Holder: Manufacturer}) {
		require.NotContains(t, name, "counts")
	}
}
