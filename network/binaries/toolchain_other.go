//go:build !linux

package binaries

import "os/exec"

// dieWithOwner does nothing where there is no parent-death signal.
func dieWithOwner(*exec.Cmd) {}
