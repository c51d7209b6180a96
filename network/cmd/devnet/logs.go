package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/countersign-ledger/countersign/network"
)

// followPoll is how often logs --follow looks for more.
const followPoll = 200 * time.Millisecond

type logs struct {
	*shared
	lines  int
	follow bool
}

func newLogs(s *shared) *cobra.Command {
	l := &logs{shared: s}
	c := &cobra.Command{
		Use:   "logs [NODE | ORGANISATION | KIND]...",
		Short: "Show what the nodes say",
		Long: `logs shows the last lines of the nodes' logs: of all nodes, or of those named by
node ("peer0.carrier"), organisation ("carrier") or kind ("peer", "orderer",
"chaincode"). It works while the network runs and after it has stopped.

With --json each line of output is one JSON object with the fields "node" and
"line".`,
		Example: `  devnet logs
  devnet logs carrier --lines 100
  devnet logs chaincode --follow`,
		RunE: l.run,
	}
	s.addDir(c)
	c.Flags().IntVarP(&l.lines, "lines", "n", 20, "how many lines of each log")
	c.Flags().BoolVarP(&l.follow, "follow", "f", false, "go on with new lines until Ctrl-C")
	return c
}

func (l *logs) run(c *cobra.Command, names []string) error {
	if l.lines < 0 {
		return fmt.Errorf("--lines %d: must not be negative", l.lines)
	}
	dir, err := l.directory()
	if err != nil {
		return err
	}
	status, err := network.ReadStatus(dir)
	if err != nil {
		return notStarted(dir, err)
	}
	nodes, err := chosen(status.Nodes, names)
	if err != nil {
		return err
	}
	followed := make([]*tail, len(nodes))
	for i, n := range nodes {
		followed[i] = &tail{node: n.Name, path: n.Log}
		if err := l.print(c, followed[i], l.lines); err != nil {
			return err
		}
	}
	if !l.follow {
		return nil
	}
	return l.keep(c.Context(), c, followed)
}

// keep prints what is added to the logs until ctx ends.
func (l *logs) keep(ctx context.Context, c *cobra.Command, followed []*tail) error {
	tick := time.NewTicker(followPoll)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		for _, t := range followed {
			if err := l.print(c, t, -1); err != nil {
				return err
			}
		}
	}
}

// print writes what is new in a log, at most its last lines if most is not negative.
func (l *logs) print(c *cobra.Command, t *tail, most int) error {
	lines, err := t.next()
	if err != nil {
		return err
	}
	if most >= 0 && len(lines) > most {
		lines = lines[len(lines)-most:]
	}
	for _, line := range lines {
		if l.json {
			err = writeJSON(c, struct {
				Node string `json:"node"`
				Line string `json:"line"`
			}{t.node, line})
		} else {
			_, err = fmt.Fprintf(c.OutOrStdout(), "%-24s | %s\n", t.node, line)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// chosen are the nodes that any of the names means, all if there are no names.
func chosen(nodes []network.NodeStatus, names []string) ([]network.NodeStatus, error) {
	if len(names) == 0 {
		return nodes, nil
	}
	used := map[string]bool{}
	var found []network.NodeStatus
	for _, n := range nodes {
		means := []string{n.Name, n.Organisation, string(n.Kind)}
		wanted := false
		for _, name := range names {
			if slices.Contains(means, name) {
				used[name], wanted = true, true
			}
		}
		if wanted {
			found = append(found, n)
		}
	}
	for _, name := range names {
		if !used[name] {
			return nil, fmt.Errorf("no node, organisation or kind is called %q: the nodes are %s", name, strings.Join(nodeNames(nodes), ", "))
		}
	}
	return found, nil
}

func nodeNames(nodes []network.NodeStatus) []string {
	names := make([]string, len(nodes))
	for i, n := range nodes {
		names[i] = n.Name
	}
	return names
}

// tail reads a log from where it stopped reading.
type tail struct {
	node, path string
	read       int64
	partial    string
}

// next returns the whole lines that were added. A log that is not there yet is
// empty; one that became shorter belongs to a new network and is read anew.
func (t *tail) next() ([]string, error) {
	content, err := readFrom(t.path, &t.read)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	text := t.partial + content
	end := strings.LastIndexByte(text, '\n')
	t.partial = text[end+1:]
	if end < 0 {
		return nil, nil
	}
	return strings.Split(text[:end], "\n"), nil
}

func readFrom(path string, read *int64) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return "", err
	}
	if info.Size() < *read {
		*read = 0
	}
	content := make([]byte, info.Size()-*read)
	n, err := file.ReadAt(content, *read)
	*read += int64(n)
	if n == len(content) {
		err = nil
	}
	return string(content[:n]), err
}
