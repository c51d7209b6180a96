package proxy_test

import (
	"io"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/countersign-ledger/countersign/test/faults/internal/proxy"
)

// echo answers every byte with itself.
func echo(t *testing.T) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = io.Copy(c, c)
			_ = c.Close()
		}
	}()
	t.Cleanup(func() { require.NoError(t, listener.Close()); <-done })
	return listener.Addr().String()
}

func dial(t *testing.T, p *proxy.Proxy) net.Conn {
	c, err := net.Dial("tcp", p.Address())
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func say(t *testing.T, c net.Conn, text string) {
	_, err := io.WriteString(c, text)
	require.NoError(t, err)
}

func hear(t *testing.T, c net.Conn, text string) {
	heard := make([]byte, len(text))
	_, err := io.ReadFull(c, heard)
	require.NoError(t, err)
	require.Equal(t, text, string(heard))
}

func TestConnectionsPassAreFrozenCutAndRefused(t *testing.T) {
	t.Cleanup(func() { goleak.VerifyNone(t) })
	p, err := proxy.New(echo(t))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, p.Close()) })

	c := dial(t, p)
	say(t, c, "one")
	hear(t, c, "one")

	p.Stall(true)
	say(t, c, "two")
	heard := make(chan error, 1)
	go func() {
		_, err := io.ReadFull(c, make([]byte, len("two")))
		heard <- err
	}()
	select {
	case err := <-heard:
		t.Fatalf("it passed: %v", err)
	case <-time.After(50 * time.Millisecond): // a proxy that stalls nothing is quicker
	}
	p.Stall(false)
	require.NoError(t, <-heard)

	p.Reset()
	_, err = c.Read(make([]byte, 1))
	require.Error(t, err)
	c = dial(t, p)
	say(t, c, "three")
	hear(t, c, "three")

	p.Refuse(true)
	_, err = c.Read(make([]byte, 1))
	require.Error(t, err)
	_, err = dial(t, p).Read(make([]byte, 1))
	require.Error(t, err)
	p.Refuse(false)
	c = dial(t, p)
	say(t, c, "four")
	hear(t, c, "four")
	p.Stall(true) // and closed while it is frozen
}
