package faults_test

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	_ "modernc.org/sqlite" // the driver of every database here

	"github.com/countersign-ledger/countersign/client"
)

// outbox is a table of an enterprise's own in which an event stands before it is
// submitted, and which says afterwards that it was accepted. It is all that a client
// needs to go on after a crash.
type outbox struct{ db *sql.DB }

// entry is an event in an outbox.
type entry struct {
	Seq      int64
	Lane     int
	Object   string
	Serial   uint64 // of the object in its lane
	Number   int    // of the event for its object
	Event    string // its eventID
	Document []byte
	Accepted string // the transaction that recorded it; empty until it is accepted
	Refused  string // why it cannot be recorded
}

const outboxSchema = `
CREATE TABLE IF NOT EXISTS outbox (
  seq INTEGER PRIMARY KEY, lane INTEGER NOT NULL, object TEXT NOT NULL, serial INTEGER NOT NULL,
  number INTEGER NOT NULL, event TEXT NOT NULL UNIQUE, document BLOB NOT NULL,
  accepted TEXT NOT NULL DEFAULT '', block INTEGER NOT NULL DEFAULT 0, refused TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS outbox_pending ON outbox (lane, seq) WHERE accepted = '' AND refused = '';
CREATE TABLE IF NOT EXISTS met (what TEXT PRIMARY KEY, times INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS slowest (one INTEGER PRIMARY KEY CHECK (one = 1), ms INTEGER NOT NULL, event TEXT NOT NULL);`

// database opens a SQLite file that survives the death of its process, and of the
// machine.
func database(path, schema string) (*sql.DB, error) {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(10000)&_txlock=immediate")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1) // SQLite has one writer
	if _, err := db.Exec(schema); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), db.Close())
	}
	return db, nil
}

func openOutbox(path string) (*outbox, error) {
	db, err := database(path, outboxSchema)
	if err != nil {
		return nil, err
	}
	return &outbox{db}, nil
}

const entryColumns = "seq, lane, object, serial, number, event, document, accepted, refused"

func (o *outbox) entries(where string, args ...any) ([]entry, error) {
	rows, err := o.db.Query("SELECT "+entryColumns+" FROM outbox "+where, args...)
	if err != nil {
		return nil, err
	}
	var all []entry
	for rows.Next() {
		var e entry
		if err := rows.Scan(&e.Seq, &e.Lane, &e.Object, &e.Serial, &e.Number, &e.Event, &e.Document, &e.Accepted, &e.Refused); err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		all = append(all, e)
	}
	return all, errors.Join(rows.Err(), rows.Close())
}

// pending gives the entries of a lane that are neither accepted nor refused, in order.
func (o *outbox) pending(lane int) ([]entry, error) {
	return o.entries("WHERE lane = ? AND accepted = '' AND refused = '' ORDER BY seq", lane)
}

// last gives the newest entry of a lane, if there is one.
func (o *outbox) last(lane int) (*entry, error) {
	all, err := o.entries("WHERE lane = ? ORDER BY seq DESC LIMIT 1", lane)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}

// all gives every entry, in order.
func (o *outbox) all() ([]entry, error) { return o.entries("ORDER BY seq") }

func (o *outbox) add(e *entry) error {
	result, err := o.db.Exec("INSERT INTO outbox (lane, object, serial, number, event, document) VALUES (?, ?, ?, ?, ?, ?)",
		e.Lane, e.Object, e.Serial, e.Number, e.Event, e.Document)
	if err == nil {
		e.Seq, err = result.LastInsertId()
	}
	return err
}

func (o *outbox) accept(seq int64, receipt client.Receipt) error {
	_, err := o.db.Exec("UPDATE outbox SET accepted = ?, block = ? WHERE seq = ?", receipt.Transaction, receipt.Block, seq)
	return err
}

// known is the highest block of any receipt in the outbox.
func (o *outbox) known() (block uint64, err error) {
	err = o.db.QueryRow("SELECT coalesce(max(block), 0) FROM outbox").Scan(&block)
	return block, err
}

func (o *outbox) refuse(seq int64, why string) error {
	_, err := o.db.Exec("UPDATE outbox SET refused = ? WHERE seq = ?", why, seq)
	return err
}

// meet counts what a caller got to see.
func (o *outbox) meet(what string) error {
	_, err := o.db.Exec("INSERT INTO met (what, times) VALUES (?, 1) ON CONFLICT (what) DO UPDATE SET times = times + 1", what)
	return err
}

// took notes how long the slowest event was on its way.
func (o *outbox) took(e entry, time time.Duration) error {
	_, err := o.db.Exec(`INSERT INTO slowest (one, ms, event) VALUES (1, ?, ?)
ON CONFLICT (one) DO UPDATE SET ms = excluded.ms, event = excluded.event WHERE excluded.ms > ms`, time.Milliseconds(), e.Event)
	return err
}

// met gives what callers got to see, most often first.
func (o *outbox) met() ([]string, error) {
	rows, err := o.db.Query("SELECT what, times FROM met ORDER BY times DESC")
	if err != nil {
		return nil, err
	}
	var all []string
	for rows.Next() {
		var what string
		var times int
		if err := rows.Scan(&what, &times); err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		all = append(all, fmt.Sprintf("%d times %s", times, what))
	}
	return slices.Clip(all), errors.Join(rows.Err(), rows.Close())
}

func (o *outbox) slowest() (time.Duration, error) {
	var ms int64
	err := o.db.QueryRow("SELECT ms FROM slowest").Scan(&ms)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return time.Duration(ms) * time.Millisecond, err
}

// counts gives how many events stand in the outbox, and how many were accepted.
func (o *outbox) counts() (all, accepted int, err error) {
	err = o.db.QueryRow("SELECT count(*), coalesce(sum(accepted <> ''), 0) FROM outbox").Scan(&all, &accepted)
	return all, accepted, err
}
