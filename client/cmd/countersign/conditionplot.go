package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/client/cmd/countersign/internal/assess"
	"github.com/countersign-ledger/countersign/client/cmd/countersign/internal/plot"
)

// everything is how many excursions are listed for a drawing: all that can be.
const everything = 1 << 30

func (s streams) plotCommand() *cobra.Command {
	var flags judgeFlags
	var out, title string
	c := &cobra.Command{
		Use:   "plot (--policy FILE | --profile NAME) [-o FILE] READINGS...",
		Short: "Draw readings, limits, excursions, gaps and the verdict as SVG",
		Long: `Plot judges readings as 'countersign condition evaluate' does, and draws them as
SVG: the readings, each band's limits, excursions shaded, gaps hatched, the verdict
and its numbers. The drawing stands alone, runs no scripts, says nothing by colour
alone and is the same on every machine. However many readings there are, it is
small: of those that share a pixel column it has the first, lowest, highest and
last.

One device is drawn; --device chooses it.

` + aboutReadings + `

Exit codes: 0 drawn, 2 wrong usage or a file that cannot be read.`,
		Example: "  countersign condition plot --profile refrigerated-2-8 -o logger.svg logger.csv",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			flags.listed = everything
			report, _, err := s.judge(flags, args)
			if err != nil {
				return err
			}
			drawing, err := draw(report, title)
			if err != nil {
				return err
			}
			return s.writeFile(out, drawing)
		},
	}
	flags.add(c)
	c.Flags().StringVarP(&out, "out", "o", standardIn, "the file to write; - for standard output")
	c.Flags().StringVar(&title, "title", "", "the drawing's title (default the device, or the files)")
	if err := c.Flags().MarkHidden("list"); err != nil {
		c.RunE = func(*cobra.Command, []string) error { return err }
	}
	return c
}

// writeFile writes a whole file, or to standard output for "-".
func (s streams) writeFile(name string, data []byte) error {
	if name == standardIn {
		_, err := s.out.Write(data)
		return err
	}
	return os.WriteFile(name, data, 0o644) //nolint:gosec // a drawing is to be read by others
}

// draw draws the one device of a report.
func draw(report *assess.Report, title string) ([]byte, error) {
	if len(report.Devices) != 1 {
		names := make([]string, len(report.Devices))
		for i, d := range report.Devices {
			names[i] = d.Device
		}
		return nil, fmt.Errorf("there are readings of %d devices; draw one of them with --device: %s", len(names), strings.Join(names, ", "))
	}
	d, e := &report.Devices[0], report.Evaluated[0]
	for i, name := range d.Files { // where the files lay is no part of the drawing
		d.Files[i] = filepath.Base(name)
	}
	drawing := plot.Drawing{
		Title: title, Verdict: string(report.Verdict),
		Numbers:  append(report.Why(), report.Numbers()...),
		Quantity: e.Terms.Measurement, Unit: assess.Symbol(e.Terms.Unit),
		Window:   evaluation.Window{Start: report.Window.From, End: report.Window.To},
		Readings: e.Readings, Scale: e.Scale, Hold: e.Terms.Between == evaluation.Hold, LargestGapMs: e.Terms.LargestGapMs,
	}
	switch {
	case title != "":
	case d.Device != "":
		drawing.Title = d.Device
	default:
		drawing.Title = strings.Join(d.Files, ", ")
	}
	if len(d.Reasons) > 0 {
		drawing.Verdict = fmt.Sprintf("%s (%s)", report.Verdict, strings.Join(d.Reasons, ", "))
	}
	mark(&drawing, *d)
	var svg bytes.Buffer
	err := plot.Write(&svg, drawing)
	return svg.Bytes(), err
}

// mark adds limits, excursions and gaps.
func mark(drawing *plot.Drawing, d assess.Device) {
	for _, b := range d.Bands {
		if b.Lower != nil {
			drawing.Limits = append(drawing.Limits, plot.Limit{Band: b.Name, Value: *b.Lower})
		}
		if b.Upper != nil {
			drawing.Limits = append(drawing.Limits, plot.Limit{Band: b.Name, Upper: true, Value: *b.Upper})
		}
		for _, x := range b.List {
			drawing.Excursions = append(drawing.Excursions, plot.Shade{From: x.From, To: x.To})
		}
	}
	for _, g := range d.Gaps.List {
		drawing.Gaps = append(drawing.Gaps, plot.Shade{From: g.From, To: g.To})
	}
	if end := drawing.Window.End; d.Last != nil && d.UncoveredMs > drawing.LargestGapMs {
		drawing.Gaps = append(drawing.Gaps, plot.Shade{From: max(d.Last.Time, drawing.Window.Start), To: end})
	}
}
