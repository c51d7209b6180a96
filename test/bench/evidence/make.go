package evidence

import (
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/client/evidence"
)

// at is when everything happens: certificates are valid then.
var at = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// The organisations that attest.
var organisations = []string{"ManufacturerMSP", "CarrierMSP", "RetailerMSP"}

// item is evidence to be measured.
type item struct {
	name     string
	evidence evidence.Evidence
}

const (
	carton = "urn:epc:id:sscc:9506000.0000000001"
	logger = "/8004/9506000BENCH1"
)

// readings is how many the recording has.
const readings = 1000

// items makes evidence of each kind, attested by three organisations.
func items(ctx context.Context, c *clienttest.Consortium) ([]item, error) {
	if err := c.Found(ctx, shipmenttest.Founders()...); err != nil {
		return nil, err
	}
	operator, err := c.Connect(ctx, "manufacturer", "operator")
	if err != nil {
		return nil, err
	}
	defer operator.Close() //nolint:errcheck // nothing is open
	object := "https://id.gs1.org" + shipmenttest.Object(shipmenttest.Manufacturer, "BENCH")
	if err := history(ctx, operator, object); err != nil {
		return nil, err
	}
	recording, err := recorded(ctx, c)
	if err != nil {
		return nil, err
	}
	return attested(ctx, operator, object, recording)
}

func attested(ctx context.Context, operator *client.Client, object string, recording *telemetry.Recording) ([]item, error) {
	var list []item
	add := func(name string, e evidence.Evidence, err error) error {
		list = append(list, item{name, e})
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	}
	for n := 1; n <= len(organisations); n++ {
		s, err := operator.AttestTwin(ctx, object, organisations[:n]...)
		if err := add(fmt.Sprintf("a statement of the state of an object, by %d organisations", n), s, err); err != nil {
			return nil, err
		}
	}
	s, err := client.Attest(ctx, operator, api.History, product.ReadHistoryRequest{ID: object, Size: 100}, organisations...)
	if err := add("a statement of 100 entries of its history", s, err); err != nil {
		return nil, err
	}
	events, err := operator.ProveEvents(ctx, object, []uint64{100}, organisations...)
	if err := add("one event, in its history", events, err); err != nil {
		return nil, err
	}
	contained, err := operator.ProveContained(ctx, object, carton, organisations...)
	if err := add("that it is in a container", contained, err); err != nil {
		return nil, err
	}
	shown, err := operator.ProveReadings(ctx, recording, readings/2, readings/2+1, organisations...)
	return list, add(fmt.Sprintf("one reading of a recording of %d", readings), shown, err)
}

// history gives an object 200 events, the last that it is packed.
func history(ctx context.Context, operator *client.Client, object string) error {
	events := []epcis.Event{{Type: epcis.ObjectEvent, Action: epcis.Add, BizStep: "commissioning", Disposition: "active", EPCList: []string{object}}}
	for range 198 {
		events = append(events, epcis.Event{Type: epcis.ObjectEvent, Action: epcis.Observe, BizStep: "storing", Disposition: "in_progress", EPCList: []string{object}})
	}
	events = append(events,
		epcis.Event{Type: epcis.ObjectEvent, Action: epcis.Add, BizStep: "commissioning", Disposition: "active", EPCList: []string{carton}},
		epcis.Event{Type: epcis.AggregationEvent, Action: epcis.Add, BizStep: "packing", ParentID: carton, ChildEPCs: []string{object}})
	for i := range events {
		events[i].EventTime = at.Add(time.Duration(i-1000) * time.Second)
	}
	_, err := operator.CaptureEvents(ctx, events)
	return err
}

// recorded puts a recording on record.
func recorded(ctx context.Context, c *clienttest.Consortium) (*telemetry.Recording, error) {
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return nil, err
	}
	admin, err := c.Connect(ctx, "manufacturer", "admin")
	if err != nil {
		return nil, err
	}
	defer admin.Close() //nolint:errcheck // nothing is open
	if _, err := admin.RegisterDevice(ctx, participant.RegisterDeviceRequest{
		ID: logger, Algorithm: participant.EdDSA, PublicKey: base64.StdEncoding.EncodeToString(der), Measures: "Temperature", Unit: "CEL",
		Accuracy: "0.5", CalibratedFrom: at.AddDate(0, -1, 0), CalibratedUntil: at.AddDate(1, 0, 0),
	}); err != nil {
		return nil, err
	}
	draft := telemetry.Draft{Device: logger, Sequence: 1, Measurement: "Temperature", Unit: "CEL", Scale: -1}
	for i := range int64(readings) {
		draft.Readings = append(draft.Readings, telemetry.Reading{Time: at.Add(time.Duration(i-2*readings) * time.Second).UnixMilli(), Value: 40 + i%9})
	}
	recording, err := telemetry.Seal(nil, key, draft)
	if err != nil {
		return nil, err
	}
	gateway, err := c.Connect(ctx, "manufacturer", "gateway")
	if err != nil {
		return nil, err
	}
	defer gateway.Close() //nolint:errcheck // nothing is open
	_, err = gateway.Record(ctx, recording.Bytes())
	return recording, err
}
