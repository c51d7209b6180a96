package ports

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"

	"github.com/countersign-ledger/countersign/network/internal/filelock"
)

const (
	first     = 20000 // above the well-known ports
	last      = 32000 // below Linux's range for outgoing connections (32768)
	blockSize = 64
	host      = "127.0.0.1"
)

// ErrNone means that there are not enough free ports.
var ErrNone = errors.New("ports: not enough free ports between 20000 and 32000")

// Block is a set of ports held by this process.
type Block struct {
	locks []*os.File
	ports []int
	next  int
}

// Reserve holds n ports that are free now. The locks lie in the user's
// temporary directory. Errors: [ErrNone], or that of a lock
// file.
func Reserve(n int) (*Block, error) {
	dir := filepath.Join(os.TempDir(), fmt.Sprintf("countersign-ports-%d", os.Getuid()))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("ports: %w", err)
	}
	b := &Block{}
	blocks := (last - first) / blockSize
	start := rand.IntN(blocks)
	for i := range blocks {
		if err := b.take(dir, first+(start+i)%blocks*blockSize, n); err != nil {
			return nil, errors.Join(err, b.Release())
		}
		if len(b.ports) >= n {
			return b, nil
		}
	}
	return nil, errors.Join(ErrNone, b.Release())
}

// take adds the free ports of one range, unless another network holds it.
func (b *Block) take(dir string, base, n int) error {
	file, err := filelock.Lock(filepath.Join(dir, strconv.Itoa(base)))
	if errors.Is(err, filelock.ErrHeld) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("ports: %w", err)
	}
	b.locks = append(b.locks, file)
	for port := base; port < base+blockSize && len(b.ports) < n; port++ {
		if Free(port) {
			b.ports = append(b.ports, port)
		}
	}
	return nil
}

// Next gives the next port of the block. It asks for no more than were reserved.
func (b *Block) Next() int {
	port := b.ports[b.next]
	b.next++
	return port
}

// Release gives the ports back. It may be called more than once, and on nil.
func (b *Block) Release() error {
	if b == nil {
		return nil
	}
	var errs []error
	for _, file := range b.locks {
		errs = append(errs, file.Close()) // closing gives up the lock
	}
	b.locks = nil
	return errors.Join(errs...)
}

// Free tells whether nothing listens on a port of 127.0.0.1 now.
func Free(port int) bool {
	listener, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(port)))
	if err != nil {
		return false
	}
	return listener.Close() == nil
}
