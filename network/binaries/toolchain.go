package binaries

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"time"
)

const (
	// minimumGo is the version that the embedded module file and this module ask for.
	minimumGo = "1.26"
	// tailLines is how much of the toolchain's output an error quotes.
	tailLines = 12
	// interruptPeriod is how long the toolchain may take to clean up after itself.
	interruptPeriod = 5 * time.Second
)

// tooOld is what a toolchain that may not download a newer one says.
var tooOld = regexp.MustCompile(`requires go >= \S+ \(running (go )?([^;)\s]+)`)

// goCommand is one call of the go command.
type goCommand struct {
	step string // for errors
	dir  string // working directory
	// line is told each line of standard error, output each of standard output;
	// nil drops them.
	line, output func(string)
	cache        string // for DiskFullError
	instead      string // for ToolchainError
}

// run calls the go command, and ends it when ctx ends.
func (g goCommand) run(ctx context.Context, args ...string) error {
	path, err := exec.LookPath("go")
	if err != nil {
		return &ToolchainError{Instead: g.instead}
	}
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Dir = g.dir
	cmd.Env = buildEnvironment()
	dieWithOwner(cmd)
	cmd.WaitDelay = interruptPeriod
	stdout, stderr := &lineWriter{told: g.output}, &lineWriter{told: g.line}
	cmd.Stdout, cmd.Stderr = stdout, stderr

	err = onOneThread(cmd.Run)
	stdout.flush()
	stderr.flush()
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return g.explain(err, stderr.tail)
}

// explain turns the failure into the error that says what to do.
func (g goCommand) explain(err error, tail []string) error {
	text := strings.Join(tail, "\n")
	if errors.Is(err, syscall.ENOSPC) || strings.Contains(text, "no space left on device") || strings.Contains(text, "disk quota exceeded") {
		return &DiskFullError{Step: g.step, Dir: g.cache}
	}
	if old := tooOld.FindStringSubmatch(text); old != nil {
		return &ToolchainError{Found: old[2], Instead: g.instead}
	}
	return &BuildError{Step: g.step, Tail: tail, Err: err}
}

// onOneThread keeps the thread that forks alive until the child has ended: the
// parent-death signal follows the thread.
func onOneThread(run func() error) error {
	result := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		result <- run()
	}()
	return <-result
}

// buildEnvironment is the user's, without what would change the build: the
// programs run on this machine, are built without a C compiler, and from the
// module file given, not from a workspace or a vendor folder.
func buildEnvironment() []string {
	return append(os.Environ(),
		"CGO_ENABLED=0", "GOOS="+runtime.GOOS, "GOARCH="+runtime.GOARCH,
		"GOFLAGS=-mod=readonly", "GOWORK=off", "GO111MODULE=on",
	)
}

// lineWriter splits what is written into lines and keeps the last ones.
type lineWriter struct {
	told    func(string)
	partial strings.Builder
	tail    []string
}

// Write implements [io.Writer]; it never fails.
func (w *lineWriter) Write(b []byte) (int, error) {
	rest := string(b)
	for {
		line, after, found := strings.Cut(rest, "\n")
		w.partial.WriteString(line)
		if !found {
			return len(b), nil
		}
		w.flush()
		rest = after
	}
}

func (w *lineWriter) flush() {
	line := strings.TrimRight(w.partial.String(), "\r ")
	w.partial.Reset()
	if line == "" {
		return
	}
	if w.told != nil {
		w.told(line)
	}
	if chatter(line) {
		return
	}
	w.tail = append(w.tail, line)
	if len(w.tail) > tailLines {
		w.tail = w.tail[1:]
	}
}

var _ io.Writer = (*lineWriter)(nil)

// chatter are lines that report progress rather than trouble: downloads, and the
// import paths that go build -v prints.
func chatter(line string) bool {
	return strings.HasPrefix(line, "go: downloading ") || !strings.ContainsAny(line, " :")
}
