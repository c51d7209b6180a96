package page

import (
	"fmt"
	"os"
	"strings"
)

// Marks are the lines between which a page holds the table of a benchmark.
func Marks(benchmark string) (begin, end string) {
	mark := "<!-- measured by test/bench " + benchmark + ": "
	return mark + "begin -->\n", mark + "end -->\n"
}

// Write puts the text of a benchmark into a page, between its marks.
func Write(file, benchmark, text string) error {
	return change(file, benchmark, func(string) string { return text })
}

// Ratios is the name by which a page marks its Summary.
const Ratios = "ratios"

// Write puts the table into a page, and keeps there what other benchmarks have.
func (s *Summary) Write(file string) error {
	return change(file, Ratios, func(old string) string {
		s.Keep(old)
		return s.String()
	})
}

// change puts in place of what stands between marks what a function makes of it.
func change(file, benchmark string, to func(old string) string) error {
	begin, end := Marks(benchmark)
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	before, rest, found := strings.Cut(string(text), begin)
	if !found {
		return fmt.Errorf("%s has no line %q", file, strings.TrimSpace(begin))
	}
	old, after, found := strings.Cut(rest, end)
	if !found {
		return fmt.Errorf("%s has no line %q", file, strings.TrimSpace(end))
	}
	return os.WriteFile(file, []byte(before+begin+to(old)+end+after), 0o600)
}
