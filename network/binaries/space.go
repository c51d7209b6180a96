package binaries

import (
	"context"
	"os"
)

const (
	// programBytes is room for one program while it is linked: the largest is
	// 32 MB, and there is one in the toolchain's temporary directory, too.
	programBytes = 70 << 20
	// packageBytes is what one compiled package takes in the toolchain's cache,
	// measured over Fabric: 459 MB for 815.
	packageBytes = 600 << 10
)

// roomFor returns a [*DiskFullError] if programs cannot be built from so many
// packages that are not compiled yet. Without this look the toolchain would go on
// for minutes without its cache, and fail when it links.
func roomFor(ctx context.Context, g goCommand, programs, packages int) error {
	var goCache string
	ask := g
	ask.line, ask.output = nil, func(line string) { goCache = line }
	if err := ask.run(ctx, "env", "GOCACHE"); err != nil {
		return err
	}
	compiled := int64(packages) * packageBytes
	linked := int64(programs) * programBytes
	for _, need := range []struct {
		dir   string
		bytes int64
	}{{g.cache, linked}, {goCache, compiled}, {os.TempDir(), linked + compiled/2}} {
		if free, known := freeBytes(need.dir); known && free < need.bytes {
			return &DiskFullError{Step: g.step, Dir: need.dir}
		}
	}
	return nil
}
