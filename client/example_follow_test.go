package client_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	_ "modernc.org/sqlite"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/client/examples"
)

// A quality desk keeps the breaches in its own database: each change of each breach
// exactly once, also when the program dies between writing and committing.
func ExampleProcessTx() {
	ctx := context.Background()
	c := brokenColdChain(ctx) // a consortium in which a breach was confirmed and decided
	follower, err := c.Connect(ctx, "manufacturer", "quality")
	orPanic(err)
	defer func() { orPanic(follower.Close()) }()
	db, err := sql.Open("sqlite", ":memory:") // or PostgreSQL: the driver is yours
	orPanic(err)
	defer func() { orPanic(db.Close()) }()
	db.SetMaxOpenConns(1)
	_, err = db.ExecContext(ctx, `CREATE TABLE changes (breach TEXT, step INTEGER, state TEXT)`)
	orPanic(err)

	crash := errors.New("power failure")
	keep := func(ctx context.Context, tx *sql.Tx, item client.Followed[*condition.BreachChange]) error {
		b := item.Record
		_, err := tx.ExecContext(ctx, `INSERT INTO changes VALUES (?, ?, ?)`, b.ID, b.Steps, b.State)
		if crash != nil && b.State == condition.StateConfirmed {
			return crash // written, and not committed
		}
		return err
	}
	stream := follower.FollowBreaches(client.UntilNow()) // without UntilNow it goes on for ever
	fmt.Println("first run:", errors.Is(client.ProcessTx(ctx, db, "breaches", stream, keep), crash))
	crash = nil
	fmt.Println("second run:", client.ProcessTx(ctx, db, "breaches", stream, keep))
	var changes, different int
	orPanic(db.QueryRowContext(ctx, `SELECT COUNT(*), COUNT(DISTINCT breach || step) FROM changes`).Scan(&changes, &different))
	fmt.Println(changes, "changes,", different, "different")
	// Output:
	// first run: true
	// second run: <nil>
	// 4 changes, 4 different
}

func orPanic(err error) {
	if err != nil {
		panic(err)
	}
}

// What happens next, and nothing before. A checkpoint is JSON: it can be kept with
// whatever the items make.
func ExampleClient_Follow() {
	ctx := context.Background()
	c := brokenColdChain(ctx)
	follower, err := c.Connect(ctx, "regulator", "auditor")
	orPanic(err)
	defer func() { orPanic(follower.Close()) }()
	var checkpoint client.Checkpoint
	for item, err := range follower.Follow(client.Kinds(client.KindBreach, client.KindAffected), client.UntilNow()).Items(ctx) {
		orPanic(err)
		switch r := item.Record.(type) {
		case *condition.BreachChange:
			fmt.Println("breach:", r.State)
		case *condition.AffectedBy:
			fmt.Println("affects:", len(r.Objects))
		}
		checkpoint = item.Checkpoint
	}
	more := 0
	for _, err := range follower.Follow(client.From(checkpoint), client.Kinds(client.KindBreach), client.UntilNow()).Items(ctx) {
		orPanic(err)
		more++
	}
	fmt.Println("more behind the last:", more)
	// Output:
	// affects: 1
	// breach: suspected
	// breach: suspected
	// breach: confirmed
	// breach: decided
	// more behind the last: 0
}

// brokenColdChain is a consortium whose quality unit has released goods that were too
// warm.
func brokenColdChain(ctx context.Context) *clienttest.Consortium {
	c, err := trade(ctx, examples.ReleaseBreach)
	if err != nil {
		panic(err)
	}
	return c
}
