package memledger

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// Version is where a value was committed: block and position in it.
type Version struct{ Block, Tx uint64 }

// Collection is a private data collection: who holds its values, and whether
// outsiders' requests are refused even at a member's peer.
type Collection struct {
	Name       string
	Members    []string
	MemberOnly bool
}

// Ledger is a channel's ledger as all its peers hold it together.
type Ledger struct {
	mu          sync.RWMutex
	channel     string
	collections map[string]Collection
	height      uint64
	ids         map[string]Code
	public      store
	private     map[string]*store // by collection; members' copies are equal
	missing     map[string]bool   // collection+MSP whose copy is lost, for tests
	fresh       atomic.Uint64     // transaction ids given out
}

// New returns an empty ledger.
func New(channel string, collections ...Collection) *Ledger {
	l := &Ledger{
		channel:     channel,
		collections: map[string]Collection{},
		ids:         map[string]Code{},
		private:     map[string]*store{},
		missing:     map[string]bool{},
		public:      newStore(),
	}
	for _, c := range collections {
		l.collections[c.Name] = c
		s := newStore()
		l.private[c.Name] = &s
	}
	return l
}

// Height returns the number of blocks.
func (l *Ledger) Height() uint64 {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.height
}

// Lose makes an organisation's peer lack the values of a collection, as after
// a dissemination that never reached it; found again with lost false.
func (l *Ledger) Lose(collection, msp string, lost bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.missing[collection+"\x00"+msp] = lost
}

// Proposal is what a client asks for.
type Proposal struct {
	// ID is the transaction's id; empty takes a fresh one.
	ID string
	// Time is the proposal's timestamp; zero takes one second a block after
	// the beginning of 2026.
	Time      time.Time
	Caller    ledger.Caller
	Transient map[string][]byte
}

// Simulate begins to run a proposal at the peer of an organisation. It sees the
// ledger as it now stands, whatever commits meanwhile.
func (l *Ledger) Simulate(p Proposal, peerMSP string) *Simulation {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if p.Time.IsZero() {
		p.Time = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(l.height) * time.Second)
	}
	if p.ID == "" {
		digest := sha256.Sum256(fmt.Appendf(nil, "transaction %d", l.fresh.Add(1)))
		p.ID = hex.EncodeToString(digest[:])
	}
	return &Simulation{ledger: l, proposal: p, peer: peerMSP, height: l.height, reads: map[ledger.Key]*Version{}}
}

// Update runs a rule at the peer of the caller's organisation and commits what
// it wrote in a block of its own. A refusal leaves the ledger as it was.
func (l *Ledger) Update(p Proposal, rule func(*ledger.Tx) error) error {
	sim := l.Simulate(p, p.Caller.MSP)
	tx := ledger.Begin(sim)
	if err := rule(tx); err != nil {
		return err
	}
	if err := tx.Flush(); err != nil {
		return err
	}
	if code := l.Commit(Transaction{ID: sim.Info().ID, Results: sim.Results()})[0]; code != Valid {
		return &ConflictError{ID: sim.Info().ID, Code: code}
	}
	return nil
}

// Query runs a rule that only reads at the peer of the caller's organisation.
func (l *Ledger) Query(p Proposal, rule func(*ledger.Tx) error) error {
	return rule(ledger.BeginQuery(l.Simulate(p, p.Caller.MSP)))
}

// Dump returns every public key and its value, unpacked: for tests that show that a
// refusal changed nothing, or that two ledgers are equal.
func (l *Ledger) Dump() []ledger.Entry {
	l.mu.RLock()
	defer l.mu.RUnlock()
	entries := slices.Collect(l.public.entries("", lastKey, l.height))
	for i, e := range entries {
		if text, err := ledger.Unpack(e.Value, ledger.MaxBody); err == nil {
			entries[i].Value = text
		}
	}
	return entries
}
