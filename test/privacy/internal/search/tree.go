package search

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"github.com/syndtr/goleveldb/leveldb"
	"github.com/syndtr/goleveldb/leveldb/opt"
)

// Looked counts what a search looked at, so that a test can tell a search that
// found nothing from one that did not look.
type Looked struct {
	Files, Databases, Entries int
	// Stores has the number of entries of each database by its path.
	Stores map[string]int
}

// Tree looks for secrets in every file below a directory and in every entry of
// every LevelDB database there. owner names whose a path, relative to the
// directory, is.
func Tree(root string, owner func(path string) string, secrets ...Secret) (Findings, Looked, error) {
	w := &walk{root: root, owner: owner, secrets: secrets, looked: Looked{Stores: map[string]int{}}}
	if err := filepath.WalkDir(root, w.visit); err != nil {
		return nil, w.looked, fmt.Errorf("search: %w", err)
	}
	return w.found, w.looked, nil
}

type walk struct {
	root    string
	owner   func(string) string
	secrets []Secret
	found   Findings
	looked  Looked
}

func (w *walk) visit(path string, entry fs.DirEntry, err error) error {
	if err != nil {
		return err
	}
	relative, err := filepath.Rel(w.root, path)
	if err != nil {
		return err
	}
	if entry.IsDir() {
		if isDatabase(path) {
			return w.database(path, relative)
		}
		return nil
	}
	if !entry.Type().IsRegular() {
		return nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	w.looked.Files++
	kind, store := File, relative
	if dir := filepath.Dir(path); isDatabase(dir) {
		kind, store = Remnant, filepath.Dir(relative)
	}
	for _, f := range Bytes(text, Finding{Kind: kind, Organisation: w.owner(relative), Store: store}, w.secrets...) {
		if kind == File || !w.live(f) {
			w.found = append(w.found, f)
		}
	}
	return nil
}

// live reports whether a secret that is in a database's raw file is in one of its
// entries, too. The entries are looked at first: a directory comes before what is
// in it.
func (w *walk) live(raw Finding) bool {
	for _, f := range w.found {
		if f.Kind == Entry && f.Store == raw.Store && f.Secret == raw.Secret {
			return true
		}
	}
	return false
}

// isDatabase reports whether a directory is a LevelDB database: it has a file that
// names the current manifest.
func isDatabase(dir string) bool {
	info, err := os.Stat(filepath.Join(dir, "CURRENT"))
	return err == nil && info.Mode().IsRegular()
}

func (w *walk) database(path, relative string) (err error) {
	db, err := leveldb.OpenFile(path, &opt.Options{ReadOnly: true, ErrorIfMissing: true, Strict: opt.StrictAll})
	if err != nil {
		return fmt.Errorf("open the database %s (is its node stopped?): %w", relative, err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	w.looked.Databases++
	w.looked.Stores[relative] = 0
	entries := db.NewIterator(nil, nil)
	defer entries.Release()
	for entries.Next() {
		w.looked.Entries++
		w.looked.Stores[relative]++
		at := Finding{Kind: Entry, Organisation: w.owner(relative), Store: relative, Key: strconv.Quote(string(entries.Key()))}
		// Key and value apart: a secret does not run from one into the other.
		w.found = append(w.found, Bytes(entries.Key(), at, w.secrets...)...)
		w.found = append(w.found, Bytes(entries.Value(), at, w.secrets...)...)
	}
	return entries.Error()
}
