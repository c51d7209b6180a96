package network

import "syscall"

// openFiles is how many files a child may open. It is the hard limit: Go programs,
// as all nodes are, raise their own to it.
func openFiles() (most uint64, ok bool) {
	var limit syscall.Rlimit
	err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit)
	return limit.Max, err == nil
}

// freeSpace is how many bytes the user can still write where a directory lies;
// ok is false when that is not known.
func freeSpace(dir string) (bytes uint64, ok bool) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil || s.Bsize < 0 {
		return 0, false
	}
	return s.Bavail * uint64(s.Bsize), true
}
