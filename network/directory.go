package network

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/countersign-ledger/countersign/network/internal/filelock"
	"github.com/countersign-ledger/countersign/network/internal/process"
)

// tempPrefix begins the names of temporary directories of networks.
const tempPrefix = "countersign-network-"

// openDirectory gives the network's directory and what gives it back.
func openDirectory(dir string) (layout, func() error, error) {
	if dir == "" {
		temporary, release, err := process.TempDir(tempPrefix)
		if err != nil {
			return layout{}, nil, unusable(os.TempDir(), err, "set TMPDIR to another")
		}
		return furnish(layout{temporary}, release)
	}
	process.Sweep(tempPrefix) // they are large
	absolute, err := filepath.Abs(dir)
	if err != nil {
		return layout{}, nil, fmt.Errorf("network: %w", err)
	}
	return openNamed(layout{absolute})
}

// furnish makes the folder of the logs, which nodes write before anything else.
func furnish(l layout, release func() error) (layout, func() error, error) {
	if err := os.MkdirAll(l.logs(), 0o755); err != nil {
		return l, nil, errors.Join(unusable(l.root, err, nameAnother), release())
	}
	return l, release, nil
}

const nameAnother = "name another"

// unusable is the error about a directory that the system refuses.
func unusable(dir string, err error, advice string) error {
	return &DirectoryError{Dir: dir, Reason: fmt.Sprintf("%v: %s", err, advice), Err: err}
}

// openNamed takes a directory that the user named: new, empty, or with a network
// that was stopped, which it removes.
func openNamed(l layout) (layout, func() error, error) {
	if err := os.MkdirAll(l.root, 0o755); err != nil {
		return l, nil, unusable(l.root, err, nameAnother)
	}
	if err := ours(l); err != nil {
		return l, nil, err
	}
	owner, err := filelock.LockSoon(l.owner())
	if errors.Is(err, filelock.ErrHeld) {
		return l, nil, &DirectoryError{Dir: l.root, Reason: "a network runs here: stop it first, or name another directory"}
	}
	if err != nil {
		return l, nil, unusable(l.root, err, nameAnother)
	}
	for _, path := range l.made() {
		if err := os.RemoveAll(path); err != nil {
			return l, nil, errors.Join(unusable(l.root, err, nameAnother), owner.Close())
		}
	}
	return furnish(l, owner.Close)
}

// ours refuses a directory with files that no network made.
func ours(l layout) error {
	entries, err := os.ReadDir(l.root)
	if err != nil {
		return unusable(l.root, err, nameAnother)
	}
	if len(entries) == 0 {
		return nil
	}
	if _, err := os.Stat(l.owner()); err != nil {
		return &DirectoryError{Dir: l.root, Reason: "not empty, and no network was started here: name an empty one"}
	}
	return nil
}
