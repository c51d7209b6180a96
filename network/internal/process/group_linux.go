package process

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
)

// Group owns child processes. Start one group for each network, and Stop it.
// Its methods may be called from several goroutines.
type Group struct {
	mu       sync.Mutex // held while a child is being started
	children []*Process // in order of start
	forks    chan fork  // to the thread that forks; nil until the first Start
	ended    chan struct{}
	stopped  bool
}

type fork struct {
	cmd    *exec.Cmd
	result chan<- error
}

// NewGroup returns an empty group. It takes no resources before the first Start.
func NewGroup() *Group { return &Group{} }

// Spec says what to run.
type Spec struct {
	// Name is what messages call the child: "peer of carrier".
	Name string
	// Path is the executable; it is not searched in PATH.
	Path string
	// Args are its arguments, without the program's name.
	Args []string
	// Env is its whole environment, nil for the owner's.
	Env []string
	// Dir is its working directory, empty for the owner's.
	Dir string
	// LogFile receives standard output and error, appended; it is created with
	// mode 0600 if it does not exist.
	LogFile string
}

// Start runs a child. The child has its own process group, so that the
// terminal's Ctrl-C reaches only the owner, which then stops its children in
// order; its standard input is empty; and the kernel sends it SIGKILL when the
// owner dies in whatever way. It returns [ErrStopped] after Stop, and an error
// wrapping [fs.ErrNotExist] or [fs.ErrPermission] if the executable or the log
// file is not usable.
func (g *Group) Start(s Spec) (*Process, error) {
	p, cmd, log, err := prepare(s)
	if err != nil {
		return nil, err
	}
	// The child has its own descriptor by the time the fork returns.
	defer func() { _ = log.Close() }()

	g.mu.Lock()
	defer g.mu.Unlock()
	if g.stopped {
		return nil, fmt.Errorf("start %s: %w", s.Name, ErrStopped)
	}
	if err := g.fork(cmd); err != nil {
		return nil, fmt.Errorf("start %s: %w", s.Name, err)
	}
	p.pid = cmd.Process.Pid
	g.children = append(g.running(), p)
	go p.wait(cmd)
	return p, nil
}

// Stop stops every child, the one started last first, and waits for each. A
// child that has not ended 5 seconds after SIGTERM, or when ctx ends, is killed.
// It is idempotent, and after it no child can be started.
func (g *Group) Stop(ctx context.Context) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.stopped = true

	var failed []error
	for i := len(g.children) - 1; i >= 0; i-- {
		if err := g.children[i].Stop(ctx); err != nil {
			failed = append(failed, err)
		}
	}
	g.children = g.running()
	if g.forks != nil {
		close(g.forks)
		<-g.ended
		g.forks = nil
	}
	return errors.Join(failed...)
}

// running forgets the children that have ended.
func (g *Group) running() []*Process {
	var alive []*Process
	for _, p := range g.children {
		select {
		case <-p.done:
		default:
			alive = append(alive, p)
		}
	}
	return alive
}

// fork starts cmd on the group's own thread. The parent-death signal fires when
// the *thread* that forked dies, not the process, and Go ends threads as it
// likes; so one goroutine, locked to its thread for the life of the group, does
// all the forking.
func (g *Group) fork(cmd *exec.Cmd) error {
	if g.forks == nil {
		g.forks = make(chan fork)
		g.ended = make(chan struct{})
		go forkOnOneThread(g.forks, g.ended)
	}
	result := make(chan error, 1)
	g.forks <- fork{cmd: cmd, result: result}
	return <-result
}

func forkOnOneThread(forks <-chan fork, ended chan<- struct{}) {
	defer close(ended)
	// Never unlocked: the thread dies with this goroutine, and with it any child
	// that Stop could not end.
	runtime.LockOSThread()
	for f := range forks {
		f.result <- f.cmd.Start()
	}
}

func prepare(s Spec) (*Process, *exec.Cmd, *os.File, error) {
	log, err := os.OpenFile(s.LogFile, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("start %s: log file: %w", s.Name, err)
	}
	// What an earlier run of the same child wrote explains nothing about this one.
	begin, err := log.Seek(0, io.SeekEnd)
	if err != nil {
		_ = log.Close()
		return nil, nil, nil, fmt.Errorf("start %s: log file: %w", s.Name, err)
	}
	cmd := &exec.Cmd{
		Path:   s.Path,
		Args:   append([]string{s.Path}, s.Args...),
		Env:    s.Env,
		Dir:    s.Dir,
		Stdout: log,
		Stderr: log,
		SysProcAttr: &syscall.SysProcAttr{
			Setpgid:   true,
			Pdeathsig: syscall.SIGKILL,
		},
	}
	p := &Process{name: s.Name, logFile: s.LogFile, logBegin: begin, done: make(chan struct{})}
	return p, cmd, log, nil
}
