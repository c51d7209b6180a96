package ledger

import (
	"slices"
	"strings"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
)

// Limits on what one transaction may do.
const (
	// MaxRecord bounds the value of a record, in bytes: bytes on the ledger
	// are dear, and every peer keeps them.
	MaxRecord = 10 << 10
	// MaxBody bounds the body of one event, in bytes.
	MaxBody = 1 << 20
	// MaxScan bounds a scan in a transaction that may write, in entries.
	MaxScan = 1000
	// MaxTransaction bounds what a transaction reads, writes and answers, in
	// bytes as [Tx.Size] counts them, where a rule has its size from a caller:
	// Fabric's orderers refuse 10 MB by default (AbsoluteMaxBytes, 10 << 20),
	// envelope and signatures included, and say only that it is too large.
	MaxTransaction = 10_000_000
	// MaxPage bounds a page of a query, in entries.
	MaxPage = 500
)

// Tx is one transaction: its reads see its own writes. It is not safe for
// concurrent use; a rule has no goroutines.
//
// Every error it returns is, or wraps, a [fault.Error]: fault.Internal for a
// failing ledger, fault.InvalidRequest for the invalid [Key],
// fault.LimitExceeded beyond a limit.
type Tx struct {
	backend Backend
	info    Info
	query   bool
	pending map[Key][]byte // nil value: deleted
	order   []Key          // keys of pending in order of first write
	fetched map[Key][]byte // by [Tx.Prefetch]
	private bool           // a confidential write was made
	read    int            // bytes of the read set

	archived bool // a private write beside public ones was made
}

// Begin starts an updating transaction. Nothing is written before [Tx.Flush].
func Begin(backend Backend) *Tx {
	return &Tx{backend: backend, info: backend.Info(), pending: map[Key][]byte{}}
}

// BeginQuery starts a transaction that may only read.
func BeginQuery(backend Backend) *Tx {
	tx := Begin(backend)
	tx.query = true
	return tx
}

// ReadOnly reports whether the transaction is a query: it may read pages, and
// write nothing.
func (tx *Tx) ReadOnly() bool { return tx.query }

// ID returns the transaction's id.
func (tx *Tx) ID() string { return tx.info.ID }

// Channel returns the name of the channel.
func (tx *Tx) Channel() string { return tx.info.Channel }

// Time returns the ledger's time: the proposal's timestamp, UTC, milliseconds.
func (tx *Tx) Time() time.Time { return tx.info.Time.UTC().Truncate(time.Millisecond) }

// Caller returns who signed the proposal.
func (tx *Tx) Caller() Caller { return tx.info.Caller }

// PeerMSP returns the organisation whose peer runs this endorsement. A rule may
// refuse by it, but what it writes must never depend on it.
func (tx *Tx) PeerMSP() string { return tx.info.PeerMSP }

// Transient returns an entry of the transient map; fault.InvalidRequest when it
// is absent, fault.LimitExceeded when it is over limit bytes.
func (tx *Tx) Transient(name string, limit int) ([]byte, error) {
	value, err := tx.backend.Transient(name)
	switch {
	case err != nil:
		return nil, fault.New(fault.Internal, "read transient map: %w", err)
	case len(value) == 0:
		return nil, fault.New(fault.InvalidRequest, "put the %s into the transient map under that name", name).At("transient/" + name)
	case len(value) > limit:
		return nil, fault.New(fault.LimitExceeded, "%s has %d bytes; at most %d are taken", name, len(value), limit).At("transient/" + name)
	}
	return value, nil
}

// Get reads the value of a key, nil when absent.
func (tx *Tx) Get(key Key) ([]byte, error) {
	values, err := tx.GetMany([]Key{key})
	if err != nil {
		return nil, err
	}
	return values[0], nil
}

// GetMany reads several keys in one trip; a nil value stands for an absent key.
func (tx *Tx) GetMany(keys []Key) ([][]byte, error) {
	values := make([][]byte, len(keys))
	var ask []Key
	for i, key := range keys {
		if key == "" {
			return nil, errKey()
		}
		if value, ok := tx.known(key); ok {
			values[i] = value
		} else {
			ask = append(ask, key)
		}
	}
	if len(ask) == 0 {
		return values, nil
	}
	ask = dedupe(ask)
	found := make(map[Key][]byte, len(ask))
	if err := tx.fetch(ask, found); err != nil {
		return nil, err
	}
	for i, key := range keys {
		if value, ok := found[key]; ok {
			values[i] = value
		}
	}
	return values, nil
}

// Prefetch reads in one trip what a rule will read in several: each costs a message
// to the peer and back, which is much of what a small transaction takes. What is
// fetched is in the read set, whether the rule comes to read it or not. An invalid
// key is left to be refused where it is read.
func (tx *Tx) Prefetch(keys []Key) error {
	ask := dedupe(slices.DeleteFunc(slices.Clone(keys), func(key Key) bool {
		_, known := tx.known(key)
		return known || key == ""
	}))
	if len(ask) == 0 {
		return nil
	}
	if tx.fetched == nil {
		tx.fetched = make(map[Key][]byte, len(ask))
	}
	return tx.fetch(ask, tx.fetched)
}

// known returns what this transaction has written under a key, or fetched.
func (tx *Tx) known(key Key) (value []byte, ok bool) {
	if value, ok = tx.pending[key]; !ok {
		value, ok = tx.fetched[key]
	}
	return value, ok
}

// fetch reads keys, each once, into a map; nil stands for an absent one.
func (tx *Tx) fetch(keys []Key, into map[Key][]byte) error {
	for _, key := range keys {
		tx.read += len(key) + perKey
	}
	got, err := tx.backend.Get(keys)
	if err != nil {
		return fault.New(fault.Internal, "read state: %w", err)
	}
	if len(got) != len(keys) {
		return fault.New(fault.Internal, "read state: asked for %d keys, got %d", len(keys), len(got))
	}
	for i, key := range keys {
		value, err := unpack(key, got[i])
		if err != nil {
			return err
		}
		if len(value) == 0 {
			value = nil
		}
		into[key] = value
	}
	return nil
}

func dedupe(keys []Key) []Key {
	seen := make(map[Key]struct{}, len(keys))
	return slices.DeleteFunc(keys, func(k Key) bool {
		_, dup := seen[k]
		seen[k] = struct{}{}
		return dup
	})
}

// Put sets a key. The value must not be empty.
func (tx *Tx) Put(key Key, value []byte) error {
	if len(value) == 0 {
		return fault.New(fault.Internal, "empty value for %s", key)
	}
	return tx.set(key, value)
}

// Delete removes a key.
func (tx *Tx) Delete(key Key) error { return tx.set(key, nil) }

// mayWritePublic refuses a key that is none, and a write beside a private one.
func (tx *Tx) mayWritePublic(key Key) error {
	if key == "" {
		return errKey()
	}
	if err := tx.mayWrite(); err != nil {
		return err
	}
	if tx.private {
		return errMixed()
	}
	return nil
}

func (tx *Tx) set(key Key, value []byte) error {
	if err := tx.mayWritePublic(key); err != nil {
		return err
	}
	if len(value) > MaxBody {
		return fault.New(fault.LimitExceeded, "%s would have %d bytes; at most %d are stored", key, len(value), MaxBody)
	}
	if _, ok := tx.pending[key]; !ok {
		tx.order = append(tx.order, key)
	}
	tx.pending[key] = value
	return nil
}

func (tx *Tx) mayWrite() error {
	if tx.query {
		return fault.New(fault.Internal, "a query may not write")
	}
	return nil
}

// Scan returns every entry whose key extends prefix, in key order, this
// transaction's writes included. It fails with fault.LimitExceeded when there
// are more than [MaxScan]: an index that can grow beyond that is read with
// [Tx.Page].
func (tx *Tx) Scan(prefix Key) ([]Entry, error) {
	if prefix == "" {
		return nil, errKey()
	}
	var entries []Entry
	err := tx.backend.Scan(prefix, func(e Entry) bool {
		if _, mine := tx.pending[e.Key]; !mine {
			entries = append(entries, e)
		}
		return len(entries) <= MaxScan
	})
	if err != nil {
		return nil, fault.New(fault.Internal, "scan %s: %w", prefix, err)
	}
	if err := unpackAll(entries); err != nil {
		return nil, err
	}
	entries = append(entries, tx.writtenUnder(prefix)...)
	if len(entries) > MaxScan {
		return nil, fault.New(fault.LimitExceeded, "more than %d entries under %s", MaxScan, prefix)
	}
	sortEntries(entries)
	return entries, nil
}

// First returns the first entries, at most n, whose keys extend prefix, in key
// order, this transaction's writes included. It tells whether there is any at
// the price of a short range; what is read is re-executed at commit.
func (tx *Tx) First(prefix Key, n int) ([]Entry, error) {
	if prefix == "" {
		return nil, errKey()
	}
	if n < 1 || n > MaxScan {
		return nil, fault.New(fault.LimitExceeded, "1 to %d entries can be read first, not %d", MaxScan, n)
	}
	var entries []Entry
	err := tx.backend.Scan(prefix, func(e Entry) bool {
		if _, mine := tx.pending[e.Key]; !mine {
			entries = append(entries, e)
		}
		return len(entries) < n
	})
	if err != nil {
		return nil, fault.New(fault.Internal, "scan %s: %w", prefix, err)
	}
	if err := unpackAll(entries); err != nil {
		return nil, err
	}
	entries = append(entries, tx.writtenUnder(prefix)...)
	sortEntries(entries)
	return entries[:min(n, len(entries))], nil
}

// writtenUnder returns what this transaction has written under a prefix.
func (tx *Tx) writtenUnder(prefix Key) []Entry {
	var entries []Entry
	for _, key := range tx.order {
		if value := tx.pending[key]; value != nil && key != prefix && strings.HasPrefix(string(key), string(prefix)) {
			entries = append(entries, Entry{Key: key, Value: value})
		}
	}
	return entries
}

func sortEntries(entries []Entry) {
	slices.SortFunc(entries, func(a, b Entry) int { return strings.Compare(string(a.Key), string(b.Key)) })
}

// Page returns up to size entries (at most [MaxPage]) whose keys extend prefix,
// and the bookmark of the next page, "" after the last. Only a query may page:
// a page is not re-executed at commit. A bookmark that leads outside of the
// prefix is fault.InvalidRequest.
func (tx *Tx) Page(prefix Key, size int, bookmark string) ([]Entry, string, error) {
	switch {
	case prefix == "":
		return nil, "", errKey()
	case !tx.query:
		return nil, "", fault.New(fault.Internal, "only a query may read pages")
	case size < 1 || size > MaxPage:
		return nil, "", fault.New(fault.LimitExceeded, "a page has 1 to %d entries, not %d", MaxPage, size)
	}
	entries, next, err := tx.backend.Page(prefix, size, bookmark)
	if err != nil {
		return nil, "", fault.New(fault.Internal, "read a page of %s: %w", prefix, err)
	}
	// To Fabric a bookmark is the key at which to begin, whatever the prefix:
	// made up, it would bring in other objects' entries under this one's name,
	// and honest peers would endorse that.
	if slices.ContainsFunc(entries, func(e Entry) bool { return !strings.HasPrefix(string(e.Key), string(prefix)) }) {
		return nil, "", fault.New(fault.InvalidRequest, "no such bookmark: take that of the page before").At("/bookmark")
	}
	return entries, next, unpackAll(entries)
}

// PageAfter returns up to size entries (at most [MaxPage]) whose keys extend
// prefix and come behind all that extend its extension by the parts of after, as
// [Tx.Page] does: where a rule keeps its own place in an index, and a caller's
// bookmark says which part of it comes next. more says that there are others
// behind those. An empty after begins at the first.
func (tx *Tx) PageAfter(prefix Key, size int, after ...string) (entries []Entry, more bool, err error) {
	bookmark := ""
	if len(after) > 0 {
		objectType, parts := prefix.Parts()
		last := NewKey(objectType, slices.Concat(parts, after)...)
		if last == "" {
			return nil, false, errKey()
		}
		bookmark = tx.backend.Bookmark(last + lastRune)
	}
	entries, next, err := tx.Page(prefix, size, bookmark)
	return entries, next != "", err
}

// Event sets the transaction's one chaincode event, a hint for followers.
func (tx *Tx) Event(name string, payload []byte) error {
	if err := tx.mayWrite(); err != nil {
		return err
	}
	if err := tx.backend.Event(name, payload); err != nil {
		return fault.New(fault.Internal, "set event: %w", err)
	}
	return nil
}

// perKey is what a version, tags and lengths take beside a key in a read-write
// set, in bytes.
const perKey = 16

// Size returns about how many bytes the public keys read and written so far, and
// the values written, take in the transaction at most: values are counted before
// they are packed. Scans are not counted.
func (tx *Tx) Size() int {
	size := tx.read
	for _, key := range tx.order {
		size += len(key) + perKey + len(tx.pending[key])
	}
	return size
}

// Flush hands the writes to the ledger, sorted by key and packed (see [Pack]). The
// contract layer calls it once, after the rule has succeeded.
func (tx *Tx) Flush() error {
	if len(tx.order) == 0 {
		return nil
	}
	slices.Sort(tx.order)
	writes := make([]Write, len(tx.order))
	var p packer
	for i, key := range tx.order {
		writes[i] = Write{Key: key}
		if value := tx.pending[key]; value != nil {
			writes[i].Value = p.pack(value)
		}
	}
	if err := tx.backend.Write(writes); err != nil {
		return fault.New(fault.Internal, "write state: %w", err)
	}
	return nil
}

func errKey() error {
	return fault.New(fault.InvalidRequest, "an identifier cannot stand in a key: empty, too long, or with U+0000 or U+10FFFF")
}
