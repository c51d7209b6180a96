// Package filelock locks files between processes. The kernel gives a lock up
// when its holder dies, however it dies.
package filelock

import (
	"errors"
	"fmt"
	"os"
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
	if err := lock(file); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// Held tells whether somebody holds the lock of a file; a file that does not
// exist is not held.
func Held(path string) bool {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return false
	}
	held := errors.Is(lock(file), ErrHeld)
	return file.Close() == nil && held
}
