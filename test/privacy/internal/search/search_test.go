package search_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/syndtr/goleveldb/leveldb"
	"github.com/syndtr/goleveldb/leveldb/opt"
	"github.com/syndtr/goleveldb/leveldb/util"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/test/privacy/internal/search"
)

func secret(t require.TestingT, text string) search.Secret {
	s, err := search.NewSecret("secret", []byte(text))
	require.NoError(t, err)
	return s
}

func TestASecretIsFoundInEveryFormWhateverStandsAroundIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringN(12, 60, -1).Draw(t, "secret")
		before, after := rapid.String().Draw(t, "before"), rapid.String().Draw(t, "after")
		whole := []byte(before + text + after)
		quoted, err := json.Marshal(string(whole))
		require.NoError(t, err)
		for form, written := range map[string][]byte{
			"plain":       whole,
			"JSON":        quoted,
			"hexadecimal": []byte(hex.EncodeToString(whole)),
			"upper case":  bytes.ToUpper([]byte(hex.EncodeToString(whole))),
			"base64":      []byte(base64.StdEncoding.EncodeToString(whole)),
			"base64url":   []byte(base64.URLEncoding.EncodeToString(whole)),
		} {
			require.NotEmpty(t, search.Bytes(written, search.Finding{}, secret(t, text)), form)
		}
		require.Empty(t, search.Bytes([]byte(strings.Replace(string(whole), text, "", 1)), search.Finding{}, secret(t, text+"?????")))
	})
}

// The ledger packs public records: what is in one must not be hidden by that.
func TestAMarkedTextIsFoundInAPackedRecord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		random := rapid.Permutation([]byte("bcdfghjkmnpqrsvwxyzBFGHJKLNPQRSTVWXYZ0123456789-_")).Draw(t, "random")[:20]
		text := "CANARY in a value \u00e9 " + string(random)
		record := []byte(`{"v":2,"id":"/01/09506000134352/21/4711","custodian":"ManufacturerMSP","place":"` + text + `","updated":"2026-03-01T08:01:00Z"}`)
		value := ledger.Pack(record)
		require.NotEqual(t, record, value)
		require.NotEmpty(t, search.Bytes(value, search.Finding{}, secret(t, text)))
	})
}

func TestASecretThatWouldBeFoundByChanceIsRefused(t *testing.T) {
	_, err := search.NewSecret("price", []byte("12.50"))
	require.Error(t, err)
}

const hidden = "CANARY-in-a-database"

// database writes one, in which blocks are compressed, and closes it.
func database(t *testing.T, dir string, compact bool, write func(*leveldb.DB)) {
	t.Helper()
	db, err := leveldb.OpenFile(dir, &opt.Options{Compression: opt.SnappyCompression})
	require.NoError(t, err)
	write(db)
	if compact {
		require.NoError(t, db.CompactRange(util.Range{}))
	}
	require.NoError(t, db.Close())
}

// What is in a compressed block of a database is in no raw file of it: a search of
// files alone would pass it over.
func TestWhatACompressedBlockHidesIsFoundInItsDatabase(t *testing.T) {
	root := t.TempDir()
	database(t, filepath.Join(root, "peer", "db"), true, func(db *leveldb.DB) {
		// The beginning of the secret stands before it, so that compression writes a
		// reference to that in its place.
		require.NoError(t, db.Put([]byte("key"), []byte(strings.Repeat(hidden[:12], 20)+hidden), nil))
	})
	owner := func(path string) string { return strings.Split(path, string(filepath.Separator))[0] }
	found, looked, err := search.Tree(root, owner, secret(t, hidden))
	require.NoError(t, err)
	require.Equal(t, 1, looked.Databases)
	require.Equal(t, search.Findings{{
		Secret: "secret", Form: "plain", Kind: search.Entry, Organisation: "peer", Store: filepath.Join("peer", "db"), Key: `"key"`,
	}}, found)
	raw, err := filepath.Glob(filepath.Join(root, "peer", "db", "*.ldb"))
	require.NoError(t, err)
	require.NotEmpty(t, raw)
	for _, file := range raw {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NotContains(t, string(text), hidden, "the example shows nothing: the block is not compressed")
	}
}

func TestWhatADatabaseHasDeletedIsARemnantUntilItIsCompacted(t *testing.T) {
	for _, compact := range []bool{false, true} {
		root := t.TempDir()
		database(t, root, compact, func(db *leveldb.DB) {
			require.NoError(t, db.Put([]byte("key"), []byte(hidden), nil))
			require.NoError(t, db.Delete([]byte("key"), nil))
		})
		found, _, err := search.Tree(root, func(string) string { return "peer" }, secret(t, hidden))
		require.NoError(t, err)
		if compact {
			require.Empty(t, found)
		} else {
			require.Equal(t, []string{"remnant peer"}, found.Places())
		}
	}
}

func TestFilesAreSearchedAndADatabaseInUseIsNotPassedOver(t *testing.T) {
	root := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(root, "node.log"), []byte("... "+hex.EncodeToString([]byte(hidden))), 0o600))
	found, looked, err := search.Tree(root, func(path string) string { return path }, secret(t, hidden))
	require.NoError(t, err)
	require.Equal(t, 1, looked.Files)
	require.Equal(t, []string{"file node.log"}, found.Places())

	db, err := leveldb.OpenFile(filepath.Join(root, "db"), nil)
	require.NoError(t, err)
	_, _, err = search.Tree(root, func(path string) string { return path }, secret(t, hidden))
	require.ErrorContains(t, err, "is its node stopped?")
	require.NoError(t, db.Close())
}
