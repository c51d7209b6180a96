package show

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/countersign-ledger/countersign/network"
)

// quiet is how long nothing new is said about one build where lines stay.
const quiet = 10 * time.Second

// Progress shows [network.Event]s. Its methods may be called from several
// goroutines.
type Progress struct {
	mu       sync.Mutex
	out      io.Writer
	terminal bool
	open     bool                     // the last line is to be rewritten
	said     map[string]time.Duration // when each build was last shown
}

// NewProgress shows on out.
func NewProgress(out io.Writer) *Progress {
	return &Progress{out: out, terminal: IsTerminal(out), said: map[string]time.Duration{}}
}

// Event shows one event; it fits [network.WithProgress].
func (p *Progress) Event(e network.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	line := fmt.Sprintf("%6.1fs  %-10s  %s", e.Elapsed.Seconds(), e.Step, e.Detail)
	switch {
	case e.Total > 0:
		line += fmt.Sprintf("  %d/%d", e.Done, e.Total)
	case e.Done > 0:
		line += fmt.Sprintf("  %d", e.Done)
	}
	building := e.Step == "programs" // the one step that tells its state again and again
	switch {
	case building && p.terminal:
		_, _ = fmt.Fprintf(p.out, "\r\x1b[K%s", line)
		p.open = true
	case building:
		last, known := p.said[e.Detail]
		if known && e.Elapsed-last < quiet {
			return
		}
		p.said[e.Detail] = e.Elapsed
		_, _ = fmt.Fprintln(p.out, line)
	default:
		p.end()
		_, _ = fmt.Fprintln(p.out, line)
	}
}

// End ends a line that is being rewritten; call it before writing anything else.
func (p *Progress) End() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.end()
}

func (p *Progress) end() {
	if p.open {
		_, _ = fmt.Fprintln(p.out)
		p.open = false
	}
}

// IsTerminal tells whether somebody watches what is written.
func IsTerminal(out io.Writer) bool {
	file, ok := out.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
