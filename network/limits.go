package network

import "fmt"

const (
	// leastSpace is what a network needs to start and to run for a while: an orderer
	// alone sets 128 MB aside for its log.
	leastSpace = 256 << 20
	// noSpace is so little that nodes cannot even write their logs.
	noSpace = 1 << 20
	// leastFiles is how many files a node may need to open: a peer that starts has
	// some 60 open, and more with each block file and client.
	leastFiles = 256
)

// enoughFiles refuses a limit at which nodes start and then fail, or hang, at
// some connection.
func enoughFiles() error {
	if most, ok := openFiles(); ok && most < leastFiles {
		return fmt.Errorf("%w: %d, a network needs %d: raise it (ulimit -Hn) and try again", ErrFewFiles, most, leastFiles)
	}
	return nil
}

// enoughSpace refuses a directory on a disk that is nearly full: nodes would stop
// in the middle of something, often without a word, for their logs are there, too.
func enoughSpace(dir string) error {
	if free, ok := freeSpace(dir); ok && free < leastSpace {
		return &DirectoryError{Dir: dir, Reason: fmt.Sprintf(
			"%s (%d MB left, a network needs %d): free some space, or name a directory on another disk", diskFull, free>>20, leastSpace>>20)}
	}
	return nil
}

// diskFullError adds to a failure that the disk is full, which is why no log
// explains it.
func diskFullError(dir string, err error) error {
	if free, ok := freeSpace(dir); ok && free < noSpace {
		return fmt.Errorf("%s: %s: %w", dir, diskFull, err)
	}
	return err
}
