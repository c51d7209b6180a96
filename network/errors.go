package network

import (
	"errors"
	"fmt"
	"strings"

	"github.com/countersign-ledger/countersign/network/internal/process"
)

// ErrOrphaned is what [Network.Err] gives when the go tool that ran this program
// (go run, go test) is gone: the network then stops by itself.
var ErrOrphaned = errors.New("network: the go command that started this program is gone")

// ErrUnknown means that the network has no such organisation or node.
var ErrUnknown = errors.New("network: no such organisation or node")

// ErrPreset means that no topology has this name.
var ErrPreset = errors.New("network: no such preset")

// ErrNoLeader means that no orderer is known to lead.
var ErrNoLeader = errors.New("network: no orderer leads")

// ErrFewFiles means that this process may open too few files for its nodes.
var ErrFewFiles = errors.New("network: the limit of open files is too low")

// ErrPlatform means that networks run on Linux only (on Windows, WSL 2).
var ErrPlatform = process.ErrPlatform

// ErrNotRunning means that the network has been stopped.
var ErrNotRunning = errors.New("network: it has been stopped")

// ErrNodeStopped means that a node which the call needs does not run.
var ErrNodeStopped = errors.New("network: a node does not run")

// StartError says which step of [Start] failed. It wraps the cause.
type StartError struct {
	// Step is the step as [Event] names it.
	Step string
	// Err is the cause; a [*NodeError] when a node died.
	Err error
}

// Error names the step and its cause, and what to do when the disk is full.
func (e *StartError) Error() string {
	text := fmt.Sprintf("network: %s: %v", e.Step, e.Err)
	// A node that dies of it says so in its log only.
	if strings.Contains(text, diskFull) {
		text += ": free some space, or name a directory on another disk"
	}
	return text
}

// diskFull is the text of ENOSPC.
const diskFull = "no space left on device"

// Unwrap gives the cause.
func (e *StartError) Unwrap() error { return e.Err }

// NodeError says that a node failed: it ended by itself, or does not do what it
// should. Its text ends with the lines of the node's log that explain it.
type NodeError struct {
	// Node is the node's name, as in [NodeStatus].
	Node string
	// Log is the path of the node's log. It is gone when the network's temporary
	// directory is.
	Log string
	// Err is the cause, with the end of the log.
	Err error
}

// Error is the cause's text, which names the node.
func (e *NodeError) Error() string { return e.Err.Error() }

// Unwrap gives the cause.
func (e *NodeError) Unwrap() error { return e.Err }

// PortError says that a port which the topology fixes is taken.
type PortError struct {
	Port int
	Node string
}

// Error says what to do.
func (e *PortError) Error() string {
	return fmt.Sprintf("network: port %d of %s is taken: end the program that listens on 127.0.0.1:%d, or give another port (0 for a free one)", e.Port, e.Node, e.Port)
}

// DirectoryError says why a directory cannot hold the network.
type DirectoryError struct {
	Dir    string
	Reason string
	// Err is what the system says, such as fs.ErrPermission; nil if it was not asked.
	Err error
}

// Error says what to do.
func (e *DirectoryError) Error() string {
	return fmt.Sprintf("network: directory %s: %s", e.Dir, e.Reason)
}

// Unwrap gives what the system says.
func (e *DirectoryError) Unwrap() error { return e.Err }
