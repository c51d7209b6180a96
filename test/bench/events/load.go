package events

import (
	"context"
	"fmt"
	"strconv"

	fabric "github.com/hyperledger/fabric-gateway/pkg/client"

	"github.com/countersign-ledger/countersign/test/bench/baseline"
)

// begin makes ready what is called: by which caller, and its how manieth call. end
// waits for what is under way when all callers have stopped.
type begin func(ctx context.Context, b *bench) (call func(ctx context.Context, caller, n int) error, end func() error, err error)

// Load is what callers do.
type Load struct {
	// Name says it in the table.
	Name string
	// Callers is how many there are, each with one call under way.
	Callers int
	// Events are in a call.
	Events int
	// Alone says that nothing is compared with the load: it is measured once a
	// round, behind those that are.
	Alone bool
	begin begin
}

// The loads that others are compared with.
const (
	assets  = "asset transfer on contract-api"
	shim    = "asset transfer on the bare shim"
	single  = "one event a transaction"
	gateway = "bare fabric-gateway"

	grouping = "one event a call, grouped by the client"
	hundred  = "documents of 100 events"
	grown    = hundred + ", at the end of a round"
)

const (
	crowd = 256 // callers of single transactions
	few   = 32  // callers of large ones
	many  = 100 // events of a large one
)

// throughput are the loads that are compared in events a second.
func throughput() []Load {
	return []Load{
		{Name: assets, Callers: crowd, Events: 1, begin: transfer(baseline.Contract)},
		{Name: shim, Callers: crowd, Events: 1, begin: transfer(baseline.Shim)},
		{Name: single, Callers: crowd, Events: 1, begin: capture(commissioned, crowd, 1)},
		{Name: single + ", of an object on record", Callers: crowd, Events: 1, begin: capture(stored, crowd, 1)},
		{Name: grouping, Callers: crowd, Events: 1, begin: grouped},
		{Name: hundred, Callers: few, Events: many, begin: capture(commissioned, few, many)},
		{Name: hundred + ", of objects on record", Callers: few, Events: many, begin: capture(stored, few, many)},
		{Name: hundred + ", with ids of the sender's", Callers: few, Events: many, begin: capture(named, few, many), Alone: true},
		{Name: "documents of 100 shipments, each of one object", Callers: few, Events: many, begin: capture(shipped, few, many), Alone: true},
		{Name: "one event that lists 100 objects, as 100", Callers: few, Events: many, begin: listed(many), Alone: true},
		{Name: "the bare shim writes 400 and 150 bytes 100 times", Callers: few, Events: many, begin: ceiling(many, 400, 150), Alone: true},
		{Name: grown, Callers: few, Events: many, begin: capture(commissioned, few, many), Alone: true},
	}
}

// overhead are the loads that compare our client with bare fabric-gateway.
func overhead() []Load {
	var list []Load
	for _, callers := range []int{1, few} {
		list = append(list,
			Load{Name: overGateway(callers), Callers: callers, Events: 1, begin: bare(commissioned, callers)},
			Load{Name: overClient(callers), Callers: callers, Events: 1, begin: capture(commissioned, callers, 1)})
	}
	return list
}

func overGateway(callers int) string { return gateway + ", " + ofCallers(callers) }
func overClient(callers int) string  { return "our client, " + ofCallers(callers) }

func ofCallers(callers int) string {
	if callers == 1 {
		return "1 caller"
	}
	return fmt.Sprintf("%d callers", callers)
}

// nothing is to be waited for.
func nothing() error { return nil }

// transfer creates an asset a call.
func transfer(flavour string) begin {
	return func(_ context.Context, b *bench) (func(context.Context, int, int) error, func() error, error) {
		contract := b.bare.Network.GetContract(baseline.Prefix + flavour)
		run := b.next()
		return func(ctx context.Context, caller, n int) error {
			return submit(ctx, contract, "CreateAsset",
				fabric.WithArguments("asset"+run+"."+strconv.Itoa(caller)+"."+strconv.Itoa(n), "yellow", "5", "Tomoko", "1300"),
				fabric.WithEndorsingOrganizations(endorsing...))
		}, nothing, nil
	}
}

// ceiling writes so many objects a call, without looking at them.
func ceiling(objects, body, state int) begin {
	return func(_ context.Context, b *bench) (func(context.Context, int, int) error, func() error, error) {
		contract := b.bare.Network.GetContract(baseline.Prefix + baseline.Shim)
		run := b.next()
		return func(ctx context.Context, caller, n int) error {
			return submit(ctx, contract, "Many",
				fabric.WithArguments(run+"."+strconv.Itoa(caller)+"."+strconv.Itoa(n), strconv.Itoa(objects), strconv.Itoa(body), strconv.Itoa(state)),
				fabric.WithTransient(map[string][]byte{"bodies": noise(objects * max(body, state))}),
				fabric.WithEndorsingOrganizations(endorsing...))
		}, nothing, nil
	}
}
