package main

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/invopop/jsonschema"
	"github.com/stretchr/testify/require"
)

func TestTheSchemasAreUpToDate(t *testing.T) {
	const root = "../../.."
	files, err := generate(root)
	require.NoError(t, err)
	want := map[string]bool{}
	for _, f := range files {
		text, err := os.ReadFile(filepath.Join(root, f.path))
		require.NoError(t, err, "run: make schemas")
		require.Equal(t, string(f.text), string(text), "%s is out of date; run: make schemas", f.path)
		want[filepath.Base(f.path)] = true
	}
	onDisk, err := filepath.Glob(filepath.Join(root, folder, "*.json"))
	require.NoError(t, err)
	for _, path := range onDisk {
		require.True(t, want[filepath.Base(path)], "%s describes no function; run: make schemas", path)
	}
}

func TestWhatMayBeAbsentIsNotRequired(t *testing.T) {
	type inner struct {
		Until time.Time `json:"until,omitzero"`
		Since time.Time `json:"since"`
	}
	type outer struct {
		Inner []inner   `json:"inner"`
		At    time.Time `json:"at,omitzero"`
	}
	s := schema(&jsonschema.Reflector{Anonymous: true, ExpandedStruct: true, Mapper: text}, reflect.TypeFor[outer]())
	require.Equal(t, []string{"inner"}, s.Required)
	require.Equal(t, []string{"since"}, s.Definitions["inner"].Required)
}
