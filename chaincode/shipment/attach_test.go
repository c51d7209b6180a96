package shipment_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

const (
	reefer = "/8004/9506000REEFER"
	logger = "/8004/9506000LOGGER"
)

// equipped is a refrigerated container with a logger fixed to it, and goods.
func equipped(s *Scene) {
	s.MustCapture(Manufacturer, Commission(a, reefer, logger))
	s.MustCapture(Manufacturer, Attach(reefer, logger))
	s.MustCapture(Manufacturer, at(Site(Manufacturer), Pack(reefer, a)))
}

func TestWhatIsAttachedStaysWhenAllElseIsUnpacked(t *testing.T) {
	s := New(t)
	equipped(s)
	require.Equal(t, []string{a}, contents(t, s, reefer, false))
	require.Equal(t, []string{logger}, contents(t, s, reefer, true))
	s.MustCapture(Manufacturer, Ship(Retailer, reefer))
	s.MustCapture(Retailer, at(Site(Retailer), Step("receiving", reefer)))
	require.Equal(t, Retailer, s.Twin(logger).Custodian)
	s.MustCapture(Retailer, Unpack(reefer))
	require.Nil(t, s.Twin(a).In)
	require.Equal(t, reefer, s.Twin(logger).In.Container)
	require.Equal(t, []string{logger}, contents(t, s, reefer, true))
	require.Equal(t, Site(Retailer), s.Twin(logger).Place)
	s.MustCapture(Retailer, Pack(reefer, a), Detach(reefer))
	require.Nil(t, s.Twin(logger).In)
	require.Equal(t, Retailer, s.Twin(logger).Custodian)
	require.Equal(t, reefer, s.Twin(a).In.Container, "nor do goods come off with a logger")
	s.MustCapture(Retailer, Attach(reefer, logger), Detach(reefer, logger))
	require.EqualValues(t, 2, s.Twin(reefer).Contents.AttachedEpoch, "nothing is attached any more")
	require.Empty(t, contents(t, s, reefer, true))
}

func TestEndingAMachineEndsNoneOfItsParts(t *testing.T) {
	s := New(t)
	equipped(s)
	s.MustCapture(Manufacturer, Delete("decommissioning", reefer))
	for _, id := range []string{a, logger} {
		require.Nil(t, s.Twin(id).In)
		require.Equal(t, product.Active, s.Twin(id).State)
		require.Equal(t, Site(Manufacturer), s.Twin(id).Place)
	}
}

// A machine is sold with the parts that belong to its owner; an asset that carries
// goods is not sold with them.
func TestTitleToAnAssetGoesWithoutGoodsAndWithItsOwnParts(t *testing.T) {
	s := New(t)
	lent := "/8004/4012345LENT"
	s.MustCapture(Carrier, Commission(lent))
	s.MustCapture(Carrier, Ship(Manufacturer, lent))
	s.MustCapture(Manufacturer, Step("receiving", lent))
	equipped(s)
	s.MustCapture(Manufacturer, Attach(reefer, lent))
	s.MustCapture(Manufacturer, titled(Retailer, Ship(Retailer, reefer)))
	s.MustCapture(Retailer, Step("receiving", reefer))
	require.Equal(t, Retailer, s.Twin(a).Owner)
	for _, id := range []string{reefer, logger} {
		require.Equal(t, Manufacturer, s.Twin(id).Owner, "the goods were sold, what carries them was not")
	}
	s.MustCapture(Retailer, Unpack(reefer))
	s.MustCapture(Retailer, Ship(Manufacturer, reefer))
	s.MustCapture(Manufacturer, Step("receiving", reefer))
	s.MustCapture(Manufacturer, titled(Retailer, Ship(Retailer, reefer)))
	require.Equal(t, Retailer, s.Twin(logger).NextOwner)
	s.MustCapture(Retailer, Step("receiving", reefer))
	for id, owner := range map[string]string{reefer: Retailer, logger: Retailer, lent: Carrier} {
		require.Equal(t, []string{Retailer, owner, ""}, owners(s, id))
	}
	s.MustCapture(Retailer, Detach(reefer))
	require.Equal(t, []string{Retailer, Retailer, ""}, owners(s, logger))
	require.Equal(t, []string{Retailer, Carrier, ""}, owners(s, lent))
}

func TestAHeldPartStopsWhatItIsFixedTo(t *testing.T) {
	s := New(t)
	equipped(s)
	s.MustCapture(Manufacturer, Pack(truck, reefer))
	hold(s, logger)
	for _, id := range []string{reefer, truck} {
		_, err := s.Capture(Manufacturer, Ship(Retailer, id))
		require.ErrorIs(t, err, fault.Held)
	}
	s.MustCapture(Manufacturer, Unpack(reefer)) // of goods
	_, err := s.Capture(Manufacturer, Ship(Retailer, truck))
	require.ErrorIs(t, err, fault.Held, "the part is on it still")
	s.MustCapture(Manufacturer, Detach(reefer))
	s.MustCapture(Manufacturer, Ship(Retailer, truck))
}

// The owner of what another has may fix to it what the owner has; that is in the
// other's hands then.
func TestAnOwnerFixesADeviceToWhatACarrierHas(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(reefer, logger))
	s.MustCapture(Manufacturer, Ship(Carrier, reefer))
	_, err := s.Capture(Manufacturer, Attach(reefer, logger))
	require.ErrorIs(t, err, fault.InTransit)
	s.MustCapture(Carrier, Step("receiving", reefer))
	s.MustCapture(Manufacturer, Attach(reefer, logger))
	require.Equal(t, []string{Carrier, Manufacturer, ""}, owners(s, logger))
	_, err = s.Capture(Manufacturer, Detach(reefer, logger))
	require.ErrorIs(t, err, fault.NotCustodian)
	s.MustCapture(Carrier, Detach(reefer, logger))
	require.Equal(t, []string{Carrier, Manufacturer, ""}, owners(s, logger))

	theirs := "/8004/4098765THEIRS"
	s.MustCapture(Retailer, Commission(theirs))
	_, err = s.Capture(Retailer, Attach(reefer, theirs))
	require.ErrorIs(t, err, fault.NotCustodian)
	s.MustCapture(Manufacturer, Commission(b))
	_, err = s.Capture(Manufacturer, Pack(reefer, b))
	require.ErrorIs(t, err, fault.NotCustodian, "packing takes who has both")
}

func TestInstallingAtAPlaceSaysWhereSomethingIs(t *testing.T) {
	s := New(t)
	equipped(s)
	gate := Site(Manufacturer) + "/254/GATE"
	s.MustCapture(Carrier, Attach(gate, logger))
	require.Len(t, witnesses(t, s, logger), 1)
	s.MustCapture(Manufacturer, Attach(gate, logger))
	twin := s.Twin(logger)
	require.Equal(t, gate, twin.Place)
	require.Nil(t, twin.In)
	require.Equal(t, []product.Flag{product.FlagOutside}, lastFlags(s, logger))
	s.MustCapture(Manufacturer, Detach(gate, logger))
	require.Equal(t, gate, s.Twin(logger).Place)
	_, err := s.Capture(Manufacturer, Attach(gate, Object(Manufacturer, "NONE")))
	require.ErrorIs(t, err, fault.NotFound)
	_, err = s.Capture(Manufacturer, Pack(gate, logger))
	require.ErrorIs(t, err, fault.Unsupported, "nothing is packed into a place")
}

func TestPartsAreSeenWhereTheyAreFixed(t *testing.T) {
	s := New(t)
	equipped(s)
	other := "/8004/9506000OTHER"
	s.MustCapture(Manufacturer, Commission(other))
	seen := Count(reefer, logger, other)
	seen.More["type"] = "AssociationEvent"
	s.MustCapture(Manufacturer, seen)
	require.Equal(t, []string{logger, other}, contents(t, s, reefer, true))
	require.Equal(t, []product.Flag{product.FlagOutside}, lastFlags(s, other))
}

func TestOrdersAreLinkedByWhoHasTheGoodsAndWitnessedByOthers(t *testing.T) {
	s := New(t)
	onHand(s)
	order := Link("urn:epcglobal:cbv:bt:9506000000015:1", a)
	s.MustCapture(Carrier, order)
	require.Len(t, s.History(a), 1)
	require.Len(t, witnesses(t, s, a), 1)
	order.Place, order.Disposition = Site(Manufacturer), "reserved"
	s.MustCapture(Manufacturer, order)
	require.Equal(t, product.Linked, s.History(a)[1].Effect)
	require.Equal(t, []string{Site(Manufacturer), "reserved"}, []string{s.Twin(a).Place, s.Twin(a).Disposition})
	s.MustCapture(Manufacturer, Commission(pallet))
	s.MustCapture(Manufacturer, withMember(Link("urn:epcglobal:cbv:bt:9506000000015:2", a), "parentID", "https://id.gs1.org"+pallet))
	require.Equal(t, product.Linked, s.History(pallet)[1].Effect)
	require.Nil(t, s.Twin(a).In, "what belongs to one order is not in one box")
}
