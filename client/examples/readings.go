package examples

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
	"github.com/countersign-ledger/countersign/client/readings"
)

// RecordReadings takes a logger's file where the goods arrive, seals what is in it
// as the logger does, has it evaluated, and asks how the goods were kept.
func RecordReadings(ctx context.Context, t *Trade) error {
	now := time.Now().Truncate(time.Second)
	key, err := t.coldChain(ctx, now.Add(-40*time.Minute), t.Items(2)...)
	if err != nil {
		return err
	}
	file, err := readings.ReadCSV(strings.NewReader(loggersFile(now, "4.5", "5.1", "6.0", "10.0", "6.0")), readings.CSV{})
	if err != nil {
		return err
	}
	sealed, err := file.Seal(rand.Reader, key, telemetry.Draft{Device: t.Logger()})
	if err != nil {
		return err
	}
	recorded, err := t.Carrier.Record(ctx, sealed[0].Bytes())
	if err != nil {
		return err
	}
	t.tell("%d readings: %s", recorded.Recordings[0].Readings, recorded.Lanes[0].Verdict)

	kept, err := t.Retailer.Condition(ctx, condition.ReadObjectRequest{Object: t.Item(0), To: now})
	if err != nil {
		return err
	}
	for _, band := range kept.Policies[0].Bands {
		t.tell("%s: out for %s", band.Name, time.Duration(band.OutMs.AtMost)*time.Millisecond)
	}
	archived, err := t.Carrier.Readings(ctx, t.Logger(), 1)
	if err != nil {
		return err
	}
	t.tell("archived, and what was evaluated: %t", archived.Root() == sealed[0].Root())
	return nil
}
