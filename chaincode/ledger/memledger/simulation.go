package memledger

import (
	"bytes"
	"cmp"
	"errors"
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

var _ ledger.Backend = (*Simulation)(nil)

// readAhead is how many entries a peer hands the shim at a time: a scan reads
// that many, and one more, however early it stops.
const readAhead = 100

// Simulation is one run of a proposal at one peer. It records what was read and
// written; nothing changes before the result is committed.
type Simulation struct {
	ledger   *Ledger
	proposal Proposal
	peer     string
	height   uint64

	reads   map[ledger.Key]*Version
	ranges  []RangeRead
	hashes  []HashRead
	writes  map[ledger.Key][]byte
	private []PrivateWrite
	paged   bool
	event   *Event
}

// Info implements [ledger.Backend].
func (s *Simulation) Info() ledger.Info {
	return ledger.Info{
		ID: s.proposal.ID, Channel: s.ledger.channel, Time: s.proposal.Time,
		Caller: s.proposal.Caller, PeerMSP: s.peer,
	}
}

// Transient implements [ledger.Backend].
func (s *Simulation) Transient(name string) ([]byte, error) { return s.proposal.Transient[name], nil }

// Get implements [ledger.Backend].
func (s *Simulation) Get(keys []ledger.Key) ([][]byte, error) {
	s.ledger.mu.RLock()
	defer s.ledger.mu.RUnlock()
	values := make([][]byte, len(keys))
	for i, key := range keys {
		r, live := s.ledger.public.at(key, s.height)
		if live {
			values[i] = bytes.Clone(r.value)
		}
		s.read(key, r, live)
	}
	return values, nil
}

func (s *Simulation) read(key ledger.Key, r revision, live bool) {
	if !live {
		s.reads[key] = nil
		return
	}
	version := r.version
	s.reads[key] = &version
}

// Scan implements [ledger.Backend].
func (s *Simulation) Scan(prefix ledger.Key, yield func(ledger.Entry) bool) error {
	entries, last := s.collect(prefix, yield)
	s.ledger.mu.RLock()
	defer s.ledger.mu.RUnlock()
	s.ranges = append(s.ranges, s.ledger.rangeRead(RangeRead{Prefix: prefix, Last: last}, s.height, entries))
	return nil
}

// collect feeds yield and returns how far a peer would have read: all entries
// up to the end of the batch in which yield stopped, and the last key, or ""
// when the range was exhausted.
func (s *Simulation) collect(prefix ledger.Key, yield func(ledger.Entry) bool) (int, ledger.Key) {
	s.ledger.mu.RLock()
	defer s.ledger.mu.RUnlock()
	wanted, count := true, 0
	for entry := range s.ledger.public.entries(prefix, prefix+lastKey, s.height) {
		if entry.Key == prefix {
			continue
		}
		count++
		if wanted {
			wanted = yield(ledger.Entry{Key: entry.Key, Value: bytes.Clone(entry.Value)})
		}
		if !wanted && count%readAhead == 1 && count > 1 {
			return count, entry.Key
		}
	}
	return count, ""
}

// Page implements [ledger.Backend]. The bookmark is the key to begin with, and as
// in Fabric it may be any, even one before the prefix.
func (s *Simulation) Page(prefix ledger.Key, size int, bookmark string) ([]ledger.Entry, string, error) {
	if len(s.writes) > 0 || len(s.private) > 0 {
		return nil, "", errors.New("a paged query is not allowed in a transaction that writes")
	}
	s.paged = true
	read := RangeRead{Prefix: prefix, Start: ledger.Key(bookmark)}
	s.ledger.mu.RLock()
	defer s.ledger.mu.RUnlock()
	page, next := []ledger.Entry{}, ""
	for entry := range s.ledger.public.entries(cmp.Or(read.Start, prefix), prefix+lastKey, s.height) {
		if entry.Key == prefix {
			continue
		}
		if len(page) == size {
			next = s.Bookmark(entry.Key)
			break
		}
		page = append(page, ledger.Entry{Key: entry.Key, Value: bytes.Clone(entry.Value)})
	}
	if len(page) == size { // a peer then looks no further, other than for the bookmark
		read.Last = page[size-1].Key
	}
	s.ranges = append(s.ranges, s.ledger.rangeRead(read, s.height, len(page)))
	return page, next, nil
}

// Bookmark implements [ledger.Backend]. As to Fabric, it is the key itself.
func (s *Simulation) Bookmark(from ledger.Key) string { return string(from) }

// Write implements [ledger.Backend].
func (s *Simulation) Write(writes []ledger.Write) error {
	if s.paged {
		return errors.New("a transaction that read a page may not write")
	}
	if s.writes == nil {
		s.writes = map[ledger.Key][]byte{}
	}
	for _, w := range writes {
		s.writes[w.Key] = bytes.Clone(w.Value)
	}
	return nil
}

// GetPrivate implements [ledger.Backend].
func (s *Simulation) GetPrivate(collection string, key ledger.Key) ([]byte, error) {
	if err := s.access(collection, "read"); err != nil {
		return nil, err
	}
	s.ledger.mu.RLock()
	defer s.ledger.mu.RUnlock()
	r, live := s.ledger.private[collection].at(key, s.height)
	s.readHash(collection, key, r, live)
	if !live {
		return nil, nil
	}
	c := s.ledger.collections[collection]
	if !slices.Contains(c.Members, s.peer) || s.ledger.missing[collection+"\x00"+s.peer] {
		return nil, fault.New(fault.NotHere, "private data matching the public hash is not at the peer of %s; ask a member's peer, or try again once it has been reconciled", s.peer)
	}
	return bytes.Clone(r.value), nil
}

// GetPrivateHash implements [ledger.Backend].
func (s *Simulation) GetPrivateHash(collection string, key ledger.Key) ([]byte, error) {
	if _, err := s.known(collection); err != nil {
		return nil, err
	}
	s.ledger.mu.RLock()
	defer s.ledger.mu.RUnlock()
	r, live := s.ledger.private[collection].at(key, s.height)
	s.readHash(collection, key, r, live)
	if !live {
		return nil, nil
	}
	return bytes.Clone(r.hash), nil
}

func (s *Simulation) readHash(collection string, key ledger.Key, r revision, live bool) {
	read := HashRead{Collection: collection, Key: key}
	if live {
		version := r.version
		read.Version = &version
	}
	s.hashes = append(s.hashes, read)
}

// WritePrivate implements [ledger.Backend].
func (s *Simulation) WritePrivate(collection string, w ledger.Write) error {
	if err := s.access(collection, "write"); err != nil {
		return err
	}
	s.private = append(s.private, PrivateWrite{Collection: collection, Key: w.Key, Value: bytes.Clone(w.Value)})
	return nil
}

// Purge implements [ledger.Backend].
func (s *Simulation) Purge(collection string, key ledger.Key) error {
	if err := s.access(collection, "write"); err != nil {
		return err
	}
	s.private = append(s.private, PrivateWrite{Collection: collection, Key: key, Purge: true})
	return nil
}

// Event implements [ledger.Backend].
func (s *Simulation) Event(name string, payload []byte) error {
	s.event = &Event{Name: name, Payload: bytes.Clone(payload)}
	return nil
}

func (s *Simulation) known(collection string) (Collection, error) {
	c, ok := s.ledger.collections[collection]
	if !ok {
		return c, fault.New(fault.NotFound, "there is no private data collection %q on this channel", collection)
	}
	return c, nil
}

func (s *Simulation) access(collection, verb string) error {
	c, err := s.known(collection)
	if err != nil {
		return err
	}
	if c.MemberOnly && !slices.Contains(c.Members, s.proposal.Caller.MSP) {
		return fault.New(fault.NotMember, "%s may not %s the collection %s", s.proposal.Caller.MSP, verb, collection)
	}
	return nil
}

// Results returns what the simulation read and wrote, sorted by key: equal
// runs give equal results.
func (s *Simulation) Results() Results {
	results := Results{Ranges: s.ranges, Hashes: s.hashes, Private: s.private, Event: s.event}
	for key, version := range s.reads {
		results.Reads = append(results.Reads, Read{Key: key, Version: version})
	}
	for key, value := range s.writes {
		results.Writes = append(results.Writes, ledger.Write{Key: key, Value: value})
	}
	slices.SortFunc(results.Reads, func(a, b Read) int { return cmp.Compare(a.Key, b.Key) })
	slices.SortFunc(results.Writes, func(a, b ledger.Write) int { return cmp.Compare(a.Key, b.Key) })
	return results
}
