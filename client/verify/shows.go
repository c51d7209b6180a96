package verify

import (
	"fmt"
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/telemetry"
	"github.com/countersign-ledger/countersign/client/internal/plain"
)

const (
	// maxShown bounds the readings, and the events, that a report spells out for people.
	maxShown = 20
	// maxText bounds the bytes of a text in it.
	maxText = 4000

	readingTime = "2006-01-02T15:04:05.999Z07:00"
)

// shows says what the evidence shows beside its statement, as far as it follows from
// what is signed, a line each. It is for people: the report's members have it all.
func (r *Report) shows() []string {
	var lines []string
	if r.Readings != nil {
		lines = append(lines, r.Readings.lines()...)
	}
	for i := range r.Events[:min(len(r.Events), maxShown)] {
		lines = append(lines, r.Events[i].lines()...)
	}
	if n := len(r.Events) - maxShown; n > 0 {
		lines = append(lines, fmt.Sprintf("and %d events more", n))
	}
	if r.Contained != nil {
		lines = append(lines, r.Contained.String())
	}
	return lines
}

func (r *Readings) lines() []string {
	lines := []string{fmt.Sprintf("readings %d to %d of the %d (from 0) of recording %d of %s, %s", r.From, r.To-1, r.Count, r.Sequence, r.Device, r.Type)}
	for _, one := range r.Readings[:min(len(r.Readings), maxShown)] {
		lines = append(lines, fmt.Sprintf("%s  %s %s", one.Time.UTC().Format(readingTime), telemetry.FormatDecimal(one.Value, r.Scale), r.Unit))
	}
	if n := len(r.Readings) - maxShown; n > 0 {
		lines = append(lines, fmt.Sprintf("and %d readings more", n))
	}
	return lines
}

func (e *Event) lines() []string {
	head := fmt.Sprintf("event %d of %s", e.Number, e.Subject)
	if e.Organisation != "" {
		head += " in the account of " + e.Organisation
	}
	head += ": " + e.Hash + ", recorded by " + e.RecordedBy
	if e.EventID != "" {
		head += " as " + e.EventID
	}
	lines := []string{head, fmt.Sprintf("event %d: %s", e.Number, cut(e.Text))}
	if len(e.Declared) > 0 {
		lines = append(lines, fmt.Sprintf("event %d is DECLARED AN ERROR: %s", e.Number, cut(strings.Join(e.Declared, ", "))))
	}
	return lines
}

// String describes it to people.
func (c *Contained) String() string {
	text := c.Object + " was in " + c.Container
	if len(c.Through) > 0 {
		text += ", through " + strings.Join(c.Through, ", ")
	}
	if c.AsOf != "" {
		text += ", as of " + c.AsOf + " by the clock of what " + c.Clock
	}
	return text
}

// cut bounds a text.
func cut(text string) string {
	if len(text) <= maxText {
		return text
	}
	kept := strings.ToValidUTF8(text[:maxText], "") // not half a character at its end
	return fmt.Sprintf("%s ... and %d bytes more", kept, len(text)-len(kept))
}

// String shows the report to people: a line a check, then what the evidence shows,
// as "shows" where it is verified and as "claims" where it is not, then the verdict.
// What the sender of the evidence wrote cannot add a line to it, nor move a
// terminal's cursor.
func (r *Report) String() string {
	var out strings.Builder
	marks := map[Status]string{Passed: "ok  ", Failed: "FAIL", Skipped: "--  "}
	for _, c := range r.Checks {
		fmt.Fprintf(&out, "%s %-12s", marks[c.Status], c.Name)
		if c.Subject != "" {
			out.WriteString(" " + plain.Text(c.Subject) + ":")
		}
		out.WriteString(" " + plain.Text(c.Detail) + "\n")
	}
	for _, what := range r.Unsafe {
		fmt.Fprintf(&out, "%-17s %s\n", "UNSAFE", plain.Text(what))
	}
	word := "claims"
	if r.Verified() {
		word = "shows"
	}
	for _, line := range r.shows() {
		fmt.Fprintf(&out, "%-17s %s\n", word, plain.Text(line))
	}
	out.WriteString(strings.ToUpper(r.Verdict) + "\n")
	return out.String()
}
