package erp

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/client"
)

// SendOutbox sends the documents of a table, in which the program has put each in the
// same transaction as what it is about: outbox (id, subject, document, state, block), with
// ids from 1 on, the state empty and no block. It goes through any gateway that lives: the peers of the
// organisation first, then the named ones of partners, who then see what is sent. A
// gateway that dies in the middle costs a moment; where nobody can say what became of a
// document, it stays in the table, and to send it again is safe. What others hold up, or
// whoever runs the network, waits for the next call; its state says why. What was refused
// is for a person, who removes or replaces it. Either holds up what comes later of its
// subject, such as a delivery. The highest block tells a gateway that is behind from one
// that is right. The SQL is SQLite's; rows of one subject are to be put in one after the
// other, so that their ids have their order.
func SendOutbox(ctx context.Context, profile, mspFolder string, partnersPeers []string, db *sql.DB) error {
	var last, known uint64
	if err := db.QueryRowContext(ctx, `SELECT COALESCE(MAX(block), 0) FROM outbox`).Scan(&known); err != nil {
		return err
	}
	c, err := client.Connect(ctx, client.WithProfile(profile), client.WithMSP(mspFolder), client.WithPeers(partnersPeers...), client.WithKnownBlock(known))
	if err != nil {
		return err
	}
	defer c.Close() //nolint:errcheck // everything that was sent has its outcome
	for document := []byte(nil); ; {
		next := db.QueryRowContext(ctx, `SELECT id, document FROM outbox AS o WHERE id > ? AND block IS NULL AND state NOT LIKE 'refused%'
			AND NOT EXISTS (SELECT 1 FROM outbox WHERE subject = o.subject AND id < o.id AND block IS NULL) ORDER BY id LIMIT 1`, last)
		if err := next.Scan(&last, &document); errors.Is(err, sql.ErrNoRows) {
			return nil
		} else if err != nil {
			return err
		}
		receipt, failed := new(client.Receipt), new(client.Error)
		captured, err := c.Capture(ctx, document)
		if err == nil {
			receipt = &captured.Receipt
		} else if errors.Is(err, fault.AlreadyRecorded) {
			receipt, err = c.Outcome(ctx, fault.Of(err).Detail["transaction"])
		}
		switch {
		case err == nil:
			_, err = db.ExecContext(ctx, `UPDATE outbox SET state = ?, block = ? WHERE id = ?`, "in "+receipt.Transaction, receipt.Block, last)
		case errors.As(err, &failed) && failed.Fault == nil && !failed.Retry, errors.Is(err, fault.Internal), errors.Is(err, fault.Held),
			errors.Is(err, fault.NotYetShipped), errors.Is(err, fault.InTransit), errors.Is(err, fault.Undetermined):
			_, err = db.ExecContext(ctx, `UPDATE outbox SET state = ? WHERE id = ?`, "waits: "+err.Error(), last)
		case errors.As(err, &failed) && !failed.Retry:
			_, err = db.ExecContext(ctx, `UPDATE outbox SET state = ? WHERE id = ?`, "refused: "+err.Error(), last)
		}
		if err != nil {
			return fmt.Errorf("document %d stays in the outbox: %w", last, err)
		}
	}
}
