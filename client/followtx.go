package client

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
)

// DefaultCheckpointTable is where [ProcessTx] keeps checkpoints.
const DefaultCheckpointTable = "countersign_checkpoint"

// ErrCheckpointMoved says that somebody else goes on with the same stream in the same
// database: what this one did last was rolled back.
var ErrCheckpointMoved = errors.New("client: another process goes on with this stream")

type txConfig struct {
	table   string
	numbers bool
	batch   int
}

// TxOption refines [ProcessTx].
type TxOption func(*txConfig)

// NumberedPlaceholders writes $1 in place of ? in SQL, as PostgreSQL wants it.
func NumberedPlaceholders() TxOption { return func(c *txConfig) { c.numbers = true } }

// CheckpointTable names the table; by default [DefaultCheckpointTable]. It is created
// when it is not there.
func CheckpointTable(name string) TxOption { return func(c *txConfig) { c.table = name } }

// TxBatch has up to n items handled in one transaction, which commits as soon as there
// is no further block yet: throughput while a stream catches up, and no delay when it
// has. 1 without.
func TxBatch(n int) TxOption { return func(c *txConfig) { c.batch = n } }

var tableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,62}(\.[A-Za-z_][A-Za-z0-9_]{0,62})?$`)

// ProcessTx hands the items of a stream to a handler, one after the other, each exactly
// once as far as the database can tell: the handler writes within a transaction of the
// database, in which the place behind the item is written, too. What happens outside of
// that transaction, a mail for instance, happens at least once. The handler must not
// commit or roll back itself: that would part what it wrote from the place.
//
// Streams have names, at most 190 bytes: each has its own row. Of two processes that go
// on with the same one, the second to commit is rolled back and gets
// [ErrCheckpointMoved]. The SQL is that of SQLite, PostgreSQL and MySQL; no driver is
// linked. It begins where the row says; where the stream's options say only when there
// is none.
//
// It returns nil at the stream's end, if it has one, and else fails: with
// [HandlerError] when the handler has, in which case its transaction was rolled back;
// [StreamError]; the database's errors; [CheckpointError] for a row that cannot be
// read; or what is wrong with the options. Calling it again goes on, whatever became
// of a commit whose answer was lost.
func ProcessTx[T any](ctx context.Context, db *sql.DB, name string, stream *Stream[T], handle func(ctx context.Context, tx *sql.Tx, item Followed[T]) error, options ...TxOption) (err error) {
	k := &txKeeper{db: db, name: name, txConfig: txConfig{table: DefaultCheckpointTable, batch: 1}}
	for _, o := range options {
		o(&k.txConfig)
	}
	if db == nil || handle == nil || name == "" || len(name) > 190 || k.batch < 1 || !tableName.MatchString(k.table) {
		return errors.New("client: ProcessTx takes a database, a handler, a name of 1 to 190 bytes, a batch of at least 1, and the name of a table")
	}
	from, err := k.load(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, k.rollback()) }() // also when the handler panics
	return stream.run(ctx, from, func(ctx context.Context, next step[T]) (bool, error) {
		if next.item != nil {
			tx, err := k.begun(ctx)
			if err != nil {
				return false, err
			}
			if err := stream.handle(ctx, next, func() error { return handle(ctx, tx, *next.item) }); err != nil {
				return false, err
			}
		}
		return true, k.passed(ctx, next.at, next.item != nil, next.pause)
	})
}

// txKeeper keeps a checkpoint in a database.
type txKeeper struct {
	txConfig
	db   *sql.DB
	name string

	tx    *sql.Tx
	items int
	row   string // as it stands; empty when there is none
	saved uint64
}

// load returns the checkpoint, nil when there is none.
func (k *txKeeper) load(ctx context.Context) (*Checkpoint, error) {
	create := "CREATE TABLE IF NOT EXISTS " + k.table + " (name VARCHAR(190) NOT NULL PRIMARY KEY, checkpoint VARCHAR(1000) NOT NULL)"
	if _, err := k.db.ExecContext(ctx, create); err != nil {
		return nil, fmt.Errorf("client: create the table of checkpoints: %w", err)
	}
	err := k.db.QueryRowContext(ctx, "SELECT checkpoint FROM "+k.table+" WHERE name = "+k.placeholder(1), k.name).Scan(&k.row)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, nil //nolint:nilnil // none
	case err != nil:
		return nil, fmt.Errorf("client: read the checkpoint of %s: %w", k.name, err)
	}
	var checkpoint Checkpoint
	if err := json.Unmarshal([]byte(k.row), &checkpoint); err != nil {
		return nil, &CheckpointError{k.name, err}
	}
	k.saved = checkpoint.Block
	return &checkpoint, nil
}

func (k *txKeeper) placeholder(n int) string {
	if k.numbers {
		return fmt.Sprintf("$%d", n)
	}
	return "?"
}

// begun returns the transaction under way, or a new one.
func (k *txKeeper) begun(ctx context.Context) (*sql.Tx, error) {
	if k.tx != nil {
		return k.tx, nil
	}
	tx, err := k.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("client: begin a transaction of the database: %w", err)
	}
	k.tx = tx
	return tx, nil
}

// passed commits what was handled, with the place behind it, when it is time to.
func (k *txKeeper) passed(ctx context.Context, at Checkpoint, item, pause bool) error {
	if item {
		k.items++
	}
	due := k.items >= k.batch || k.items > 0 && pause
	if k.items == 0 { // nothing since the last commit: now and then the place alone
		due = k.row == "" || at.Block >= k.saved+maxUnsaved
	}
	if !due {
		return nil
	}
	tx, err := k.begun(ctx)
	if err != nil {
		return err
	}
	row, err := k.write(ctx, tx, at)
	if err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("client: commit to the database: %w", err)
	}
	k.tx, k.items, k.row, k.saved = nil, 0, row, at.Block
	return nil
}

// write puts the checkpoint in the place of the one from which this process went on.
func (k *txKeeper) write(ctx context.Context, tx *sql.Tx, at Checkpoint) (row string, err error) {
	text, err := json.Marshal(at)
	if err != nil {
		return "", fmt.Errorf("client: write a checkpoint: %w", err)
	}
	row = string(text)
	if k.row == "" {
		_, err = tx.ExecContext(ctx, "INSERT INTO "+k.table+" (name, checkpoint) VALUES ("+k.placeholder(1)+", "+k.placeholder(2)+")", k.name, row)
		if err != nil {
			return "", k.overtaken(ctx, err)
		}
		return row, nil
	}
	if row == k.row {
		return row, nil
	}
	done, err := tx.ExecContext(ctx, "UPDATE "+k.table+" SET checkpoint = "+k.placeholder(1)+" WHERE name = "+k.placeholder(2)+" AND checkpoint = "+k.placeholder(3), row, k.name, k.row)
	if err != nil {
		return "", fmt.Errorf("client: write the checkpoint of %s: %w", k.name, err)
	}
	changed, err := done.RowsAffected()
	switch {
	case err != nil:
		return "", fmt.Errorf("client: write the checkpoint of %s: %w", k.name, err)
	case changed != 1:
		return "", fmt.Errorf("%w: %s", ErrCheckpointMoved, k.name)
	}
	return row, nil
}

// overtaken is the error of a first row that could not be written: another process may
// have written one.
func (k *txKeeper) overtaken(ctx context.Context, err error) error {
	if failed := k.rollback(); failed != nil {
		return errors.Join(err, failed)
	}
	if first, failed := k.load(ctx); failed == nil && first != nil {
		return fmt.Errorf("%w: %s", ErrCheckpointMoved, k.name)
	}
	return fmt.Errorf("client: write the first checkpoint of %s: %w", k.name, err)
}

// rollback takes back what was not committed.
func (k *txKeeper) rollback() error {
	if k.tx == nil {
		return nil
	}
	if err := k.tx.Rollback(); err != nil && !errors.Is(err, sql.ErrTxDone) {
		return fmt.Errorf("client: roll back: %w", err)
	}
	return nil
}
