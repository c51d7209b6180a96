package process

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const (
	ownerFile = "owner"
	// unownedAge is how old a directory without an owner file must be before it
	// counts as left behind: its maker may be between making and locking.
	unownedAge = time.Minute
)

// TempDir makes a directory in [os.TempDir], readable by this user alone, whose
// name starts with prefix, and returns a function that removes it. The directory
// holds a file locked by this process; every call first removes this user's
// directories of the same prefix whose lock nobody holds any more, which is what
// SIGKILL leaves behind. release is idempotent.
//
// Errors wrap those of package os ([fs.ErrPermission], syscall.ENOSPC).
func TempDir(prefix string) (dir string, release func() error, err error) {
	Sweep(prefix)
	dir, err = os.MkdirTemp("", prefix)
	if err != nil {
		return "", nil, fmt.Errorf("temporary directory: %w", err)
	}
	lock, err := own(dir)
	if err != nil {
		return "", nil, errors.Join(fmt.Errorf("temporary directory: %w", err), os.RemoveAll(dir))
	}
	return dir, func() error {
		// Remove first: a sweeper that found it unlocked would race with us.
		err := os.RemoveAll(dir)
		_ = lock.Close() // closing it twice is harmless
		return err
	}, nil
}

// own puts a locked owner file into dir. It appears under its name only when it
// is locked, so that a sweeper never finds the owner file of a live directory
// unlocked.
func own(dir string) (*os.File, error) {
	made := filepath.Join(dir, ownerFile+".new")
	lock, err := os.OpenFile(made, os.O_CREATE|os.O_RDWR|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		_, err = fmt.Fprintln(lock, os.Getpid())
	}
	if err == nil {
		err = os.Rename(made, filepath.Join(dir, ownerFile))
	}
	if err != nil {
		_ = lock.Close()
		return nil, err
	}
	return lock, nil
}

// Sweep removes what killed owners of a prefix left behind, as TempDir does first.
// It does what it can: a directory that cannot be removed now is met again by the
// next call.
func Sweep(prefix string) {
	entries, err := os.ReadDir(os.TempDir())
	if err != nil {
		return
	}
	for _, entry := range entries {
		if !entry.IsDir() || !strings.HasPrefix(entry.Name(), prefix) {
			continue
		}
		if dir := filepath.Join(os.TempDir(), entry.Name()); abandoned(dir) {
			_ = os.RemoveAll(dir)
		}
	}
}

func abandoned(dir string) bool {
	info, err := os.Lstat(dir)
	if err != nil || !mine(info) {
		return false
	}
	lock, err := os.OpenFile(filepath.Join(dir, ownerFile), os.O_RDWR|syscall.O_NOFOLLOW, 0)
	if errors.Is(err, os.ErrNotExist) {
		return time.Since(info.ModTime()) > unownedAge
	}
	if err != nil {
		return false
	}
	defer func() { _ = lock.Close() }()
	return syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
}

// mine keeps other users' directories out: they could not be removed anyway, and
// what stands in them is not ours to open.
func mine(info os.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Getuid()
}
