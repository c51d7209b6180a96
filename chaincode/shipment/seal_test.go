package shipment_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// sealed says something of seals in an event, under a prefix of the sender's.
func sealed(e Event, name string, numbers any) Event {
	return withMember(withMember(e, "@context", map[string]string{"cs": product.Namespace}), "cs:"+name, numbers)
}

func onIt(s *Scene, id string) (numbers []string) {
	for _, seal := range s.Twin(id).Seals {
		numbers = append(numbers, seal.Number)
	}
	return numbers
}

func TestSealsGoOnAndComeOff(t *testing.T) {
	s := New(t)
	onHand(s)
	s.MustCapture(Manufacturer, sealed(Pack(pallet, a), "sealApplied", "S1"))
	require.Equal(t, []string{"S1"}, onIt(s, pallet), "the pallet begins with it")
	require.Equal(t, Manufacturer, s.Twin(pallet).Seals[0].By)
	require.Contains(t, s.History(pallet)[1].Event, s.Twin(pallet).Seals[0].Event)
	s.MustCapture(Manufacturer, sealed(Ship(Retailer, pallet), "sealApplied", []string{"S2", "S3"}))
	s.MustCapture(Retailer, sealed(Step("receiving", pallet), "sealChecked", []string{"S1", "S2", "S3"}))
	require.Empty(t, lastFlags(s, pallet))
	s.MustCapture(Retailer, sealed(Unpack(pallet, a), "sealBroken", []string{"S3", "S1", "S2"}))
	require.Empty(t, lastFlags(s, pallet), "it was opened as it should be")
	require.Empty(t, onIt(s, pallet))
	s.MustCapture(Retailer, sealed(Step("loading", pallet), "sealApplied", "S9"))
	require.Equal(t, []string{"S9"}, onIt(s, pallet))
}

func TestWhatIsSuspiciousAboutSealsIsFlagged(t *testing.T) {
	opened, wrongSeal := []product.Flag{product.FlagSealed}, []product.Flag{product.FlagSeal}
	for name, c := range map[string]struct {
		event Event
		of    string
		flags []product.Flag
		left  []string
	}{
		"unpacked without breaking it":   {Unpack(pallet, a), pallet, opened, []string{"S1", "S2"}},
		"emptied without breaking it":    {Unpack(pallet), pallet, opened, []string{"S1", "S2"}},
		"opened with one seal broken":    {sealed(Unpack(pallet, a), "sealBroken", "S1"), pallet, opened, []string{"S2"}},
		"packed without breaking it":     {Pack(pallet, b), pallet, opened, []string{"S1", "S2"}},
		"something shipped out of it":    {Ship(Retailer, a), a, []product.Flag{product.FlagOutside, product.FlagSealed}, []string{"S1", "S2"}},
		"something seen outside of it":   {Count(truck, a), a, []product.Flag{product.FlagOutside, product.FlagSealed}, []string{"S1", "S2"}},
		"another seal checked":           {sealed(Step("inspecting", pallet), "sealChecked", "S7"), pallet, wrongSeal, []string{"S1", "S2"}},
		"one of two not on it":           {sealed(Step("inspecting", pallet), "sealChecked", []string{"S1", "S7"}), pallet, wrongSeal, []string{"S1", "S2"}},
		"found broken":                   {sealed(Step("inspecting", pallet), "sealBroken", "S1"), pallet, wrongSeal, []string{"S2"}},
		"another seal found broken":      {sealed(Unpack(pallet), "sealBroken", []string{"S1", "S2", "S7"}), pallet, wrongSeal, nil},
		"replaced as it should be":       {sealed(sealed(Pack(pallet, b), "sealBroken", []string{"S1", "S2"}), "sealApplied", "S3"), pallet, nil, []string{"S3"}},
		"checked and found as it was":    {sealed(Step("inspecting", pallet), "sealChecked", "S2"), pallet, nil, []string{"S1", "S2"}},
		"counted without being opened":   {sealed(Count(pallet, a), "sealChecked", "S2"), pallet, nil, []string{"S1", "S2"}},
		"what is around it packed on it": {Pack(truck, pallet), pallet, nil, []string{"S1", "S2"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := New(t)
			s.MustCapture(Manufacturer, Commission(a, b, truck), sealed(Pack(pallet, a), "sealApplied", []string{"S1", "S2"}))
			s.MustCapture(Manufacturer, c.event)
			flags := slices.Clone(lastFlags(s, c.of))
			slices.Sort(flags)
			require.Equal(t, c.flags, flags)
			require.Equal(t, c.left, onIt(s, pallet))
		})
	}
}

func TestASealOnALorryIsASealOnWhatIsInIt(t *testing.T) {
	s := New(t)
	packed(s)
	s.MustCapture(Manufacturer, sealed(Pack(truck, pallet), "sealApplied", "S1"))
	s.MustCapture(Manufacturer, Unpack(pallet, a))
	require.Equal(t, []product.Flag{product.FlagSealed}, lastFlags(s, pallet))
}

func TestOnlyWhoHasItSealsOrOpensAContainer(t *testing.T) {
	s := New(t)
	onHand(s)
	s.MustCapture(Manufacturer, sealed(Pack(pallet, a), "sealApplied", "S1"))
	for _, name := range []string{"sealApplied", "sealBroken"} {
		_, err := s.Capture(Carrier, sealed(Step("inspecting", pallet), name, "S1"))
		require.ErrorIs(t, err, fault.NotCustodian, name)
	}
	s.MustCapture(Carrier, sealed(Step("inspecting", pallet), "sealChecked", "S7"))
	require.Equal(t, []product.Flag{product.FlagSeal}, witnesses(t, s, pallet)[0].Flags, "a witness may have looked")
	require.Equal(t, []string{"S1"}, onIt(s, pallet))
	s.MustCapture(Manufacturer, Ship(Retailer, pallet))
	_, err := s.Capture(Manufacturer, sealed(Step("inspecting", pallet), "sealApplied", "S2"))
	require.ErrorIs(t, err, fault.InTransit)
	s.MustCapture(Retailer, sealed(Step("receiving", pallet), "sealBroken", "S1"))
	require.Empty(t, onIt(s, pallet))
	require.Equal(t, []product.Flag{product.FlagSeal}, lastFlags(s, pallet), "it arrived opened")
}

func TestWhatIsNoSealIsRefused(t *testing.T) {
	nine := []string{"1", "2", "3", "4", "5", "6", "7", "8", "9"}
	for name, c := range map[string]struct {
		event Event
		code  fault.Code
	}{
		"a number":                {sealed(Step("inspecting", pallet), "sealApplied", 7), fault.InvalidDocument},
		"an object":               {sealed(Step("inspecting", pallet), "sealApplied", map[string]string{"cs:n": "1"}), fault.InvalidDocument},
		"nothing":                 {sealed(Step("inspecting", pallet), "sealApplied", ""), fault.InvalidDocument},
		"too long":                {sealed(Step("inspecting", pallet), "sealApplied", strings.Repeat("S", 41)), fault.InvalidDocument},
		"twice":                   {sealed(Step("inspecting", pallet), "sealApplied", []string{"S", "S"}), fault.InvalidDocument},
		"nine":                    {sealed(Step("inspecting", pallet), "sealApplied", nine), fault.LimitExceeded},
		"one that is on it":       {sealed(Step("inspecting", pallet), "sealApplied", "S1"), fault.AlreadyExists},
		"eight more":              {sealed(Step("inspecting", pallet), "sealApplied", nine[:8]), fault.LimitExceeded},
		"on two containers":       {sealed(Step("inspecting", pallet, truck), "sealApplied", "S2"), fault.InvalidDocument},
		"on what is not there":    {sealed(Step("inspecting", Pallet(Manufacturer, 9)), "sealApplied", "S2"), fault.NotFound},
		"on a place":              {sealed(Attach(Site(Manufacturer), pallet, truck), "sealApplied", "S2"), fault.InvalidDocument},
		"by a transaction of two": {sealed(Link("urn:epcglobal:cbv:bt:9506000000015:1", pallet, truck), "sealChecked", "S1"), fault.InvalidDocument},
	} {
		t.Run(name, func(t *testing.T) {
			s := New(t)
			s.MustCapture(Manufacturer, Commission(a, truck), sealed(Pack(pallet, a), "sealApplied", "S1"))
			_, err := s.Capture(Manufacturer, c.event)
			require.ErrorIs(t, err, c.code)
		})
	}
	s := New(t)
	onHand(s)
	s.MustCapture(Manufacturer, sealed(Step("inspecting", a), "sealOfQuality", 7))
	s.MustCapture(Manufacturer, withMember(Step("storing", a), "ex:sealApplied", 7))
	require.Empty(t, onIt(s, a), "other names are others'")
}
