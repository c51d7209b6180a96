package client_test

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	_ "modernc.org/sqlite" // the driver is yours, and with it the SQL

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/shipment"
	"github.com/countersign-ledger/countersign/client"
)

// An ERP writes what the ledger shall be told into a table of its own, in the same
// database transaction as what it is about. Whatever happens to the program, each row
// is on the ledger once: an event is known by its content, and any other write by the
// request id, which is the row's.
func Example_outbox() {
	ctx := context.Background()
	db, err := outbox()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close() //nolint:errcheck // an example
	c := consortium(ctx)
	erp, err := c.Connect(ctx, "manufacturer", "admin")
	if err != nil {
		fmt.Println(err)
		return
	}
	// The program sends the first row and dies before it has noted the receipt.
	row, err := first(db)
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, _, err := erp.Submit(ctx, row); err != nil {
		fmt.Println(err)
		return
	}
	if err := erp.Close(); err != nil {
		fmt.Println(err)
		return
	}
	height := c.Ledger().Height()

	// The program starts again, and sends all that has no receipt. It tells the client
	// the highest block that it has one of, so that no gateway is believed which is behind.
	var known uint64
	if err := db.QueryRowContext(ctx, `SELECT COALESCE(max(block), 0) FROM outbox`).Scan(&known); err != nil {
		fmt.Println(err)
		return
	}
	erp, err = c.Connect(ctx, "manufacturer", "admin", client.WithKnownBlock(known))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer erp.Close() //nolint:errcheck // an example
	if err := drain(ctx, db, erp); err != nil {
		fmt.Println(err)
		return
	}
	var sent int
	if err := db.QueryRowContext(ctx, `SELECT count(*) FROM outbox WHERE ledger_transaction <> ''`).Scan(&sent); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(sent, "sent,", c.Ledger().Height()-height, "submitted")
	// Output:
	// 2 sent, 1 submitted
}

// outbox is a database with two rows that wait.
func outbox() (*sql.DB, error) {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	party, err := json.Marshal(participant.RegisterPartyRequest{GLN: "/417/9506000140001", Name: "Corner shop"})
	if err != nil {
		return nil, err
	}
	document := event(`"action": "ADD", "bizStep": "commissioning"`)
	digest := sha256.Sum256(document)
	capture, err := json.Marshal(shipment.CaptureRequest{SHA256: hex.EncodeToString(digest[:])})
	if err != nil {
		return nil, err
	}
	for _, statement := range []struct {
		text string
		args []any
	}{
		{`CREATE TABLE outbox (number INTEGER PRIMARY KEY, id TEXT UNIQUE, function TEXT, request TEXT, document BLOB, ledger_transaction TEXT DEFAULT '', block INTEGER)`, nil},
		{`INSERT INTO outbox (id, function, request) VALUES (?, ?, ?)`, []any{"7b0c0f5e", api.RegisterParty.FullName(), string(party)}},
		{`INSERT INTO outbox (id, function, request, document) VALUES (?, ?, ?, ?)`, []any{"7b0c0f5f", api.Capture.FullName(), string(capture), document}},
	} {
		if _, err := db.Exec(statement.text, statement.args...); err != nil {
			return nil, errors.Join(err, db.Close())
		}
	}
	return db, nil
}

// drain sends the rows that have no receipt, in order.
func drain(ctx context.Context, db *sql.DB, c *client.Client) error {
	for {
		call, err := first(db)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		} else if err != nil {
			return err
		}
		id := call.RequestID
		if !call.Function.RequestID {
			call.RequestID = "" // events are known by their content
		}
		_, receipt, err := c.Submit(ctx, call)
		if errors.Is(err, fault.AlreadyRecorded) {
			receipt, err = c.Outcome(ctx, fault.Of(err).Detail["transaction"])
		}
		if err != nil {
			return err // the row stays, and is sent again
		}
		if _, err := db.ExecContext(ctx, `UPDATE outbox SET ledger_transaction = ?, block = ? WHERE id = ?`, receipt.Transaction, receipt.Block, id); err != nil {
			return err
		}
	}
}

// first is the first row that has no receipt; sql.ErrNoRows when there is none.
func first(db *sql.DB) (call client.Invocation, err error) {
	var function string
	var document []byte
	row := db.QueryRow(`SELECT id, function, request, document FROM outbox WHERE ledger_transaction = '' ORDER BY number LIMIT 1`)
	if err := row.Scan(&call.RequestID, &function, &call.Request, &document); err != nil {
		return call, err
	}
	known := false
	if call.Function, known = api.Lookup(function); !known {
		return call, fmt.Errorf("there is no function %s", function)
	}
	if document != nil {
		call.Transient = map[string][]byte{call.Function.Transient: document}
	}
	return call, nil
}
