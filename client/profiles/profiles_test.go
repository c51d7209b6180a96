package profiles_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/client/profiles"
)

var nameForm = regexp.MustCompile(`^[a-z][a-z0-9-]{1,40}$`)

// comparable are the units that loggers measure in beside the profile's.
var comparable = map[string][]string{"CEL": {"FAH", "KEL"}, "K40": {"MSK"}, "P1": {"C62"}}

func TestEveryProfileIsAPolicy(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range profiles.All() {
		t.Run(p.Name, func(t *testing.T) {
			require.Regexp(t, nameForm, p.Name)
			require.False(t, seen[p.Name], "the name is taken")
			seen[p.Name] = true
			pointer, text := p.Terms.Check()
			require.Empty(t, text, pointer)
			unit, known := gs1.UnitByCode(p.Terms.Unit)
			require.True(t, known)
			require.True(t, unit.Measures(p.Terms.Measurement))
			for _, other := range comparable[p.Terms.Unit] {
				_, _, err := evaluation.Align(p.Terms, other)
				require.NoError(t, err, "a logger may measure in it")
			}
			require.NotEmpty(t, p.Sources)
			require.NotEmpty(t, p.Confirm, "every profile has something that its owner must confirm")
			for _, s := range p.Sources {
				require.NotEmpty(t, s.Title)
				require.NotEmpty(t, s.Says)
			}
			require.LessOrEqual(t, len(p.Policy(p.Name).Description), 1000)
			found, ok := profiles.Find(p.Name)
			require.True(t, ok)
			require.Equal(t, p, found)
		})
	}
	require.Len(t, profiles.Names(), len(seen))
	_, ok := profiles.Find("no-such")
	require.False(t, ok)
}

const guide = "../../docs/condition.md"

func TestTheGuideHasTheTableOfTheProfiles(t *testing.T) {
	text, err := os.ReadFile(guide)
	require.NoError(t, err)
	before, rest, ok := strings.Cut(string(text), "<!-- profiles -->\n")
	require.True(t, ok)
	shown, after, ok := strings.Cut(rest, "<!-- /profiles -->\n")
	require.True(t, ok)
	if os.Getenv("UPDATE_GOLDEN") != "" {
		whole := before + "<!-- profiles -->\n" + table() + "<!-- /profiles -->\n" + after
		require.NoError(t, os.WriteFile(guide, []byte(whole), 0o600))
		return
	}
	require.True(t, table() == shown, "the table is not that of the profiles: run with UPDATE_GOLDEN=1")
}

func table() string {
	var rows, details strings.Builder
	rows.WriteString("| profile | bands, and what is allowed outside | largest gap |\n|---|---|---|\n")
	for _, p := range profiles.All() {
		symbol := unitSymbol(p.Terms.Unit)
		var bands []string
		for _, b := range p.Terms.Bands {
			bands = append(bands, "**"+b.Name+"** "+rangeOf(b, symbol)+": "+allowed(b))
		}
		if m := p.Terms.MKT; m != nil {
			bands = append(bands, fmt.Sprintf("**MKT** at most %s %s in %s", m.Upper, symbol, duration(m.BucketMs*int64(m.Buckets))))
		}
		fmt.Fprintf(&rows, "| `%s` | %s | %s |\n", p.Name, strings.Join(bands, "<br>"), duration(p.Terms.LargestGapMs))
		fmt.Fprintf(&details, "\n**`%s`** %s.\n", p.Name, cell(p.Title))
		for _, s := range p.Sources {
			fmt.Fprintf(&details, "- Source: %s: %s.\n", cell(s.Title), cell(s.Says))
		}
		for _, text := range p.Confirm {
			fmt.Fprintf(&details, "- Confirm: %s.\n", cell(text))
		}
		for _, text := range p.Limits {
			fmt.Fprintf(&details, "- Note: %s.\n", cell(text))
		}
	}
	return rows.String() + details.String()
}

func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "<", "&lt;", ">", "&gt;").Replace(text)
}

func unitSymbol(code string) string {
	unit, _ := gs1.UnitByCode(code)
	switch code {
	case "P1":
		return "%"
	case "K40":
		return "g"
	}
	return unit.Symbol()
}

func rangeOf(b evaluation.Band, symbol string) string {
	switch {
	case b.Lower == nil:
		return "up to " + b.Upper.String() + " " + symbol
	case b.Upper == nil:
		return "from " + b.Lower.String() + " " + symbol
	}
	return b.Lower.String() + " to " + b.Upper.String() + " " + symbol
}

func allowed(b evaluation.Band) string {
	var parts []string
	if b.LongestExcursionMs != nil && *b.LongestExcursionMs == 0 {
		parts = append(parts, "none")
	} else if b.LongestExcursionMs != nil {
		parts = append(parts, duration(*b.LongestExcursionMs)+" at a time")
	}
	if b.AllowanceMs != nil {
		parts = append(parts, duration(*b.AllowanceMs)+" in all")
	}
	if b.MinimumMs > 0 {
		parts = append(parts, "shorter than "+duration(b.MinimumMs)+" is noise")
	}
	return strings.Join(parts, ", ")
}

func duration(ms int64) string {
	for _, unit := range []struct {
		name string
		ms   int64
	}{{"d", 86_400_000}, {"h", 3_600_000}, {"min", 60_000}, {"s", 1000}} {
		if ms%unit.ms == 0 && (unit.name != "d" || ms > 3*unit.ms) {
			return fmt.Sprintf("%d %s", ms/unit.ms, unit.name)
		}
	}
	if ms%1000 == 999 {
		return "less than " + duration(ms+1)
	}
	return fmt.Sprintf("%d ms", ms)
}
