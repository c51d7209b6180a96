package binaries

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	chaincodePackage = "./chaincode/cmd/countersigncc"
	chaincodeName    = "countersigncc"
	// chaincodesKept is how many builds stay in the cache: networks that run may
	// start theirs again.
	chaincodesKept = 5
)

// Chaincode builds Countersign's chaincode server from the source of this very
// module, wherever it lies: a checkout, or the module cache when another module
// uses this one. It returns the path of an executable that does not change; a
// changed source gives another path. Building again takes under a second.
//
// Errors: those of [Ensure], and a [*BuildError] if the source cannot be found.
func Chaincode(ctx context.Context, progress func(Progress)) (path string, err error) {
	r := newReporter(progress)
	defer r.beat()()
	const step = "compile the chaincode server"
	cache, err := cacheDir()
	if err != nil {
		return "", err
	}
	r.step("find the chaincode's source", 0)
	source, err := moduleDir(ctx, cache)
	if err != nil {
		return "", err
	}
	// One build for each source directory at a time; the go command leaves the
	// executable alone if nothing has changed.
	place := sha256.Sum256([]byte(source))
	dir := filepath.Join(cache, "chaincode", hex.EncodeToString(place[:6]))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", describe(err, step, cache)
	}
	unlock, err := lock(ctx, filepath.Join(dir, "lock"), func() { r.step("wait for another process: "+step, 0) })
	if err != nil {
		return "", describe(err, step, cache)
	}
	defer unlock()
	r.step(step, 0)
	latest := filepath.Join(dir, "latest")
	compile := goCommand{step: step, dir: source, cache: cache, instead: insteadOfChaincode, line: func(line string) {
		if chatter(line) {
			r.advance()
		}
	}}
	// How much is compiled already is not worth another second to find out.
	if err := roomFor(ctx, compile, 1, 0); err != nil {
		return "", err
	}
	if err := compile.run(ctx, "build", "-v", "-buildvcs=false", "-o", latest, chaincodePackage); err != nil {
		return "", err
	}
	path, err = freeze(dir, latest)
	return path, describe(err, step, cache)
}

// freeze gives the latest build a name that depends on its content, so that a
// running network keeps the build it began with.
func freeze(dir, latest string) (string, error) {
	digest, err := digestOf(latest)
	if err != nil {
		return "", err
	}
	frozen := filepath.Join(dir, digest, chaincodeName)
	if executable(frozen) {
		now := time.Now()
		return frozen, os.Chtimes(filepath.Dir(frozen), now, now)
	}
	if err := os.MkdirAll(filepath.Dir(frozen), 0o755); err != nil {
		return "", err
	}
	if err := copyExecutable(latest, frozen+".new"); err != nil {
		return "", errors.Join(err, os.Remove(frozen+".new"))
	}
	if err := os.Rename(frozen+".new", frozen); err != nil {
		return "", err
	}
	return frozen, prune(dir)
}

func digestOf(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil))[:16], nil
}

// prune removes all but the builds used last.
func prune(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	type build struct {
		path string
		used time.Time
	}
	var builds []build
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil && entry.IsDir() {
			builds = append(builds, build{filepath.Join(dir, entry.Name()), info.ModTime()})
		}
	}
	slices.SortFunc(builds, func(a, b build) int { return b.used.Compare(a.used) })
	var errs []error
	for _, old := range builds[min(len(builds), chaincodesKept):] {
		errs = append(errs, os.RemoveAll(old.path))
	}
	return errors.Join(errs...)
}

// listed is what the go command says about a module.
type listed struct{ Path, Dir string }

// askForModule asks the go command, in a directory, where a module is.
func askForModule(ctx context.Context, cache, dir string, args ...string) (string, error) {
	var output strings.Builder
	ask := goCommand{step: "find the chaincode's source", dir: dir, cache: cache, instead: insteadOfChaincode, output: func(line string) {
		output.WriteString(line + "\n")
	}}
	if err := ask.run(ctx, args...); err != nil {
		return "", withHint(err)
	}
	var found listed
	if err := json.Unmarshal([]byte(output.String()), &found); err != nil {
		return "", &BuildError{Step: ask.step, Err: err}
	}
	return found.Dir, nil
}

// withHint tells what to do when the go command does not know this module.
func withHint(err error) error {
	var failed *BuildError
	if errors.As(err, &failed) {
		failed.Tail = append(failed.Tail, sourceHint)
	}
	return err
}
