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
// same transaction as what it is about: outbox (id, document, state), NULL for what is
// to be sent. It goes through any gateway that lives: the peers of the organisation
// first, then the named ones of partners, who then see what is sent. A gateway that
// dies in the middle costs a moment; where nobody can say what became of a document,
// it stays in the table, and to send it again is safe.
func SendOutbox(ctx context.Context, profile, mspFolder string, partnersPeers []string, db *sql.DB) error {
	c, err := client.Connect(ctx, client.WithProfile(profile), client.WithMSP(mspFolder), client.WithPeers(partnersPeers...))
	if err != nil {
		return err
	}
	defer c.Close() //nolint:errcheck // everything that was sent has its outcome
	for {
		var id, state string
		var document []byte
		next := db.QueryRowContext(ctx, `SELECT id, document FROM outbox WHERE state IS NULL ORDER BY id LIMIT 1`)
		if err := next.Scan(&id, &document); errors.Is(err, sql.ErrNoRows) {
			return nil
		} else if err != nil {
			return err
		}
		captured, err := c.Capture(ctx, document)
		var failed *client.Error
		switch {
		case err == nil:
			state = "in " + captured.Transaction
		case errors.Is(err, fault.AlreadyRecorded):
			state = "in " + fault.Of(err).Detail["transaction"]
		case errors.As(err, &failed) && failed.Fault != nil && !failed.Retry:
			state = "refused: " + failed.Fault.Error() // for a person to look at
		default:
			return fmt.Errorf("document %s stays in the outbox: %w", id, err)
		}
		if _, err := db.ExecContext(ctx, `UPDATE outbox SET state = ? WHERE id = ?`, state, id); err != nil {
			return err
		}
	}
}
