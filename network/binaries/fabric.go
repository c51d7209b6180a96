package binaries

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/countersign-ledger/countersign/network/cmd"
	"github.com/countersign-ledger/countersign/network/internal/process"
)

const (
	fabricModule = "github.com/hyperledger/fabric"
	// fabricCommit is the commit of Version, as the embedded module file pins it.
	fabricCommit = "435a7f1a780a"
	builderName  = "ccaasbuilder"
)

// The module file that builds Fabric. The names end in .txt so that no Go module
// begins here, and no file of this module is left out because of it.
//
//go:embed fabric/go.mod.txt fabric/go.sum.txt fabric/tools.go.txt
var moduleFiles embed.FS

var (
	fabricPackages  = []string{fabricModule + "/cmd/peer", fabricModule + "/cmd/orderer"}
	builderPrograms = []string{"ccaas/bin/detect", "ccaas/bin/build", "ccaas/bin/release"}
)

// fromCache returns the programs of the cache, building them if need be.
func fromCache(ctx context.Context, r *reporter) (*Set, error) {
	if runtime.GOOS != "linux" {
		return nil, process.ErrPlatform
	}
	cache, err := cacheDir()
	if err != nil {
		return nil, err
	}
	key, err := cacheKey()
	if err != nil {
		return nil, err
	}
	e := entry{
		dir:   filepath.Join(cache, "fabric", Version+"-"+key),
		files: append([]string{"peer", "orderer"}, builderPrograms...),
	}
	err = e.ensure(ctx, r, "build Fabric "+Version, func(ctx context.Context, out string) error {
		return buildFabric(ctx, r, out)
	})
	if err != nil {
		return nil, err
	}
	return &Set{
		Dir:     e.dir,
		Peer:    filepath.Join(e.dir, "peer"),
		Orderer: filepath.Join(e.dir, "orderer"),
		Builder: filepath.Join(e.dir, "ccaas"),
		Version: Version,
	}, nil
}

// cacheKey changes with everything that goes into the programs.
func cacheKey() (string, error) {
	sum := sha256.New()
	_, _ = fmt.Fprintf(sum, "%s %s/%s\n%s\n", Version, runtime.GOOS, runtime.GOARCH, cmd.CCAASBuilder)
	entries, err := moduleFiles.ReadDir("fabric")
	if err != nil {
		return "", err
	}
	for _, entry := range entries {
		content, err := moduleFiles.ReadFile("fabric/" + entry.Name())
		if err != nil {
			return "", err
		}
		_, _ = fmt.Fprintf(sum, "%s %d\n%s", entry.Name(), len(content), content)
	}
	return hex.EncodeToString(sum.Sum(nil))[:12], nil
}

// buildFabric builds peer, orderer and the external builder into out.
func buildFabric(ctx context.Context, r *reporter, out string) error {
	source := filepath.Join(out, "source")
	if err := writeModule(source); err != nil {
		return err
	}
	packages := append([]string{"./" + builderName}, fabricPackages...)

	// Loading the packages downloads their modules; those that are not compiled
	// yet are what there is to do.
	step := "download Fabric " + Version
	r.step(step, 0)
	stale := 0
	load := goCommand{
		step: step, dir: source, cache: filepath.Dir(out), instead: insteadOfFabric,
		line:   func(line string) { countDownload(r, line) },
		output: func(string) { stale++ },
	}
	if err := load.run(ctx, append([]string{"list", "-deps", "-f", "{{if .Stale}}{{.ImportPath}}{{end}}"}, packages...)...); err != nil {
		return err
	}

	step = "compile Fabric " + Version
	r.step(step, stale)
	compile := goCommand{step: step, dir: source, cache: filepath.Dir(out), instead: insteadOfFabric, line: func(line string) {
		if chatter(line) {
			r.advance()
		}
	}}
	if err := roomFor(ctx, compile, len(packages), stale); err != nil {
		return err
	}
	stamp := fmt.Sprintf("-s -w -X %[1]s/common/metadata.Version=%[2]s -X %[1]s/common/metadata.CommitSHA=%[3]s", fabricModule, Version, fabricCommit)
	args := append([]string{"build", "-v", "-buildvcs=false", "-ldflags", stamp, "-o", out + string(filepath.Separator)}, packages...)
	if err := compile.run(ctx, args...); err != nil {
		return err
	}
	if err := os.RemoveAll(source); err != nil {
		return err
	}
	return installBuilder(out)
}

func writeModule(dir string) error {
	if err := os.MkdirAll(filepath.Join(dir, builderName), 0o755); err != nil {
		return err
	}
	for _, name := range []string{"go.mod", "go.sum", "tools.go"} {
		content, err := moduleFiles.ReadFile("fabric/" + name + ".txt")
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(dir, builderName, "main.go"), cmd.CCAASBuilder, 0o644)
}

// installBuilder puts the external builder under the names that a peer calls.
func installBuilder(out string) error {
	built := filepath.Join(out, builderName)
	for _, program := range builderPrograms {
		target := filepath.Join(out, program)
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		if err := os.Link(built, target); err == nil {
			continue
		}
		// Some file systems have no hard links.
		if err := copyExecutable(built, target); err != nil {
			return err
		}
	}
	return os.Remove(built)
}

func copyExecutable(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if closeErr := out.Close(); err == nil {
		err = closeErr
	}
	return err
}

// countDownload counts the modules that the go command says it downloads.
func countDownload(r *reporter, line string) {
	if strings.HasPrefix(line, "go: downloading ") {
		r.advance()
	}
}
