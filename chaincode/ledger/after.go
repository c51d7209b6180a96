package ledger

import (
	"slices"
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/fault"
)

// FirstAfter returns the first entries, at most n, whose keys extend prefix and
// come behind all that extend its extension by the parts of after, this
// transaction's writes included: so a rule that works through an index in several
// transactions goes on where it stopped. An empty after begins at the first. What
// lies before is read, too, since a range of Fabric's begins at its prefix, and is
// re-executed at commit with the rest.
func (tx *Tx) FirstAfter(prefix Key, n int, after ...string) ([]Entry, error) {
	if len(after) == 0 {
		return tx.First(prefix, n)
	}
	objectType, parts := prefix.Parts()
	last := NewKey(objectType, slices.Concat(parts, after)...)
	switch {
	case prefix == "" || last == "":
		return nil, errKey()
	case n < 1 || n > MaxScan:
		return nil, fault.New(fault.LimitExceeded, "1 to %d entries can be read first, not %d", MaxScan, n)
	}
	behind := func(key Key) bool { return key > last && !strings.HasPrefix(string(key), string(last)) }
	var entries []Entry
	err := tx.backend.Scan(prefix, func(e Entry) bool {
		if _, mine := tx.pending[e.Key]; !mine && behind(e.Key) {
			entries = append(entries, e)
		}
		return len(entries) < n
	})
	if err != nil {
		return nil, fault.New(fault.Internal, "scan %s: %w", prefix, err)
	}
	written := slices.DeleteFunc(tx.writtenUnder(prefix), func(e Entry) bool { return !behind(e.Key) })
	entries = append(entries, written...)
	sortEntries(entries)
	return entries[:min(n, len(entries))], nil
}
