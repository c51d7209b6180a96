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
	records  = root + "/docs/validation.md"
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
	for _, page := range []string{security, records} {
		cited(t, page)
	}
}

// cited holds what a page cites against the tree.
func cited(t *testing.T, page string) {
	t.Helper()
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	count := 0
	for _, match := range citation.FindAllStringSubmatch(string(text), -1) {
		tests := declared(t, match[1])
		for name := range strings.SplitSeq(match[2], ", ") {
			require.True(t, tests[name], "%s has no %s", match[1], name)
			count++
		}
	}
	require.Equal(t, len(anyTest.FindAllString(string(text), -1)), count, "a test is cited without its folder")

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

// Whatever is asked of electronic records is answered: by a test, or by whose
// procedure it is.
func TestEveryRequirementOfElectronicRecordsIsAnswered(t *testing.T) {
	text, err := os.ReadFile(records)
	require.NoError(t, err)
	rows := regexp.MustCompile(`(?m)^\| (1[0-9.]*\S*|[2-9]\S*)[^|]*\|[^|]+\|([^|]+)\|([^|]+)\|$`).FindAllStringSubmatch(string(text), -1)
	require.Greater(t, len(rows), 45)
	for _, match := range rows {
		how, proof := match[2], match[3]
		require.Regexp(t, `Product|User|Operator|operator|Not used`, how, match[1])
		require.True(t, citation.MatchString(proof) || strings.Contains(proof, "none"), match[1])
	}
}
