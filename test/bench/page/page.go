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
	begin, end := Marks(benchmark)
	old, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	before, rest, found := strings.Cut(string(old), begin)
	if !found {
		return fmt.Errorf("%s has no line %q", file, strings.TrimSpace(begin))
	}
	_, after, found := strings.Cut(rest, end)
	if !found {
		return fmt.Errorf("%s has no line %q", file, strings.TrimSpace(end))
	}
	return os.WriteFile(file, []byte(before+begin+text+end+after), 0o600)
}
