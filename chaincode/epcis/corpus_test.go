package epcis_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// corpusDir is the collection of published cases that lies beside the repository.
const corpusDir = "../../../shared/corpus"

// corpus returns the path of a part of the corpus, or skips loudly.
func corpus(t testing.TB, parts ...string) string {
	t.Helper()
	if _, err := os.Stat(corpusDir); err != nil {
		t.Skip("CORPUS NOT PRESENT: the published EPCIS cases are not beside this repository; nothing was checked against them")
	}
	return filepath.Join(append([]string{corpusDir}, parts...)...)
}

// readCSV returns the rows of a table of the corpus by column name.
func readCSV(t testing.TB, path string) []map[string]string {
	t.Helper()
	f, err := os.Open(path)
	require.NoError(t, err)
	defer func() { _ = f.Close() }()
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	var list []map[string]string
	for _, r := range rows[1:] {
		m := map[string]string{}
		for i, v := range r {
			m[rows[0][i]] = v
		}
		list = append(list, m)
	}
	return list
}

// files returns the files of a folder of the corpus whose names end so.
func files(t testing.TB, dir string, suffixes ...string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	var list []string
	for _, e := range entries {
		for _, s := range suffixes {
			if strings.HasSuffix(e.Name(), s) {
				list = append(list, filepath.Join(dir, e.Name()))
			}
		}
	}
	return list
}
