package erp

import (
	"context"
	"database/sql"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/client"
)

// FollowBreaches keeps a table of breaches in the program's own database, from the
// beginning of the ledger on, until the context ends. Each change goes into the table
// in the transaction that also notes how far the ledger was read: after a crash, on
// either side, it goes on with the next, and no row is missed or written twice.
//
// The options narrow it down, as client.By("OurMSP") does, or end it. In PostgreSQL,
// placeholders are $1 to $4, and client.NumberedPlaceholders goes with ProcessTx.
func FollowBreaches(ctx context.Context, c *client.Client, db *sql.DB, options ...client.FollowOption) error {
	const table = `CREATE TABLE IF NOT EXISTS breach (id VARCHAR(64) PRIMARY KEY, state VARCHAR(20), held BOOLEAN, changes INTEGER)`
	if _, err := db.ExecContext(ctx, table); err != nil {
		return err
	}
	stream := c.FollowBreaches(options...)
	return client.ProcessTx(ctx, db, "breaches", stream, func(ctx context.Context, tx *sql.Tx, item client.Followed[*condition.BreachChange]) error {
		breach := item.Record
		changed, err := tx.ExecContext(ctx, `UPDATE breach SET state = ?, held = ?, changes = changes + 1 WHERE id = ?`, breach.State, breach.Held, breach.ID)
		if err != nil {
			return err
		}
		if rows, err := changed.RowsAffected(); err != nil || rows == 1 {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO breach (id, state, held, changes) VALUES (?, ?, ?, 1)`, breach.ID, breach.State, breach.Held)
		return err
	})
}
