package faults_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/client"
)

// seenSchema lets an event stand there twice: that it does not is what is tested.
const seenSchema = `CREATE TABLE IF NOT EXISTS seen (event TEXT NOT NULL, transaction_id TEXT NOT NULL, block INTEGER NOT NULL);`

// streamName names the one stream of a follower.
const streamName = "chaos"

// follow is a follower's whole life: it writes every event into a table, in the
// transaction in which the place behind the event is written.
func follow(config childConfig, draining <-chan struct{}) error {
	db, err := database(config.Database, seenSchema)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	if err := spoil(db, config.Defect); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		<-draining
		cancel()
	}()
	c, err := reach(ctx, config)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	for ctx.Err() == nil {
		err := client.ProcessTx(ctx, db, streamName, c.FollowEvents(client.FromBlock(config.From)), see, client.TxBatch(50))
		if ctx.Err() == nil {
			fmt.Println(time.Now().UTC().Format(time.TimeOnly), "the stream ended:", err)
			time.Sleep(pauseBetween)
		}
	}
	return nil
}

// see is the handler: it knows nothing of checkpoints.
func see(ctx context.Context, tx *sql.Tx, item client.Followed[*product.RecordedEvent]) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO seen (event, transaction_id, block) VALUES (?, ?, ?)",
		item.Record.EventID, item.Transaction, item.Block)
	return err
}

// spoil moves the checkpoint of a follower with a defect.
func spoil(db *sql.DB, d defect) error {
	blocks := map[defect]float64{lostCheckpoint: -1, skippedBlock: +1}[d]
	if blocks == 0 {
		return nil
	}
	table := client.DefaultCheckpointTable
	var row string
	if err := db.QueryRow("SELECT checkpoint FROM "+table+" WHERE name = ?", streamName).Scan(&row); err != nil {
		return nil //nolint:nilerr // it has not begun yet
	}
	var at map[string]any
	if err := json.Unmarshal([]byte(row), &at); err != nil {
		return err
	}
	block, _ := at["block"].(float64)
	text, err := json.Marshal(map[string]any{"v": at["v"], "block": block + blocks})
	if err != nil {
		return err
	}
	_, err = db.Exec("UPDATE "+table+" SET checkpoint = ? WHERE name = ?", string(text), streamName)
	return err
}

// seenBy tells how often a follower saw each event.
func seenBy(path string) (map[string]int, error) {
	db, err := database(path, seenSchema)
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }()
	rows, err := db.Query("SELECT event, count(*) FROM seen GROUP BY event")
	if err != nil {
		return nil, err
	}
	seen := map[string]int{}
	for rows.Next() {
		var event string
		var times int
		if err := rows.Scan(&event, &times); err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		seen[event] = times
	}
	return seen, errors.Join(rows.Err(), rows.Close())
}

func notThere(err error) bool { return errors.Is(err, fault.NotFound) }
