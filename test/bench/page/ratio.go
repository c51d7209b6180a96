package page

import (
	"fmt"
	"strings"
)

// Ratio is what was measured against a baseline in the same run.
type Ratio struct {
	// What says which figure of what, times which baseline.
	What string
	// Least and Most are what was wanted of the median; zero for nothing.
	Least, Most float64
	Measured    Spread
}

// wanted says the goal, and whether it was missed.
func (r Ratio) wanted() string {
	text := ""
	switch {
	case r.Least > 0:
		text = "at least " + Short(r.Least)
	case r.Most > 0:
		text = "at most " + Short(r.Most)
	}
	if r.Missed() {
		text += " (missed)"
	}
	return text
}

// Missed says that the median is not what was wanted.
func (r Ratio) Missed() bool {
	return r.Measured.Median < r.Least || r.Most > 0 && r.Measured.Median > r.Most
}

// Summary is the one table of the ratios of all benchmarks.
type Summary struct {
	order []string
	rows  map[string][]string
}

// NewSummary is an empty one, with the benchmarks in the order of its rows.
func NewSummary(benchmarks []string) *Summary {
	return &Summary{order: benchmarks, rows: map[string][]string{}}
}

// Add puts the ratios of a benchmark in place of those that were there.
func (s *Summary) Add(benchmark string, ratios []Ratio) {
	s.rows[benchmark] = nil
	for _, r := range ratios {
		s.rows[benchmark] = append(s.rows[benchmark], fmt.Sprintf("| %s | %s | %s | %s |", benchmark, r.What, r.wanted(), r.Measured))
	}
}

// Keep adds the rows of a table, as String writes it, of benchmarks that have none yet.
func (s *Summary) Keep(table string) {
	old := map[string][]string{}
	for line := range strings.Lines(table) {
		line = strings.TrimSpace(line)
		cell, _, _ := strings.Cut(strings.TrimPrefix(line, "| "), " |")
		old[cell] = append(old[cell], line)
	}
	for _, benchmark := range s.order {
		if _, added := s.rows[benchmark]; !added {
			s.rows[benchmark] = old[benchmark]
		}
	}
}

// String is the table in Markdown.
func (s *Summary) String() string {
	lines := []string{"| benchmark | ratio | wanted | median [least-most] |", "|---|---|---|---|"}
	for _, benchmark := range s.order {
		lines = append(lines, s.rows[benchmark]...)
	}
	return strings.Join(lines, "\n") + "\n"
}
