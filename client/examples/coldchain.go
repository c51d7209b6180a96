package examples

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/profiles"
)

// Logger returns the id of the logger of this run.
func (t *Trade) Logger() string { return fmt.Sprintf("/8004/9521321LOGGER%d", t.Run) }

// coldChain makes goods, registers a logger, and has the profile of refrigerated
// medicines apply to the goods since a time, with the logger's readings archived.
// It returns the logger's key.
func (t *Trade) coldChain(ctx context.Context, since time.Time, goods ...string) (ed25519.PrivateKey, error) {
	return t.coldChainUnder(ctx, since, func(policy *condition.DefinePolicyRequest) { policy.Archive = true }, goods...)
}

// coldChainUnder does so with the profile changed.
func (t *Trade) coldChainUnder(ctx context.Context, since time.Time, change func(*condition.DefinePolicyRequest), goods ...string) (ed25519.PrivateKey, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	proven, err := client.ProveDeviceKey(t.Logger(), "ManufacturerMSP", key)
	if err != nil {
		return nil, err
	}
	if _, err := t.Manufacturer.RegisterDevice(ctx, participant.RegisterDeviceRequest{
		ID: t.Logger(), PublicKey: proven.PublicKey, Algorithm: proven.Algorithm, Proof: proven.Proof,
		Measures: "Temperature", Unit: "CEL", Accuracy: "0.5", Model: participant.Model{IntervalMs: 600_000},
		CalibratedFrom: since.AddDate(0, -1, 0), CalibratedUntil: since.AddDate(0, 11, 0),
	}); err != nil {
		return nil, err
	}
	begin := object(epcis.Add, "commissioning", goods...)
	begin.EventTime = since
	if _, err := t.Manufacturer.CaptureEvents(ctx, []epcis.Event{begin}); err != nil {
		return nil, err
	}
	profile, _ := profiles.Find("refrigerated-2-8")
	policy := profile.Policy(fmt.Sprintf("cold-%d", t.Run))
	change(&policy)
	defined, err := t.Admin.DefinePolicy(ctx, policy)
	if err != nil {
		return nil, err
	}
	_, err = t.Manufacturer.StartWatch(ctx, condition.StartWatchRequest{
		Name: fmt.Sprintf("shipment-%d", t.Run), Policy: defined.Policy.PolicyRef, Objects: goods, Devices: []string{t.Logger()}, Start: since,
	})
	return key, err
}

// loggersFile is what a logger writes: a reading every ten minutes up to now.
func loggersFile(until time.Time, celsius ...string) string {
	file := "Time (UTC),Temperature (°C)\n"
	for i, value := range celsius {
		at := until.Add(time.Duration(i+1-len(celsius)) * 10 * time.Minute)
		file += at.UTC().Format("2006-01-02 15:04:05") + "," + value + "\n"
	}
	return file
}
