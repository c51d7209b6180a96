package client_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// flat takes the indentation from code, and the marks from code in a comment.
func flat(code string) string {
	var lines []string
	for line := range strings.Lines(code) {
		line = strings.TrimSpace(line)
		if commented, ok := strings.CutPrefix(line, "//\t"); ok {
			line = strings.TrimSpace(commented)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func TestTheSnippetsAreCompiled(t *testing.T) {
	page, err := os.ReadFile("../docs/client.md")
	require.NoError(t, err)
	var examples strings.Builder
	var names []string
	for _, pattern := range []string{"example*_test.go", "examples/erp/*.go"} {
		found, err := filepath.Glob(pattern)
		require.NoError(t, err)
		require.NotEmpty(t, found)
		names = append(names, found...)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		examples.Write(text)
	}
	snippets := strings.Split(string(page), "```go\n")[1:]
	require.NotEmpty(t, snippets)
	for _, snippet := range snippets {
		code, _, closed := strings.Cut(snippet, "```\n")
		require.True(t, closed)
		require.Contains(t, flat(examples.String()), flat(code))
	}
}
