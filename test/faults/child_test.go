package faults_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// childVariable makes the test binary a client in a process of its own, which can be
// killed: it names the file with what the child is to do.
const childVariable = "COUNTERSIGN_FAULTS_CHILD"

// childConfig is what a child is to do.
type childConfig struct {
	Role     role
	Party    string // its organisation
	Profile  string
	MSP      string
	Database string
	// Run tells the objects and events of one test from those of others; Number is
	// the child's own.
	Run    uint32
	Number int
	// Lanes record side by side, each object after object; PerObject is how many
	// events an object has.
	Lanes, PerObject int
	// Grouped recorders send what their lanes record at the same time together.
	Grouped bool
	// From is the first block that a follower reads.
	From uint64
	// Defect is what is wrong with it on purpose, to see that it is found out.
	Defect defect
}

type role string

const (
	recorderRole role = "recorder"
	followerRole role = "follower"
)

// child runs a child and returns its exit code. It ends at once when its parent does,
// however that ends, and in order when it is told to drain.
func child(path string) int {
	var config childConfig
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, &config)
	}
	if err != nil {
		fmt.Println(err)
		return 1
	}
	draining := make(chan struct{})
	go func() {
		orders := bufio.NewScanner(os.Stdin)
		for orders.Scan() {
			if orders.Text() == drainOrder {
				close(draining)
			}
		}
		os.Exit(orphaned)
	}()
	switch config.Role {
	case recorderRole:
		err = record(config, draining)
	case followerRole:
		err = follow(config, draining)
	}
	if err != nil {
		fmt.Println(err)
		return 1
	}
	return 0
}

const (
	drainOrder = "drain"
	orphaned   = 3 // the exit code of a child without a parent
)

// process is a child as its parent sees it. Its methods may be called from several
// goroutines.
type process struct {
	config childConfig
	path   string
	log    string

	mu     sync.Mutex
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	ended  chan struct{}
	err    error
	closed bool
}

// newProcess writes down what a child is to do, and starts it. It is gone when the
// test ends.
func newProcess(t *testing.T, dir string, config childConfig) *process {
	t.Helper()
	name := fmt.Sprintf("%s-%d", config.Role, config.Number)
	p := &process{config: config, path: filepath.Join(dir, name+".json"), log: filepath.Join(dir, name+".log")}
	text, err := json.Marshal(config)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(p.path, text, 0o600))
	require.NoError(t, p.start())
	t.Cleanup(func() {
		p.mu.Lock()
		p.closed = true
		p.mu.Unlock()
		p.kill()
		if t.Failed() {
			t.Logf("the end of %s:\n%s", p.log, p.tail())
		}
	})
	return p
}

// start runs the child, unless it runs already.
func (p *process) start() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || p.ended != nil {
		return nil
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	log, err := os.OpenFile(p.log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), childVariable+"="+p.path)
	cmd.Stdout, cmd.Stderr = log, log
	if p.stdin, err = cmd.StdinPipe(); err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan struct{})
	p.cmd, p.ended = cmd, ended
	go func() {
		err := cmd.Wait()
		p.mu.Lock()
		p.err, p.ended = err, nil
		p.mu.Unlock()
		close(ended)
	}()
	return nil
}

// kill ends the child as a crash would (SIGKILL).
func (p *process) kill() {
	p.mu.Lock()
	ended, cmd := p.ended, p.cmd
	p.mu.Unlock()
	if ended != nil {
		_ = cmd.Process.Kill()
		<-ended
	}
}

// drain has the child finish what it has begun, and end.
func (p *process) drain(ctx context.Context) error {
	p.mu.Lock()
	ended, cmd, stdin := p.ended, p.cmd, p.stdin
	p.mu.Unlock()
	if ended == nil {
		return errors.New("it does not run")
	}
	if _, err := io.WriteString(stdin, drainOrder+"\n"); err != nil {
		return err
	}
	select {
	case <-ended:
	case <-ctx.Done():
		_ = cmd.Process.Kill()
		<-ended
		return fmt.Errorf("%s did not end in time: %w", p.log, context.Cause(ctx))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

// exited waits until the child has ended by itself.
func (p *process) exited(ctx context.Context) error {
	p.mu.Lock()
	ended := p.ended
	p.mu.Unlock()
	if ended == nil {
		return nil
	}
	select {
	case <-ended:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// tail is the end of what the child said.
func (p *process) tail() string {
	text, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	const enough = 4 << 10
	return string(text[max(0, len(text)-enough):])
}

// drainLimit is how long clients may take to finish once all is well again.
const drainLimit = 2 * time.Minute
