package readings

import (
	"fmt"
	"os"
	"strings"
)

// The marks between which a page holds the table.
const (
	pageBegin = "<!-- measured by test/bench readings: begin -->\n"
	pageEnd   = "<!-- measured by test/bench readings: end -->\n"
)

// Write puts the report into a page, between its marks.
func (r *Report) Write(page string) error {
	text, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	before, rest, found := strings.Cut(string(text), pageBegin)
	if !found {
		return fmt.Errorf("%s has no line %q", page, strings.TrimSpace(pageBegin))
	}
	_, after, found := strings.Cut(rest, pageEnd)
	if !found {
		return fmt.Errorf("%s has no line %q", page, strings.TrimSpace(pageEnd))
	}
	return os.WriteFile(page, []byte(before+pageBegin+r.String()+pageEnd+after), 0o600)
}
