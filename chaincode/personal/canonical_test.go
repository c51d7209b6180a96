package personal_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/personal"
)

// The text of RFC 8785, section 3.2.2.2: only the characters that must be are
// escaped, and in the short form where there is one.
func TestASignedObjectIsInTheFormOfRFC8785(t *testing.T) {
	got := personal.Canonical(personal.Object{
		{Name: "string", Value: "€$\u000f\nA'B\"\\\\\"/\u2028<&>\u007f"},
		{Name: "nothing", Value: ""},
		{Name: "none", Value: []string{}},
		{Name: "empty", Value: personal.Object{{Name: "a", Value: ""}}},
		{Name: "list", Value: []string{"b", "a"}},
		{Name: "B", Value: "capitals first"},
		{Name: "objects", Value: []personal.Object{{{Name: "y", Value: "2"}, {Name: "x", Value: "1"}}, {}}},
		{Name: "object", Value: personal.Object{{Name: "y", Value: "2"}, {Name: "x", Value: ""}}},
		{Name: "number", Value: 1},
	})
	require.Equal(t, `{"B":"capitals first","list":["b","a"],"object":{"y":"2"},"objects":[{"x":"1","y":"2"},{}],`+
		`"string":"€$\u000f\nA'B\"\\\\\"/`+"\u2028<&>\u007f"+`"}`, string(got))
}

func TestASignedObjectSaysWhatItWasGiven(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		members := rapid.MapOfN(rapid.StringMatching(`[a-zA-Z]{1,8}`), rapid.StringN(1, 20, 80), 1, 8).Draw(t, "members")
		var object personal.Object
		for name, value := range members {
			object = append(object, personal.Member{Name: name, Value: value})
		}
		text := personal.Canonical(object)
		read := map[string]string{}
		require.NoError(t, json.Unmarshal(text, &read))
		require.Equal(t, members, read)
		again := personal.Canonical(object)
		require.True(t, bytes.Equal(text, again))
	})
}

func TestATimeIsWrittenToTheMillisecond(t *testing.T) {
	at := time.Date(2026, 3, 1, 9, 0, 0, 5e6, time.FixedZone("", 3600))
	require.Equal(t, "2026-03-01T08:00:00.005Z", personal.Time(at))
	require.Empty(t, personal.Time(time.Time{}))
	require.True(t, personal.Exact(at))
	for name, wrong := range map[string]time.Time{
		"none": {}, "too fine": at.Add(1), "too early": time.Date(1969, 1, 1, 0, 0, 0, 0, time.UTC), "too late": time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC),
	} {
		require.False(t, personal.Exact(wrong), name)
	}
	require.False(t, strings.Contains(personal.Time(at), "+"))
}
