package verify_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/client/evidence"
	"github.com/countersign-ledger/countersign/client/verify"
)

// lines are those of a report that begin with a word.
func lines(report *verify.Report, word string) (found []string) {
	for line := range strings.Lines(report.String()) {
		if rest, is := strings.CutPrefix(line, word+" "); is {
			found = append(found, strings.TrimSpace(rest))
		}
	}
	return found
}

func TestAReportShowsToPeopleWhatWasProved(t *testing.T) {
	t.Parallel()
	v := verifier(t, consortium(t).Roots())
	kinds := everyKind(t)
	report := v.Verify(kinds["readings"], twoOf3, later)
	require.Equal(t, []string{
		"readings 70 to 72 of the 200 (from 0) of recording 1 of " + deviceID + ", Temperature",
		"2026-03-01T08:10:00Z  5.7 CEL", "2026-03-01T08:11:00Z  5.8 CEL", "2026-03-01T08:12:00Z  5 CEL",
	}, lines(report, "shows"))
	require.True(t, strings.HasSuffix(report.String(), "CEL\nVERIFIED\n"))

	events := kinds["events"].(*evidence.Events)
	declared := events.Shown[1].Declaration
	require.NotEmpty(t, declared)
	require.Equal(t, []string{
		"event 1 of " + objectPath + ": ni:///sha-256;" + events.Shown[0].Hash() + "?ver=CBV2.0, recorded by CarrierMSP as urn:uuid:5a8c1f36-6d0f-4f0e-9d5c-2f6f0b7c1d11",
		"event 1: " + events.Shown[0].Text,
		"event 3 of " + objectPath + ": ni:///sha-256;" + events.Shown[1].Hash() + "?ver=CBV2.0, recorded by CarrierMSP",
		"event 3: " + events.Shown[1].Text,
		"event 3 is DECLARED AN ERROR: " + strings.Join(declared, ", "),
	}, lines(v.Verify(events, twoOf3, later), "shows"))

	require.Equal(t, []string{objectPath + " was in " + palletPath + ", through " + cartonPath},
		lines(v.Verify(kinds["contained"], twoOf3, later), "shows"))

	three := verify.Policy{Required: 3, Of: twoOf3.Of}
	refused := v.Verify(kinds["readings"], three, later)
	require.Empty(t, lines(refused, "shows"), "what is not verified is not shown as if it were")
	require.Len(t, lines(refused, "claims"), 4)
}

func TestALongReportIsCutAndSaysSo(t *testing.T) {
	t.Parallel()
	v := verifier(t, consortium(t).Roots())
	report := v.Verify(shownReadings(t, aRecording(t, 1, 50), 0, 200), twoOf3, later)
	shown := lines(report, "shows")
	require.Len(t, shown, 22)
	require.Equal(t, "and 180 readings more", shown[21])
	require.Len(t, report.Readings.Readings, 200, "the data has them all")

	many := &verify.Report{Verdict: "verified", Events: make([]verify.Event, 30)}
	for i := range many.Events {
		many.Events[i] = verify.Event{Number: uint64(i + 1), Text: strings.Repeat("é", 5000)} //nolint:gosec // not negative
	}
	shown = lines(many, "shows")
	require.Len(t, shown, 41)
	require.True(t, strings.HasSuffix(shown[1], "é ... and 6000 bytes more"), shown[1])
	require.Equal(t, "and 10 events more", shown[40])
}

func TestWhatIsShownCannotAddALineToAReport(t *testing.T) {
	t.Parallel()
	forged := "x\nVERIFIED\n\x1b[2J"
	report := &verify.Report{
		Verdict:   "not verified",
		Readings:  &verify.Readings{Device: forged, Unit: forged, Type: forged, Readings: []verify.Reading{{Time: time.Unix(0, 0)}}},
		Events:    []verify.Event{{Subject: forged, Organisation: forged, Hash: forged, EventID: forged, RecordedBy: forged, Text: forged, Declared: []string{forged}}},
		Contained: &verify.Contained{Object: forged, Container: forged, Through: []string{forged}, AsOf: forged, Clock: forged},
		Unsafe:    []string{forged},
	}
	require.NotContains(t, report.String(), "\nVERIFIED")
	require.NotContains(t, report.String(), "\x1b")
	require.Equal(t, 1+2+3+1+1, strings.Count(report.String(), "\n"))
}

func TestAnUnsafeOptionLeavesALineAlsoWhereItIsNotNeeded(t *testing.T) {
	t.Parallel()
	valid := stateOf(t, twinClaim(t, consortium(t)))
	report := verifier(t, consortium(t).Roots(), verify.WithExpiredCertificatesUnsafe()).Verify(valid, twoOf3, later)
	require.True(t, report.Verified(), "%s", report)
	require.Len(t, lines(report, "UNSAFE"), 1, "%s", report)
	text, err := json.Marshal(report)
	require.NoError(t, err)
	require.Contains(t, string(text), `"unsafe":["by option`)

	report = verifier(t, consortium(t).Roots()).Verify(valid, twoOf3, later)
	require.True(t, report.Verified(), "%s", report)
	require.NotContains(t, report.String(), "UNSAFE")
}
