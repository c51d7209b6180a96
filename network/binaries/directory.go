package binaries

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	"github.com/countersign-ledger/countersign/network/cmd"
)

const (
	// wanted is what a directory of binaries may hold: later fixes of the same
	// minor version are fine, another minor version has not been tried.
	wanted     = "v3.1.1 or a later v3.1.x"
	firstPatch = 1
	// versionLimit is how long a program may take to print its version.
	versionLimit = 20 * time.Second
)

var (
	printedVersion = regexp.MustCompile(`(?m)^\s*Version:\s*(\S+)`)
	goodVersion    = regexp.MustCompile(`^v?3\.1\.(\d+)$`)
)

// fromDir takes the programs from a directory that the user names.
func fromDir(ctx context.Context, dir string, r *reporter) (*Set, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	set := &Set{Dir: dir, Peer: filepath.Join(dir, "peer"), Orderer: filepath.Join(dir, "orderer")}
	r.step("check the version of the programs in "+dir, 0)
	for _, program := range []string{set.Peer, set.Orderer} {
		if set.Version, err = checkVersion(ctx, program); err != nil {
			return nil, err
		}
	}
	set.Builder, err = builderFor(ctx, dir, r)
	return set, err
}

var errNoVersion = errors.New("it printed none")

func checkVersion(ctx context.Context, program string) (string, error) {
	if !executable(program) {
		return "", fmt.Errorf("%s: %w there: name the directory that holds Fabric's peer and orderer", program, ErrNotFound)
	}
	ctx, cancel := context.WithTimeout(ctx, versionLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, "version")
	dieWithOwner(cmd)
	cmd.WaitDelay = time.Second
	var output []byte
	err := onOneThread(func() (err error) {
		output, err = cmd.CombinedOutput()
		return err
	})
	if ctx.Err() != nil {
		return "", fmt.Errorf("%s does not tell its version: %w", program, context.Cause(ctx))
	}
	found := printedVersion.FindSubmatch(output)
	if found == nil {
		if err == nil {
			err = errNoVersion
		}
		return "", fmt.Errorf("%s does not tell its version (%w): name a directory that holds Fabric's peer and orderer, %s", program, err, wanted)
	}
	version := string(found[1])
	parts := goodVersion.FindStringSubmatch(version)
	if parts != nil {
		if patch, err := strconv.Atoi(parts[1]); err == nil && patch >= firstPatch {
			return version, nil
		}
	}
	return "", &VersionError{Path: program, Found: version, Want: wanted}
}

// builderFor finds an external builder beside the programs, where a Fabric
// release or Ensure puts it, else builds ours, which takes a second and no
// download.
func builderFor(ctx context.Context, dir string, r *reporter) (string, error) {
	for _, candidate := range []string{filepath.Join(dir, "ccaas"), filepath.Join(filepath.Dir(dir), "builders", "ccaas")} {
		e := entry{dir: filepath.Dir(candidate), files: builderPrograms}
		if e.whole() {
			return candidate, nil
		}
	}
	cache, err := cacheDir()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(cmd.CCAASBuilder)
	e := entry{dir: filepath.Join(cache, "builder", hex.EncodeToString(sum[:6])), files: builderPrograms}
	const step = "compile the external builder"
	err = e.ensure(ctx, r, step, func(ctx context.Context, out string) error {
		r.step(step, 0)
		source := filepath.Join(out, "source")
		if err := writeModule(source); err != nil {
			return err
		}
		compile := goCommand{step: step, dir: source, cache: cache, instead: insteadOfBuilder}
		if err := compile.run(ctx, "build", "-buildvcs=false", "-ldflags", "-s -w", "-o", out+string(filepath.Separator), "./"+builderName); err != nil {
			return err
		}
		if err := os.RemoveAll(source); err != nil {
			return err
		}
		return installBuilder(out)
	})
	return filepath.Join(e.dir, "ccaas"), err
}
