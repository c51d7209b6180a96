package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/network"
	"github.com/countersign-ledger/countersign/network/cmd/devnet/show"
	"github.com/countersign-ledger/countersign/network/internal/process"
)

type options struct {
	events, readings string
	out              string
	keep             bool
	fabricBin        string
}

// Command returns `devnet demo`.
func Command() *cobra.Command {
	var o options
	c := &cobra.Command{
		Use:   "demo",
		Short: "Run the main job on a real network, from commissioning to evidence",
		Long: `demo starts a network and follows a consignment of vaccine through four
companies: commissioned, shipped, received; a logger's signed readings judged by
every endorser; an excursion, a hold, a refused shipment, a quality decision;
supplier data that two of them share; a regulator that reads everything and can
write nothing. Then it stops the network and verifies, offline, a statement that
three companies endorsed, and shows that a copy with one byte changed is refused.

It ends with 0 only if all of that happened.

The events may be any EPCIS 2.0 document (JSON) that commissions serialised
objects and ships them twice, from party to party; the readings any CSV file with
a time and a temperature that starts between 2 and 8 °C and leaves it for more
than 15 minutes.`,
		Example: `  devnet demo
  devnet demo --events mine.jsonld --readings mine.csv --out results
  devnet demo --keep`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return o.run(c.Context(), c.OutOrStdout()) },
	}
	c.Flags().StringVar(&o.events, "events", "", "EPCIS 2.0 document to follow (default: the demo's own)")
	c.Flags().StringVar(&o.readings, "readings", "", "logger's CSV file to judge (default: the demo's own)")
	c.Flags().StringVar(&o.out, "out", "", "directory for the evidence, the roots and a report (default: not kept)")
	c.Flags().BoolVar(&o.keep, "keep", false, "leave the network up until Ctrl-C, and print how to connect")
	c.Flags().StringVar(&o.fabricBin, "fabric-bin", "", "directory with Fabric's peer and orderer, v3.1.1 or a later v3.1.x")
	return c
}

// stopLimit is how long nodes may take to end before they are killed.
const stopLimit = 15 * time.Second

func (o options) run(ctx context.Context, out io.Writer) (err error) {
	begun := time.Now()
	in, err := load(o.events, o.readings)
	if err != nil {
		return err
	}
	if _, _, _, err := in.parts(); err != nil {
		return fmt.Errorf("readings in %s: %w", in.readings, err)
	}
	dir, release, err := o.results()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, release()) }()

	fmt.Fprintf(out, "Countersign demo: %d events of %s, %d readings of %s\n\n", len(in.steps), in.events, len(in.log.Readings), in.readings)
	n, err := o.start(ctx, out)
	if err != nil {
		return err
	}
	whole, cancel := whileWhole(ctx, n)
	defer cancel()
	s := &stage{
		ctx: whole, network: n, input: in, out: out, begun: begun, clients: map[string]*client.Client{},
		report: report{Events: in.events, Readings: in.readings},
	}
	if err := errors.Join(s.play(dir), s.close()); err != nil {
		return errors.Join(reason(n, err), stop(n))
	}
	if !o.keep {
		s.chapter("The network stops; the evidence stands by itself")
		if err := stop(n); err != nil {
			return err
		}
	} else {
		s.chapter("The evidence stands by itself")
	}
	err = s.check(dir)
	err = errors.Join(err, s.save(dir))
	if err == nil {
		fmt.Fprintf(out, "\nAll of it happened, in %.1f s.\n", time.Since(begun).Seconds())
		o.explain(out, dir)
	}
	if o.keep {
		err = errors.Join(err, hold(ctx, n, out))
	}
	return err
}

// play tells the story and writes evidence and roots.
func (s *stage) play(dir string) error {
	if err := s.tell(); err != nil {
		return err
	}
	s.chapter("Evidence")
	statement, err := s.evidenceOf(s.input.objects[0])
	if err != nil {
		return err
	}
	roots, err := s.roots()
	if err != nil {
		return err
	}
	return errors.Join(
		os.WriteFile(filepath.Join(dir, evidenceFile), statement, 0o600),
		os.WriteFile(filepath.Join(dir, rootsFile), roots, 0o600))
}

// save writes the report.
func (s *stage) save(dir string) error {
	var text bytes.Buffer
	if err := writeJSON(&text, s.report); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, reportFile), text.Bytes(), 0o600)
}

// results makes the directory of --out, or one that release removes, as the next
// demo does if this one is killed.
func (o options) results() (dir string, release func() error, err error) {
	if o.out == "" {
		return process.TempDir("countersign-demo-")
	}
	if err := os.MkdirAll(o.out, 0o750); err != nil {
		return "", nil, fmt.Errorf("--out: %w", err)
	}
	return o.out, func() error { return nil }, nil
}

func (o options) start(ctx context.Context, out io.Writer) (*network.Network, error) {
	progress := show.NewProgress(out)
	settings := []network.Option{network.WithProgress(progress.Event)}
	if o.fabricBin != "" {
		settings = append(settings, network.WithBinaries(o.fabricBin))
	}
	n, err := network.Start(ctx, network.Default(), settings...)
	progress.End()
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(out, "\nNetwork ready in %.2f s: every trading company has endorsed a transaction.\n", n.Ready().Seconds())
	return n, nil
}

// whileWhole is a context that ends when the network loses a node, too.
func whileWhole(ctx context.Context, n *network.Network) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		select {
		case <-n.Done():
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

// deathNotice is how long a node's death may take to be noticed, which what failed
// because of it does not wait for.
const deathNotice = 200 * time.Millisecond

// reason prefers the death of a node to what failed because of it.
func reason(n *network.Network, err error) error {
	select {
	case <-n.Done():
	case <-time.After(deathNotice):
	}
	if dead := n.Err(); dead != nil {
		return dead
	}
	return err
}

func stop(n *network.Network) error {
	ctx, cancel := context.WithTimeout(context.Background(), stopLimit)
	defer cancel()
	return n.Stop(ctx)
}

// explain tells what was kept, and how to check it again.
func (o options) explain(out io.Writer, dir string) {
	if o.out == "" {
		return
	}
	fmt.Fprintf(out, "\nKept in %s: %s, %s, %s, %s. Check again with\n  go run ./client/cmd/countersign verify --roots %s %s\n",
		dir, evidenceFile, rootsFile, verifyFile, reportFile, filepath.Join(dir, rootsFile), filepath.Join(dir, evidenceFile))
}

// hold leaves the network up until the user ends it, or a node dies.
func hold(ctx context.Context, n *network.Network, out io.Writer) error {
	status, err := network.ReadStatus(n.Dir())
	if err != nil {
		return errors.Join(err, stop(n))
	}
	fmt.Fprintln(out)
	show.Connect(out, status)
	fmt.Fprintln(out, "\nThe network runs until Ctrl-C.")
	select {
	case <-ctx.Done():
	case <-n.Done():
		err = n.Err()
	}
	return errors.Join(err, stop(n))
}
