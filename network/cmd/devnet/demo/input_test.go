package demo

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// file writes a file of the test's own.
func file(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

// edited is the demo's own document with every event changed.
func edited(t *testing.T, change func(event map[string]any)) string {
	t.Helper()
	var document map[string]any
	require.NoError(t, json.Unmarshal(consignment, &document))
	for _, event := range document["epcisBody"].(map[string]any)["eventList"].([]any) {
		change(event.(map[string]any))
	}
	text, err := json.Marshal(document)
	require.NoError(t, err)
	return string(text)
}

func TestTheDemosOwnInputTellsTheStory(t *testing.T) {
	in, err := load("", "")
	require.NoError(t, err)
	require.Len(t, in.glns, len(traders))
	require.NotEmpty(t, in.objects)
	good, carried, rest, err := in.parts()
	require.NoError(t, err)
	require.NotEmpty(t, good)
	require.NotEmpty(t, carried)
	require.Len(t, in.log.Readings, len(good)+len(carried)+len(rest))
	require.Regexp(t, `^/8004/\d{12}TL271$`, deviceID(in))
}

func TestWhatCannotBeToldIsRefusedInOneLineThatNamesTheFile(t *testing.T) {
	events := map[string]struct{ content, says string }{
		"nothing":       {"", "input ends where a value is expected"},
		"cut off":       {string(consignment[:len(consignment)/2]), "events in cut off: "},
		"many faults":   {`{"a":1,"b":2}`, "see all with: countersign epcis validate"},
		"CSV":           {string(logger), "events in CSV: "},
		"nobody sends":  {edited(t, func(e map[string]any) { delete(e, "sourceList") }), "each shipping with a source and a destination"},
		"goes nowhere":  {edited(t, func(e map[string]any) { delete(e, "destinationList") }), "a shipping event needs a destination of type possessing_party"},
		"no party":      {edited(t, ownedBy("urn:epc:id:sgtin:9521321.040071.1")), "a possessing party is named by its GLN"},
		"wrong digit":   {edited(t, ownedBy("https://id.gs1.org/417/9521321000002")), "events in wrong digit: "},
		"never shipped": {edited(t, func(e map[string]any) { e["bizStep"] = "storing" }), "shipping and receiving twice"},
	}
	for name, test := range events {
		_, err := load(file(t, name, test.content), "")
		require.ErrorContains(t, err, test.says, name)
		require.NotContains(t, err.Error(), "\n", name)
	}
	readings := map[string]struct{ content, says string }{
		"nothing":     {"", "the file is empty"},
		"one column":  {"time\n2026-01-01T00:00:00Z\n", "no column for the value is found"},
		"no number":   {"time,value\n2026-01-01T00:00:00Z,warm\n", "readings in no number: "},
		"no time":     {"time,value\nyesterday,4.5\n", "readings in no time: "},
		"too few":     {"time,value\n2026-01-01T00:00:00Z,4.5\n2026-01-01T00:05:00Z,4.6\n", "a log of 2 readings is too short"},
		"no CSV":      {"time,value\n\"2026", "readings in no CSV: "},
		"a long line": {strings.Repeat("x", 1<<16), "no line among the first"},
	}
	for name, test := range readings {
		_, err := load("", file(t, name, test.content))
		require.ErrorContains(t, err, test.says, name)
		require.NotContains(t, err.Error(), "\n", name)
	}
	for _, missing := range []func() (*input, error){
		func() (*input, error) { return load("/nonexistent/x", "") },
		func() (*input, error) { return load("", "/nonexistent/x") },
	} {
		_, err := missing()
		require.ErrorIs(t, err, os.ErrNotExist)
	}
}

// ownedBy names another sender in every event that has one.
func ownedBy(id string) func(map[string]any) {
	return func(e map[string]any) {
		if e["sourceList"] != nil {
			e["sourceList"] = []any{map[string]any{"type": "possessing_party", "source": id}}
		}
	}
}

func TestALogThatTellsNoStoryIsRefused(t *testing.T) {
	row := func(temperature string) string {
		var log strings.Builder
		log.WriteString("time,value\n")
		for _, minute := range []string{"00", "05", "10", "15", "20", "25", "30", "35"} {
			log.WriteString("2026-01-01T00:" + minute + ":00Z," + temperature + "\n")
		}
		return log.String()
	}
	for temperature, says := range map[string]string{"9.5": "the log starts out of range", "5.0": "the log never leaves 2 to 8 °C"} {
		in, err := load("", file(t, "log.csv", row(temperature)))
		require.NoError(t, err)
		_, _, _, err = in.parts()
		require.ErrorContains(t, err, says)
	}
}
