package examples

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
	"github.com/countersign-ledger/countersign/client/readings"
)

// Reefer watches a container instead of what is in it. Its logger is read out only
// after things have gone in and out: what was in it while it froze is on hold.
func Reefer(ctx context.Context, t *Trade) error {
	cases, pallet, now := t.Items(3), t.Pallet(1), time.Now().Truncate(time.Second)
	key, err := t.coldChain(ctx, now.Add(-40*time.Minute), pallet)
	if err != nil {
		return err
	}
	made := object(epcis.Add, "commissioning", cases...)
	move := func(action epcis.Action, ago time.Duration, children ...string) epcis.Event {
		return epcis.Event{Type: epcis.AggregationEvent, Action: action, EventTime: now.Add(-ago), ParentID: pallet, ChildEPCs: children}
	}
	made.EventTime = now.Add(-40 * time.Minute)
	if _, err := t.Manufacturer.CaptureEvents(ctx, []epcis.Event{
		made, move(epcis.Add, 39*time.Minute, cases[0], cases[1]),
		move(epcis.Delete, 25*time.Minute, cases[0]), // before it froze
		move(epcis.Add, time.Minute, cases[2]),       // and after
	}); err != nil {
		return err
	}
	file, err := readings.ReadCSV(strings.NewReader(loggersFile(now, "4.5", "5.1", "6.0", "-1.0", "5.0")), readings.CSV{})
	if err != nil {
		return err
	}
	sealed, err := file.Seal(rand.Reader, key, telemetry.Draft{Device: t.Logger()})
	if err != nil {
		return err
	}
	if _, err := t.Carrier.Record(ctx, sealed[0].Bytes()); err != nil {
		return err
	}
	for i, name := range cases {
		twin, err := t.Retailer.Twin(ctx, name)
		if err != nil {
			return err
		}
		t.tell("case %d on hold: %t", i+1, len(twin.Holds) > 0)
	}
	return nil
}
