//go:build !linux

package process

import "context"

// Group cannot start anything on this system; see [ErrPlatform].
type Group struct{}

// Process does not occur on this system.
type Process struct{}

// Spec says what to run; see the Linux version.
type Spec struct {
	Name, Path string
	Args, Env  []string
	Dir        string
	LogFile    string
}

// NewGroup returns a group whose Start returns [ErrPlatform].
func NewGroup() *Group { return &Group{} }

// Start returns [ErrPlatform].
func (g *Group) Start(Spec) (*Process, error) { return nil, ErrPlatform }

// Stop does nothing.
func (g *Group) Stop(context.Context) error { return nil }

// Name is empty.
func (p *Process) Name() string { return "" }

// PID is 0.
func (p *Process) PID() int { return 0 }

// Done is nil.
func (p *Process) Done() <-chan struct{} { return nil }

// Err returns [ErrPlatform].
func (p *Process) Err() error { return ErrPlatform }

// Stop does nothing.
func (p *Process) Stop(context.Context) error { return nil }

// Kill does nothing.
func (p *Process) Kill() error { return nil }

// Freeze does nothing.
func (p *Process) Freeze() {}

// Thaw does nothing.
func (p *Process) Thaw() {}

// OnOrphaned never calls fn.
func OnOrphaned(func()) (stop func()) { return func() {} }

// Sweep does nothing.
func Sweep(string) {}

// TempDir returns [ErrPlatform].
func TempDir(string) (string, func() error, error) { return "", nil, ErrPlatform }
