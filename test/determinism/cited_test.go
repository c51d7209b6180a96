package determinism_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	root     = "../.."
	security = root + "/docs/security.md"
	classes  = 45
)

var (
	citation = regexp.MustCompile("`([a-z0-9_/]+)` ((?:Test|Fuzz)\\w+(?:, (?:Test|Fuzz)\\w+)*)")
	anyTest  = regexp.MustCompile(`\b(?:Test|Fuzz)[A-Z]\w+`)
	linter   = regexp.MustCompile("linter `([a-z]+)`")
	open     = regexp.MustCompile(`open: issue [4-7]\b`)
	row      = regexp.MustCompile(`(?m)^\| (\d+) \|[^|]+\|[^|]+\|([^|]+)\|$`)
)

// declared returns the tests that a folder declares.
func declared(t *testing.T, folder string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, folder, "*_test.go"))
	require.NoError(t, err)
	found := map[string]bool{}
	function := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, match := range function.FindAllStringSubmatch(string(text), -1) {
			found[match[1]] = true
		}
	}
	return found
}

func TestWhatIsCitedExists(t *testing.T) {
	text, err := os.ReadFile(security)
	require.NoError(t, err)
	cited := 0
	for _, match := range citation.FindAllStringSubmatch(string(text), -1) {
		tests := declared(t, match[1])
		for name := range strings.SplitSeq(match[2], ", ") {
			require.True(t, tests[name], "%s has no %s", match[1], name)
			cited++
		}
	}
	require.Equal(t, len(anyTest.FindAllString(string(text), -1)), cited, "a test is cited without its folder")

	configuration, err := os.ReadFile(root + "/.golangci.yml")
	require.NoError(t, err)
	for _, match := range linter.FindAllStringSubmatch(string(text), -1) {
		require.Contains(t, string(configuration), "\n    - "+match[1]+"\n", "the linter is not on")
	}
}

func TestEveryClassOfVulnerabilityIsProvedOrOpen(t *testing.T) {
	text, err := os.ReadFile(security)
	require.NoError(t, err)
	rows := row.FindAllStringSubmatch(string(text), -1)
	require.Len(t, rows, classes)
	for i, match := range rows {
		require.Equal(t, fmt.Sprint(i+1), match[1])
		proof := match[2]
		require.True(t, citation.MatchString(proof) || linter.MatchString(proof) || open.MatchString(proof), "row %d has no proof", i+1)
	}
}
