package process

import (
	"errors"
	"fmt"
	"strings"
)

// ErrPlatform is returned on any system but Linux. Processes that die with
// their owner need the kernel's parent-death signal, which only Linux has.
var ErrPlatform = errors.New("a local Fabric network runs on Linux only: on Windows use WSL 2, on macOS a Linux virtual machine")

// ErrStopped is returned by [Group.Start] once [Group.Stop] has been called.
var ErrStopped = errors.New("the process group has been stopped")

// killed is the status of a child that SIGKILL ended.
const killed = "signal: killed"

// ExitError says that a child ended without having been told to. It is what
// [Process.Err] returns.
type ExitError struct {
	// Name is the child's name, as in Spec.Name.
	Name string
	// Status is how it ended: "exit status 1", "signal: killed".
	Status string
	// Tail holds the last lines of its log that explain the end, oldest first,
	// without colours; empty if it wrote nothing or was killed.
	Tail []string
	// LogFile is where the whole log is.
	LogFile string
}

// Error is one line if the log's explanation is one line, otherwise the
// explanation follows indented.
func (e *ExitError) Error() string {
	head := fmt.Sprintf("%s ended by itself (%s)", e.Name, e.Status)
	switch len(e.Tail) {
	case 0:
		if e.Status == killed {
			return head + ": somebody killed it, or memory ran out; its log is " + e.LogFile
		}
		return head + "; its log says nothing: " + e.LogFile
	case 1:
		return head + ": " + e.Tail[0]
	default:
		return head + "; its log " + e.LogFile + " says:\n  " + strings.Join(e.Tail, "\n  ")
	}
}
