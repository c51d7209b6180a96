package binaries

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/countersign-ledger/countersign/network/internal/filelock"
)

// lockPoll is how often a process looks whether another has finished building.
const lockPoll = 100 * time.Millisecond

// entry is a directory of the cache: it is there, whole, or it is not there.
type entry struct {
	dir   string
	files []string // executables that must be in it, relative to dir
}

// whole tells whether the entry is there; a file that somebody removed or that
// lost its mode makes it not so.
func (e entry) whole() bool {
	for _, file := range e.files {
		if !executable(filepath.Join(e.dir, file)) {
			return false
		}
	}
	return true
}

// ensure makes the entry unless it is there. make fills a directory that becomes
// the entry by a rename, so that a build that is cut off leaves nothing that
// looks finished. Of several processes one builds, and the others wait.
func (e entry) ensure(ctx context.Context, r *reporter, step string, make func(ctx context.Context, out string) error) error {
	if e.whole() {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(e.dir), 0o755); err != nil {
		return describe(err, step, e.dir)
	}
	defer r.beat()()
	unlock, err := lock(ctx, e.dir+".lock", func() { r.step("wait for another process: "+step, 0) })
	if err != nil {
		return describe(err, step, e.dir)
	}
	defer unlock()
	if e.whole() {
		return nil
	}
	return describe(e.build(ctx, make), step, e.dir)
}

// build runs under the lock.
func (e entry) build(ctx context.Context, make func(ctx context.Context, out string) error) (err error) {
	staging := e.dir + ".building"
	// What a killed build, or a user who removed a file, left.
	for _, left := range []string{staging, e.dir} {
		if err := os.RemoveAll(left); err != nil {
			return err
		}
	}
	defer func() { err = errors.Join(err, os.RemoveAll(staging)) }()
	if err := os.Mkdir(staging, 0o755); err != nil {
		return err
	}
	if err := make(ctx, staging); err != nil {
		return err
	}
	return os.Rename(staging, e.dir)
}

// lock waits for a lock file; the kernel gives it up if its holder dies. waiting
// is called once if somebody else holds it.
func lock(ctx context.Context, path string, waiting func()) (unlock func(), err error) {
	tick := time.NewTicker(lockPoll)
	defer tick.Stop()
	for told := false; ; told = true {
		file, err := filelock.Lock(path)
		if err == nil {
			return func() { _ = file.Close() }, nil
		}
		if !errors.Is(err, filelock.ErrHeld) {
			return nil, err
		}
		if !told {
			waiting()
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// describe names the step of errors that do not do so themselves.
func describe(err error, step, dir string) error {
	var disk *DiskFullError
	var tool *ToolchainError
	var build *BuildError
	switch {
	case err == nil, errors.As(err, &disk), errors.As(err, &tool), errors.As(err, &build):
		return err
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return &DiskFullError{Step: step, Dir: dir}
	case errors.Is(err, os.ErrPermission), errors.Is(err, syscall.EROFS):
		return fmt.Errorf("%s: %w: set XDG_CACHE_HOME to a directory that you can write to", step, err)
	default:
		return fmt.Errorf("%s: %w", step, err)
	}
}

func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o100 != 0
}
