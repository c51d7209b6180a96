package main

import (
	"os"
	"path/filepath"
	"testing"

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
