package binaries

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
)

// modulePath is this module's.
const modulePath = "github.com/countersign-ledger/countersign"

const sourceHint = "the source of " + modulePath + " is needed to build its chaincode server: run inside a module that requires it, or name a chaincode server of your own (--chaincode-bin)"

// moduleDir finds the source of this module. It looks where this very file was
// compiled from, since that is the source whose other half runs already: a
// checkout or the module cache. If that is not there (built with -trimpath, on
// another machine, or from a vendor folder), it takes the version that this
// program was built with from the module cache, and last asks the go command
// about the module in the working directory.
func moduleDir(ctx context.Context, cache string) (string, error) {
	if _, file, _, ok := runtime.Caller(0); ok && filepath.IsAbs(file) {
		// network/binaries/source.go
		if dir := filepath.Dir(filepath.Dir(filepath.Dir(file))); isThisModule(dir) {
			return dir, nil
		}
	}
	if version := builtVersion(); version != "" {
		// Outside any module, so that no go.mod of the user's has a say.
		return askForModule(ctx, cache, os.TempDir(), "mod", "download", "-json", modulePath+"@"+version)
	}
	dir, err := askForModule(ctx, cache, "", "list", "-m", "-json", modulePath)
	if err == nil && !isThisModule(dir) {
		err = &BuildError{Step: "find the chaincode's source", Tail: []string{sourceHint}}
	}
	return dir, err
}

func isThisModule(dir string) bool {
	content, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil || modfile.ModulePath(content) != modulePath {
		return false
	}
	_, err = os.Stat(filepath.Join(dir, filepath.FromSlash(strings.TrimPrefix(chaincodePackage, "./"))))
	return err == nil
}

// builtVersion is the version of this module that the program was built with,
// empty if it was built from a checkout.
func builtVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, m := range append([]*debug.Module{&info.Main}, info.Deps...) {
		if m.Path != modulePath {
			continue
		}
		if m.Replace != nil {
			m = m.Replace
		}
		// A checkout is "(devel)", or stamped with "+dirty" and the like.
		if m.Path == modulePath && module.Check(m.Path, m.Version) == nil && !strings.Contains(m.Version, "+") {
			return m.Version
		}
	}
	return ""
}
