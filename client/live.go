package client

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"

	"github.com/countersign-ledger/countersign/client/internal/gateways"
)

// lookEvery is how often the files that a client was made from, or the source of its
// identity, are looked at, at most: by the next call.
const lookEvery = 2 * time.Second

// lookPatience bounds how long a call waits for the source of an identity.
const lookPatience = 5 * time.Second

// live is what can change under a client: its identity, and how it reaches gateways.
type live struct {
	client     *Client
	config     *config
	connection grpc.ClientConnInterface
	pool       *gateways.Pool // nil when the connection is the caller's
	current    atomic.Pointer[session]

	began time.Time
	next  atomic.Int64 // when to look again, since began

	mu     sync.Mutex // one at a time loads
	seen   fingerprint
	loaded *material

	problem atomic.Pointer[error] // why the last load failed; nil when it did not
}

// material is what a client was made of, as it was last read.
type material struct {
	who *signatory
	tls *tlsClient
	to  []gateways.Endpoint
	// profile is nil without one; named are the files that it names.
	profile *profile
	named   []string
	seen    fingerprint
}

// session returns what a call that begins now is made with. Once every two seconds
// it looks whether certificates have changed.
func (c *Client) session() *session {
	l := c.live
	now := int64(time.Since(l.began))
	if due := l.next.Load(); now >= due && l.config.watched() && l.next.CompareAndSwap(due, now+int64(lookEvery)) {
		l.look()
	}
	return l.current.Load()
}

// look loads what has changed. A failure leaves everything as it was, and is tried
// again at the next look: a folder may be half written.
func (l *live) look() {
	if !l.mu.TryLock() {
		return // it is being loaded
	}
	defer l.mu.Unlock()
	if l.config.source == nil && l.config.fingerprint(l.loaded).equal(l.seen) {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), lookPatience)
	defer cancel()
	err := l.load(ctx)
	l.told(err)
}

func (l *live) told(err error) {
	if err == nil {
		l.problem.Store(nil)
		return
	}
	l.problem.Store(&err)
}

// Reload reads anew what the client was made from: the MSP folder or the source of
// the identity, the connection profile, TLS authorities and the client's own TLS
// certificate. Calls under way end as they began. On an error everything stays as it
// was.
//
// Calling it is not necessary: files are looked at by the first call after two
// seconds. It is for programs that want to know at once whether a renewal is good.
func (c *Client) Reload(ctx context.Context) error {
	l := c.live
	l.mu.Lock()
	defer l.mu.Unlock()
	err := l.load(ctx)
	l.told(err)
	return err
}

// load reads everything, and takes what is good as a whole.
func (l *live) load(ctx context.Context) error {
	m, err := l.config.read(ctx, l.loaded)
	if err != nil {
		return err
	}
	if l.pool != nil {
		if err := l.pool.Replace(m.to); err != nil {
			return fmt.Errorf("client: %w", err)
		}
	}
	before := l.loaded
	if before == nil || !before.who.same(m.who) || !before.tls.same(m.tls) {
		opened, err := l.client.open(m.who, m.tls.hash(), l.connection)
		if err != nil {
			return fmt.Errorf("client: %w", err)
		}
		l.current.Store(opened)
	}
	l.loaded, l.seen = m, m.seen
	if before != nil && !before.who.certificate.Equal(m.who.certificate) {
		l.client.observe(ctx, Event{Kind: IdentityRenewed, Name: l.client.msp})
	}
	return nil
}

// read reads everything that a configuration names.
func (c *config) read(ctx context.Context, before *material) (*material, error) {
	m := &material{seen: c.fingerprint(before)}
	var err error
	if c.profile != "" {
		if m.profile, err = readProfile(c.profile); err != nil {
			return nil, err
		}
		m.named = m.profile.files(filepath.Dir(c.profile))
	}
	if m.tls, err = c.tlsClient(m.profile); err != nil {
		return nil, err
	}
	if c.connection == nil {
		if m.to, err = c.endpoints(m.profile, m.tls); err != nil {
			return nil, err
		}
	}
	if m.who, err = c.signatory(ctx); err != nil {
		return nil, err
	}
	return m, nil
}

// Identity is who a client acts as, at the moment.
type Identity struct {
	MSP string
	// Subject, Serial and NotAfter are the certificate's.
	Subject  string
	Serial   string // in decimal
	NotAfter time.Time
	// Since is when the client began to use it.
	Since time.Time
	// Err is why what was changed since could not be taken; nil when nothing was.
	Err error
}

// Identity returns who calls act as that begin now, and whether a renewal has failed.
func (c *Client) Identity() Identity {
	s := c.session()
	i := Identity{
		MSP: c.msp, Subject: s.certificate.Subject.String(), Serial: s.certificate.SerialNumber.String(),
		NotAfter: s.certificate.NotAfter, Since: s.since,
	}
	if failed := c.live.problem.Load(); failed != nil {
		i.Err = *failed
	}
	return i
}

func (l *live) close() error {
	var err error
	if s := l.current.Load(); s != nil {
		err = s.close()
	}
	if l.pool != nil {
		err = errors.Join(err, l.pool.Close())
	}
	return err
}
