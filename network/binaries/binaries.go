package binaries

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Version is the version of Fabric that is built.
const Version = "v3.1.1"

// DirVariable is the environment variable that names a directory of binaries.
const DirVariable = "COUNTERSIGN_FABRIC_BIN"

// Set is where the programs are. All paths are absolute.
type Set struct {
	// Dir holds them.
	Dir string
	// Peer and Orderer are Fabric's executables.
	Peer, Orderer string
	// Builder is a directory with bin/detect, bin/build and bin/release: a path
	// for the peer's chaincode.externalBuilders.
	Builder string
	// Version is what they report, such as "v3.1.1".
	Version string
}

// Options says where the programs come from. The zero value means: the
// directory in COUNTERSIGN_FABRIC_BIN, else built into the user's cache.
type Options struct {
	// Dir is a directory with peer and orderer, such as the bin folder of a Fabric
	// release. It wins over COUNTERSIGN_FABRIC_BIN.
	Dir string
	// Progress is told what happens, at least once a second and one call at a
	// time. It must not block for long.
	Progress func(Progress)
}

// Progress is how far a build is.
type Progress struct {
	// Step is what is being done, a phrase for people.
	Step string
	// Done and Total count modules downloaded or packages compiled. Total is 0
	// when it is not known.
	Done, Total int
	// Elapsed is the time since the call.
	Elapsed time.Duration
}

// Ensure returns Fabric's programs. The first call on a machine downloads and
// compiles them (a minute on two cores, and about 2 GB in Go's caches); two
// processes that call it at once build once. When ctx ends, so does the build.
//
// Errors: [*ToolchainError], [*DiskFullError], [*BuildError]; for a directory
// named by the user [ErrNotFound] and [*VersionError]; that of ctx; and those of
// package os about the cache directory.
func Ensure(ctx context.Context, o Options) (*Set, error) {
	dir := o.Dir
	if dir == "" {
		dir = os.Getenv(DirVariable)
	}
	r := newReporter(o.Progress)
	if dir != "" {
		return fromDir(ctx, dir, r)
	}
	return fromCache(ctx, r)
}

// cacheDir is where everything that is built here lies.
func cacheDir() (string, error) {
	base, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("no place to build in: %w: set one of them", err)
	}
	return filepath.Join(base, "countersign"), nil
}
