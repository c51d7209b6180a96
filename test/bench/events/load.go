package events

import (
	"context"
	"strconv"

	gateway "github.com/hyperledger/fabric-gateway/pkg/client"

	"github.com/countersign-ledger/countersign/test/bench/baseline"
)

// Load is what callers do.
type Load struct {
	// Name says it in the table.
	Name string
	// Callers is how many there are, each with one call under way.
	Callers int
	// Events are in a call.
	Events int
	// begin makes ready what is called: by which caller, and its how manieth call.
	begin func(ctx context.Context, b *bench) (func(ctx context.Context, caller, n int) error, error)
}

// The loads that others are compared with.
const (
	assets = "asset transfer on contract-api"
	single = "one event a transaction"
)

const (
	crowd = 256 // callers of single transactions
	few   = 32  // callers of large ones
	many  = 100 // events of a large one
)

func loads() []Load {
	return []Load{
		{Name: assets, Callers: crowd, Events: 1, begin: transfer(baseline.Contract)},
		{Name: "asset transfer on the bare shim", Callers: crowd, Events: 1, begin: transfer(baseline.Shim)},
		{Name: single, Callers: crowd, Events: 1, begin: capture(commissioned, 1)},
		{Name: "one event a transaction, of an object on record", Callers: crowd, Events: 1, begin: capture(stored, 1)},
		{Name: "documents of 100 events", Callers: few, Events: many, begin: capture(commissioned, many)},
		{Name: "documents of 100 events, of objects on record", Callers: few, Events: many, begin: capture(stored, many)},
		{Name: "ceiling: 100 times 400 and 150 bytes on the bare shim", Callers: few, Events: many, begin: ceiling(many, 400, 150)},
	}
}

// transfer creates an asset a call.
func transfer(flavour string) func(context.Context, *bench) (func(context.Context, int, int) error, error) {
	return func(_ context.Context, b *bench) (func(context.Context, int, int) error, error) {
		contract := b.bare.Network.GetContract(baseline.Prefix + flavour)
		run := b.next()
		return func(ctx context.Context, caller, n int) error {
			return submit(ctx, contract, "CreateAsset",
				gateway.WithArguments("asset"+run+"."+strconv.Itoa(caller)+"."+strconv.Itoa(n), "yellow", "5", "Tomoko", "1300"),
				gateway.WithEndorsingOrganizations(endorsing...))
		}, nil
	}
}

// ceiling writes so many objects a call, without looking at them.
func ceiling(objects, body, state int) func(context.Context, *bench) (func(context.Context, int, int) error, error) {
	return func(_ context.Context, b *bench) (func(context.Context, int, int) error, error) {
		contract := b.bare.Network.GetContract(baseline.Prefix + baseline.Shim)
		run := b.next()
		return func(ctx context.Context, caller, n int) error {
			return submit(ctx, contract, "Many",
				gateway.WithArguments(run+"."+strconv.Itoa(caller)+"."+strconv.Itoa(n), strconv.Itoa(objects), strconv.Itoa(body), strconv.Itoa(state)),
				gateway.WithTransient(map[string][]byte{"bodies": noise(objects * max(body, state))}),
				gateway.WithEndorsingOrganizations(endorsing...))
		}, nil
	}
}
