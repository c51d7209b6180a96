package gs1_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// corpusRoot is where the published third-party cases lie, beside the repository.
var corpusRoot = filepath.Join("..", "..", "..", "..", "shared", "corpus")

// corpusFile opens a file of the corpus and skips the test, loudly, without it.
func corpusFile(t testing.TB, name string) string {
	t.Helper()
	path := filepath.Join(corpusRoot, filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		t.Skip("CORPUS NOT PRESENT: " + name + ": published cases are not checked")
	}
	return path
}

// corpusRows reads a table of the corpus as one map a row, by column.
func corpusRows(t testing.TB, name string) []map[string]string {
	t.Helper()
	file, err := os.Open(corpusFile(t, name))
	require.NoError(t, err)
	defer func() { _ = file.Close() }()
	reader := csv.NewReader(file)
	reader.FieldsPerRecord = -1
	records, err := reader.ReadAll()
	require.NoError(t, err)
	var rows []map[string]string
	for _, record := range records[1:] {
		row := make(map[string]string, len(record))
		for i, column := range records[0] {
			if i < len(record) {
				row[column] = record[i]
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// tally counts the cases of a file and lists those that are not covered.
type tally struct {
	name    string
	agreed  int
	skipped []string
	failed  int
}

func (c *tally) check(t *testing.T, agrees bool, format string, args ...any) {
	t.Helper()
	if agrees {
		c.agreed++
		return
	}
	c.failed++
	t.Errorf(format, args...)
}

func (c *tally) skip(reason, what string) { c.skipped = append(c.skipped, what+": "+reason) }

func (c *tally) report(t *testing.T, want int) {
	t.Helper()
	t.Logf("%s: %d cases agree, %d fail, %d not covered", c.name, c.agreed, c.failed, len(c.skipped))
	for _, one := range c.skipped {
		t.Logf("  not covered: %s", one)
	}
	require.Equal(t, want, c.agreed+c.failed+len(c.skipped), "every case is counted")
}
