package client_test

import (
	"crypto/tls"
	"io"
	"net"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// front stands before a gateway: it can be taken down and up, and ends TLS.
type front struct {
	to       string
	settings *tls.Config // nil: without TLS
	address  string

	mu       sync.Mutex
	listener net.Listener
	open     map[net.Conn]bool
	group    sync.WaitGroup
}

// newFront returns a front that is up.
func newFront(t *testing.T, to string, settings *tls.Config) *front {
	t.Helper()
	f := &front{to: to, settings: settings, address: "127.0.0.1:0"}
	f.up(t)
	t.Cleanup(f.down)
	return f
}

func (f *front) up(t *testing.T) {
	t.Helper()
	listener, err := net.Listen("tcp", f.address)
	require.NoError(t, err)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.address, f.open = listener.Addr().String(), map[net.Conn]bool{}
	f.listener = listener
	if f.settings != nil {
		f.listener = tls.NewListener(listener, f.settings)
	}
	f.group.Go(func() { f.serve(f.listener) })
}

func (f *front) serve(listener net.Listener) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		back, err := net.Dial("tcp", f.to)
		if err != nil || !f.keep(conn, back) {
			_ = conn.Close()
			continue
		}
		for _, pair := range [][2]net.Conn{{conn, back}, {back, conn}} {
			f.group.Go(func() {
				_, _ = io.Copy(pair[0], pair[1])
				_ = pair[0].Close()
				_ = pair[1].Close()
			})
		}
	}
}

func (f *front) keep(conns ...net.Conn) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range conns {
		f.open[c] = true
	}
	return f.listener != nil
}

// down cuts everything.
func (f *front) down() {
	f.mu.Lock()
	if f.listener != nil {
		_ = f.listener.Close()
	}
	for c := range f.open {
		_ = c.Close()
	}
	f.listener = nil
	f.mu.Unlock()
	f.group.Wait()
}
