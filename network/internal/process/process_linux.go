package process

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

const (
	// gracePeriod is how long a child may take to end after SIGTERM. Fabric's
	// peer takes under half a second.
	gracePeriod = 5 * time.Second
	// killPeriod is how long the kernel may take to end a child after SIGKILL;
	// only one that hangs in a system call takes longer.
	killPeriod = 10 * time.Second
)

// Process is one child of a [Group].
type Process struct {
	name     string
	pid      int
	logFile  string
	logBegin int64
	done     chan struct{}

	mu     sync.Mutex
	ended  bool  // reaped: the pid may belong to somebody else
	asked  bool  // Stop or Kill was called before it ended
	result error // why it ended, if nobody asked
}

// Name is the child's name, as in [Spec].
func (p *Process) Name() string { return p.name }

// PID is the child's process id, also after it has ended.
func (p *Process) PID() int { return p.pid }

// Done is closed when the child has ended, for whatever reason.
func (p *Process) Done() <-chan struct{} { return p.done }

// Err says why the child ended: an [*ExitError] if it ended by itself, whatever
// its status, since children are servers that should run until told to stop. It
// is nil while the child runs, and after Stop or Kill ended it.
func (p *Process) Err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.result
}

// Stop ends the child: SIGTERM, then SIGKILL after 5 seconds or when ctx ends.
// It returns when the child has ended; nil also when it had ended before. The
// only error is that of a child which even SIGKILL does not end.
func (p *Process) Stop(ctx context.Context) error {
	p.signal(syscall.SIGTERM)
	grace := time.NewTimer(gracePeriod)
	defer grace.Stop()
	select {
	case <-p.done:
		return nil
	case <-grace.C:
	case <-ctx.Done():
	}
	return p.Kill()
}

// Kill ends the child with SIGKILL, as a crash would, and returns when it has
// ended; see Stop for the error.
func (p *Process) Kill() error {
	p.signal(syscall.SIGKILL)
	limit := time.NewTimer(killPeriod)
	defer limit.Stop()
	select {
	case <-p.done:
		return nil
	case <-limit.C:
		return fmt.Errorf("%s (pid %d) has not ended %s after SIGKILL", p.name, p.pid, killPeriod)
	}
}

// Freeze keeps the child from running, as a machine that hangs would, until
// [Process.Thaw]; one that has ended stays so. Its connections stay open and answer
// nothing. Stop and Kill end a frozen child, too.
func (p *Process) Freeze() { p.send(syscall.SIGSTOP, false) }

// Thaw lets a frozen child run again.
func (p *Process) Thaw() { p.send(syscall.SIGCONT, false) }

// signal ends the child. A frozen one would not hear of it.
func (p *Process) signal(s syscall.Signal) {
	p.send(s, true)
	p.send(syscall.SIGCONT, true)
}

// send reaches the child and whatever it started itself, for they share its
// process group. It holds the lock, so that a reaped pid is never signalled.
func (p *Process) send(s syscall.Signal, toEnd bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return
	}
	p.asked = p.asked || toEnd
	// ESRCH means that it is ending right now.
	_ = syscall.Kill(-p.pid, s)
}

// wait reaps the child and records why it ended.
func (p *Process) wait(cmd *exec.Cmd) {
	defer close(p.done)
	err := cmd.Wait()

	p.mu.Lock()
	p.ended = true
	asked := p.asked
	p.mu.Unlock()
	if asked {
		return
	}

	failure := &ExitError{Name: p.name, Status: status(err), LogFile: p.logFile}
	if failure.Status != killed { // who is killed has no time to say so
		failure.Tail, _ = explain(p.logFile, p.logBegin) // without a log, the status has to do
	}
	p.mu.Lock()
	p.result = failure
	p.mu.Unlock()
}

func status(err error) string {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return "exit status 0"
	case errors.As(err, &exit):
		return exit.String()
	default:
		return err.Error()
	}
}
