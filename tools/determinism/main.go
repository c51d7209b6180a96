// Command determinism reports what could make two endorsers of a transaction
// disagree. Without packages it looks at all that the chaincode server links:
//
//	go run -C tools ./determinism
//
// With packages, from the folder that -C names:
//
//	go run -C tools ./determinism -C .. ./chaincode/product
//
// It exits with 3 when there is something to report.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"golang.org/x/tools/go/analysis/singlechecker"
)

const (
	module = "github.com/countersign-ledger/countersign/"
	server = "./chaincode/cmd/countersigncc"
	wiring = module + "chaincode/cmd/" // starts a server: it has processes, files and goroutines to handle
)

func main() {
	packages, err := arguments(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "determinism:", err)
		os.Exit(1)
	}
	os.Args = append([]string{os.Args[0], "-test=false"}, packages...)
	flag.CommandLine = flag.NewFlagSet("determinism", flag.ExitOnError)
	singlechecker.Main(Analyzer)
}

// arguments changes to the folder that is named and returns the packages.
func arguments(args []string) ([]string, error) {
	flags := flag.NewFlagSet("determinism", flag.ContinueOnError)
	dir := flags.String("C", "..", "the `folder` of the module")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	if err := os.Chdir(*dir); err != nil {
		return nil, err
	}
	if flags.NArg() > 0 {
		return flags.Args(), nil
	}
	return linked(".")
}

// linked returns the module's packages that the chaincode server links, but for
// its main.
func linked(dir string) ([]string, error) {
	cmd := exec.Command("go", "list", "-deps", server)
	cmd.Dir = dir
	out, err := cmd.Output()
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		return nil, fmt.Errorf("go list: %s", failed.Stderr)
	}
	if err != nil {
		return nil, err
	}
	var packages []string
	for path := range strings.FieldsSeq(string(out)) {
		if strings.HasPrefix(path, module) && !strings.HasPrefix(path, wiring) {
			packages = append(packages, path)
		}
	}
	return packages, nil
}
