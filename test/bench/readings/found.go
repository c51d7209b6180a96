package readings

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/client"
)

// The parties of the default network that trade. Prefix 952 is GS1's for
// examples.
const (
	manufacturer = "manufacturer"
	carrier      = "carrier"
	retailer     = "retailer"
)

var (
	trading  = []string{manufacturer, carrier, retailer}
	msps     = map[string]string{manufacturer: "ManufacturerMSP", carrier: "CarrierMSP", retailer: "RetailerMSP"}
	prefixes = map[string]string{manufacturer: "9521321", carrier: "9521987", retailer: "9521555"}
)

// byAll has every trading organisation endorse: the default policy is content
// with two of them.
var byAll = client.EndorsedBy(msps[manufacturer], msps[carrier], msps[retailer])

// setupAtOnce is how many transactions of the setup are under way at once.
const setupAtOnce = 64

// found puts the organisations on the ledger.
func found(ctx context.Context, p place) (err error) {
	proposal := participant.Proposal{Reason: "benchmark"}
	for _, name := range trading {
		proposal.Organisations = append(proposal.Organisations, participant.Organisation{
			MSP: msps[name], Name: name, Roles: []string{name}, Licences: []participant.Licence{{Prefix: prefixes[name]}},
		})
	}
	var id string
	for i, name := range trading {
		admin, err := p.connect(ctx, name, "admin")
		if err != nil {
			return err
		}
		if i == 0 {
			proposed, err := admin.Propose(ctx, proposal)
			if err != nil {
				return errors.Join(err, admin.Close())
			}
			id = proposed.Proposal
		}
		_, err = admin.Approve(ctx, id)
		if err := errors.Join(err, admin.Close()); err != nil {
			return err
		}
	}
	return nil
}

// enrol registers a fleet: its devices, its goods, a policy and the watches.
func (b *bench) enrol(ctx context.Context, k kind, size int) (*fleet, error) {
	policy := condition.DefinePolicyRequest{
		Name: k.name, Version: 1, Terms: terms(), Consequences: condition.Consequences{Hold: condition.HoldAtSuspicion},
	}
	if k.policy != nil {
		k.policy(&policy)
	}
	defined, err := b.operator.DefinePolicy(ctx, policy)
	if err != nil {
		return nil, err
	}
	f := &fleet{}
	for range size {
		b.devices++
		d, err := newDevice(b.devices, b.begin)
		if err != nil {
			return nil, err
		}
		f.devices = append(f.devices, d)
	}
	if err := inParallel(len(f.devices), func(i int) error { return b.register(ctx, f.devices[i]) }); err != nil {
		return nil, err
	}
	// A device that feeds several watches shares each of them with as many
	// others: what it costs to record is the same, and there is less to set up.
	share := min(k.watches, condition.MaxDevices)
	goods, err := b.commission(ctx, (size+share-1)/share*k.watches)
	if err != nil {
		return nil, err
	}
	var watches []condition.StartWatchRequest
	for from := 0; from < size; from += share {
		var devices []string
		for _, d := range f.devices[from:min(from+share, size)] {
			devices = append(devices, d.id)
		}
		for range k.watches {
			watches = append(watches, condition.StartWatchRequest{
				Name: fmt.Sprintf("%s-%d", k.name, len(watches)), Policy: defined.Policy.PolicyRef, Start: b.begin,
				Objects: []string{goods[len(watches)]}, Devices: devices,
			})
		}
	}
	f.watches = make([]string, len(watches))
	return f, b.start(ctx, watches, f)
}

// start starts watches. Those of the same devices are started one after another,
// because each counts the others.
func (b *bench) start(ctx context.Context, watches []condition.StartWatchRequest, f *fleet) error {
	turns := map[string][]int{}
	var order []string
	for i, w := range watches {
		first := w.Devices[0]
		if turns[first] == nil {
			order = append(order, first)
		}
		turns[first] = append(turns[first], i)
	}
	return inParallel(len(order), func(i int) error {
		for _, n := range turns[order[i]] {
			started, err := b.operator.StartWatch(ctx, watches[n])
			if err != nil {
				return err
			}
			f.watches[n] = started.Watch.ID
		}
		return nil
	})
}

func (b *bench) register(ctx context.Context, d *device) error {
	key, err := d.publicKey()
	if err != nil {
		return err
	}
	_, err = b.operator.RegisterDevice(ctx, participant.RegisterDeviceRequest{
		ID: d.id, Algorithm: participant.EdDSA, PublicKey: key, Measures: measurement, Unit: unit,
		Accuracy: "0.5", CalibratedFrom: b.begin.AddDate(0, -1, 0), CalibratedUntil: b.begin.AddDate(6, 0, 0),
	})
	return err
}

// commission makes goods to watch.
func (b *bench) commission(ctx context.Context, n int) ([]string, error) {
	event := epcis.Event{Type: epcis.ObjectEvent, Action: epcis.Add, EventTime: b.begin.Add(-time.Hour), BizStep: "commissioning"}
	for range n {
		b.goods++
		event.EPCList = append(event.EPCList, fmt.Sprintf("urn:epc:id:sgtin:%s.040071.B%d", prefixes[manufacturer], b.goods))
	}
	_, err := b.operator.CaptureEvents(ctx, []epcis.Event{event})
	return event.EPCList, err
}

func inParallel(n int, act func(int) error) error {
	var group errgroup.Group
	group.SetLimit(setupAtOnce)
	for i := range n {
		group.Go(func() error { return act(i) })
	}
	return group.Wait()
}
