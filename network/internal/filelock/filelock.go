// Package filelock locks files between processes. The kernel gives a lock up
// when its holder dies, however it dies.
package filelock

import (
	"errors"
	"fmt"
	"os"
	"time"
)

// ErrHeld means that another process, or another part of this one, holds the lock.
var ErrHeld = errors.New("filelock: held by another")

// ErrUnsupported means that this system has no such locks.
var ErrUnsupported = errors.New("filelock: only Linux is supported (on Windows, WSL 2)")

// Lock makes the file if there is none and locks it until it is closed. Errors:
// [ErrHeld], [ErrUnsupported], or that of opening the file.
func Lock(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("filelock: %w", err)
	}
	if err := lock(file, exclusive); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// LockSoon is [Lock], but [Held], which looks by taking a lock for a moment, does
// not stand in its way.
func LockSoon(path string) (*os.File, error) {
	for look := 0; ; look++ {
		file, err := Lock(path)
		if look == looks || !errors.Is(err, ErrHeld) {
			return file, err
		}
		time.Sleep(between)
	}
}

// LockSoon gives up after half a second.
const (
	looks   = 25
	between = 20 * time.Millisecond
)

// Held tells whether somebody holds the lock of a file; a file that does not
// exist is not held. Several may look at once.
func Held(path string) bool {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return false
	}
	held := errors.Is(lock(file, shared), ErrHeld)
	return file.Close() == nil && held
}
