package binaries

import (
	"errors"
	"fmt"
	"strings"
)

// ErrNotFound means that a directory named by the user lacks a program.
var ErrNotFound = errors.New("no such program")

// ToolchainError says that there is no Go toolchain, or too old a one.
type ToolchainError struct {
	// Found is the version found, empty if there is none.
	Found string
	// Instead is what does without the toolchain, a phrase such as "name a ...".
	Instead string
}

// Error says what to do, in one line.
func (e *ToolchainError) Error() string {
	found := "the go command is not in PATH"
	if e.Found != "" {
		found = "the go command is " + e.Found
	}
	return fmt.Sprintf("%s: install Go %s or later (https://go.dev/dl), or %s", found, minimumGo, e.Instead)
}

// What does without the toolchain.
const (
	insteadOfFabric    = "name a directory with Fabric's programs (--fabric-bin or " + DirVariable + ")"
	insteadOfBuilder   = "name the bin folder of a Fabric release with its builders folder beside it"
	insteadOfChaincode = "name a chaincode server that is built (--chaincode-bin)"
)

// DiskFullError says that there is no room left to build.
type DiskFullError struct {
	// Step is what was being done.
	Step string
	// Dir is where there is too little room, as far as known.
	Dir string
}

// Error says what to do, in one line.
func (e *DiskFullError) Error() string {
	return fmt.Sprintf("%s: the disk is full: free about 2 GB on that of %s, and on those of the Go caches (go env GOMODCACHE GOCACHE) and of the temporary directory, then try again", e.Step, e.Dir)
}

// BuildError says that the Go toolchain failed.
type BuildError struct {
	// Step is what was being done, such as "compile Fabric v3.1.1".
	Step string
	// Tail holds the last lines that the toolchain wrote.
	Tail []string
	// Err is how it ended.
	Err error
}

// Error is one line if the toolchain wrote one.
func (e *BuildError) Error() string {
	switch len(e.Tail) {
	case 0:
		return fmt.Sprintf("%s: %v", e.Step, e.Err)
	case 1:
		return fmt.Sprintf("%s: %s", e.Step, e.Tail[0])
	default:
		return fmt.Sprintf("%s: %v:\n  %s", e.Step, e.Err, strings.Join(e.Tail, "\n  "))
	}
}

// Unwrap gives how the toolchain ended.
func (e *BuildError) Unwrap() error { return e.Err }

// VersionError says that a program named by the user is not of a version that
// works here.
type VersionError struct {
	// Path is the program.
	Path string
	// Found is the version it reports, Want the one that is needed.
	Found, Want string
}

// Error names both versions and says what to do, in one line.
func (e *VersionError) Error() string {
	return fmt.Sprintf("%s reports version %s, but %s is needed: name another directory, or none to have Fabric built", e.Path, e.Found, e.Want)
}
