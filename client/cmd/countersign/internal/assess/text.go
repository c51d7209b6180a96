package assess

import (
	"fmt"
	"slices"
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/client/internal/plain"
)

// String shows the report to people.
func (r *Report) String() string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s\n", strings.ToUpper(string(r.Verdict)))
	for _, line := range r.Why() {
		fmt.Fprintf(&out, "  %s\n", line)
	}
	for _, l := range r.sheet() {
		fmt.Fprintf(&out, "%-11s %s\n", l.name, l.text)
	}
	return out.String()
}

// Numbers returns what String shows below the reasons, without lists.
func (r *Report) Numbers() []string {
	var lines []string
	for _, l := range r.sheet() {
		if l.name != "" {
			lines = append(lines, l.name+": "+l.text)
		}
	}
	return lines
}

func (r *Report) sheet() sheet {
	var w sheet
	w.line("policy", "%s", r.Policy.title())
	w.line("window", "%s to %s, %s", r.Window.From, r.Window.To, Duration(r.Window.Ms))
	for _, d := range r.Devices {
		d.write(&w, r)
	}
	return w
}

// sheet is lines with a name in a column of its own, empty where the line goes on
// with the one above. What files say of themselves cannot write control
// characters.
type sheet []struct{ name, text string }

func (s *sheet) line(name, format string, args ...any) {
	*s = append(*s, struct{ name, text string }{name, plain.Text(fmt.Sprintf(format, args...))})
}

func (p PolicyReport) title() string {
	text := p.Terms.Measurement + " in " + Symbol(p.Terms.Unit)
	if p.Name != "" {
		text = p.Name + ": " + text
	}
	return text
}

// Symbol returns how a unit is written, its code if there is no symbol.
func Symbol(code string) string {
	unit, known := gs1.UnitByCode(code)
	switch {
	case code == "P1":
		return "%"
	case code == "K40": // Recommendation 20 writes gn
		return "g"
	case known && unit.Symbol() != "":
		return unit.Symbol()
	}
	return code
}

// Why says why the verdict is what it is, a line a reason.
func (r *Report) Why() []string {
	var lines []string
	for _, d := range r.Devices {
		prefix := ""
		if len(r.Devices) > 1 {
			prefix = d.name() + ": "
		}
		for _, reason := range d.Reasons {
			lines = append(lines, plain.Text(prefix+d.because(reason)))
		}
	}
	return lines
}

func (d Device) name() string {
	switch {
	case d.Device == "":
		return strings.TrimSpace(strings.Join(d.Files, ", ") + " " + d.Component)
	case d.Component == "":
		return d.Device
	}
	return d.Device + " (" + d.Component + ")"
}

// because says a reason in words.
func (d Device) because(reason string) string {
	since := ""
	for _, b := range d.Broken {
		if b.Rule == reason {
			since = ", since " + b.At.String()
		}
	}
	for _, b := range d.Bands {
		switch reason {
		case b.Name + ":" + evaluation.RuleLongest:
			return fmt.Sprintf("%s: an excursion lasted %s, %s%s", b.Name, Duration(b.LongestMs), allowed(*b.LongestExcursionMs), since)
		case b.Name + ":" + evaluation.RuleAllowance:
			return fmt.Sprintf("%s: excursions add up to %s, %s%s", b.Name, Duration(b.OutMs), allowed(*b.AllowanceMs), since)
		}
	}
	if reason == evaluation.RuleMKT && d.MKT != nil && d.MKT.Highest != nil {
		return fmt.Sprintf("the mean kinetic temperature of %s was %s, at most %s is allowed%s",
			Duration(d.MKT.WindowMs), d.amount(d.MKT.Highest.MKT), d.amount(d.MKT.Limit), since)
	}
	return d.doubt(reason)
}

func allowed(ms int64) string {
	if ms == 0 {
		return "none is allowed"
	}
	return Duration(ms) + " is allowed"
}

// doubt says why something is not known.
func (d Device) doubt(reason string) string {
	switch reason {
	case evaluation.ReasonNoReadings:
		return "there is no reading within the window"
	case evaluation.ReasonGap:
		return fmt.Sprintf("readings are missing: %s, %s in all", many(d.Gaps.Count, "gap"), Duration(d.Gaps.MissingMs))
	case evaluation.ReasonCoverage:
		return fmt.Sprintf("readings end %s before the window does", Duration(d.UncoveredMs))
	case evaluation.ReasonUnderWay:
		return "the last reading is out of range, and nothing says when that ended"
	case evaluation.ReasonImplausible:
		if d.Implausible != nil {
			return fmt.Sprintf("%s a working sensor cannot have made, the first at %s", many(d.Implausible.Count, "reading"), d.Implausible.First)
		}
	case ReasonMissing:
		if d.Recordings != nil {
			return many(d.Recordings.Missing, "recording") + " of the device missing between those given"
		}
	}
	return reason
}

func many[N int | uint64](n N, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return Count(n) + " " + what + "s"
}

func (d Device) amount(a evaluation.Amount) string { return a.String() + " " + Symbol(d.Unit) }

func (d Device) write(w *sheet, r *Report) {
	if d.Device == "" && d.Component == "" {
		w.line("file", "%s: %s", strings.Join(d.Files, ", "), d.Verdict)
	} else {
		w.line("device", "%s (%s): %s", d.name(), strings.Join(d.Files, ", "), d.Verdict)
	}
	readings := many(d.Readings, "reading")
	if d.Lowest != nil && d.Highest != nil {
		readings += fmt.Sprintf(", lowest %s, highest %s", d.amount(*d.Lowest), d.amount(*d.Highest))
	}
	w.line("readings", "%s%s", readings, d.passedOver())
	if d.UnitTaken {
		w.line("unit", "%s, as the policy's: the file does not say (--unit names another)", Symbol(d.Unit))
	}
	for _, b := range d.Bands {
		b.write(w, d)
	}
	d.writeMKT(w, r.Listed)
	d.writeGaps(w, r.Policy.Terms)
	d.writeRecordings(w)
}

// passedOver says what of the files was not evaluated.
func (d Device) passedOver() string {
	var parts []string
	note := func(n int, what, then string) {
		if n > 0 {
			parts = append(parts, many(n, what)+" "+then)
		}
	}
	note(d.Read-int(d.Readings), "reading", "outside of the window")
	note(d.Duplicates, "duplicate", "dropped")
	note(d.Empty, "row", "without a value")
	note(d.Other, "row", "passed over")
	note(d.Unsorted, "row", "not in order of time")
	if len(parts) == 0 {
		return ""
	}
	return "; " + strings.Join(parts, ", ")
}

func (b Band) rangeText(d Device) string {
	switch {
	case b.Lower == nil:
		return "up to " + d.amount(*b.Upper)
	case b.Upper == nil:
		return d.amount(*b.Lower) + " and above"
	}
	return b.Lower.String() + " to " + d.amount(*b.Upper)
}

func (b Band) write(w *sheet, d Device) {
	text := fmt.Sprintf("%s, %s: %s", b.Name, b.rangeText(d), many(b.Excursions, "excursion"))
	if b.Excursions > 0 {
		text += fmt.Sprintf(", longest %s%s, %s in all%s", Duration(b.LongestMs), of(b.LongestExcursionMs), Duration(b.OutMs), of(b.AllowanceMs))
	}
	w.line("band", "%s", text)
	for _, x := range b.List {
		reach := "up to"
		if x.Side == evaluation.Below {
			reach = "down to"
		}
		w.line("", "  %s %s to %s, %s, %s %s", x.Side, x.From, x.To, Duration(x.Ms), reach, d.amount(x.Extreme))
	}
	if more := b.Excursions - uint64(len(b.List)); more > 0 {
		w.line("", "  and %s more", Count(more))
	}
}

func of(limit *int64) string {
	switch {
	case limit == nil:
		return ""
	case *limit == 0:
		return " (none allowed)"
	}
	return " (" + Duration(*limit) + " allowed)"
}

func (d Device) writeMKT(w *sheet, listed int) {
	if d.MKT == nil {
		return
	}
	text := fmt.Sprintf("at most %s in %s", d.amount(d.MKT.Limit), Duration(d.MKT.WindowMs))
	if d.MKT.Highest != nil {
		text += fmt.Sprintf(": highest %s, in the window to %s", d.amount(d.MKT.Highest.MKT), d.MKT.Highest.To)
	}
	if d.MKT.Overall != nil {
		text += fmt.Sprintf("; %s over all that is known", d.amount(*d.MKT.Overall))
	}
	w.line("MKT", "%s", text)
	over := slices.DeleteFunc(slices.Clone(d.MKT.Windows), func(k KineticWindow) bool { return k.MKT <= d.MKT.Limit })
	for _, k := range over[:min(len(over), listed)] {
		w.line("", "  %s in the window to %s, of which %s is known", d.amount(k.MKT), k.To, Duration(k.KnownMs))
	}
	if more := len(over) - listed; more > 0 {
		w.line("", "  and %s more over the limit", Count(more))
	}
}

func (d Device) writeGaps(w *sheet, terms evaluation.Terms) {
	if d.Gaps.Count == 0 {
		w.line("gaps", "none longer than %s", Duration(terms.LargestGapMs))
		return
	}
	w.line("gaps", "%s, %s in all", Count(d.Gaps.Count), Duration(d.Gaps.MissingMs))
	for _, g := range d.Gaps.List {
		w.line("", "  %s to %s, %s", g.From, g.To, Duration(g.Ms))
	}
	if more := d.Gaps.Count - uint64(len(d.Gaps.List)); more > 0 {
		w.line("", "  and %s more", Count(more))
	}
}

func (d Device) writeRecordings(w *sheet) {
	c := d.Recordings
	if c == nil {
		return
	}
	text := fmt.Sprintf("%s, numbers %d to %d", many(c.Recordings, "recording"), c.First, c.Last)
	if c.Missing > 0 {
		text += fmt.Sprintf(", %d missing", c.Missing)
	}
	if c.Signed {
		text += "; signatures verified"
	} else {
		text += "; signatures NOT checked: give the device's public key with --key"
	}
	w.line("recordings", "%s", text)
}
