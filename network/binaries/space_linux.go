package binaries

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
)

// freeBytes is the room on the disk that a directory is on, or will be.
func freeBytes(dir string) (free int64, known bool) {
	var disk syscall.Statfs_t
	for {
		err := syscall.Statfs(dir, &disk)
		if err == nil {
			return int64(disk.Bavail) * int64(disk.Bsize), true //nolint:unconvert // Bsize's type differs between processors
		}
		parent := filepath.Dir(dir)
		if !errors.Is(err, os.ErrNotExist) || parent == dir {
			return 0, false
		}
		dir = parent
	}
}
