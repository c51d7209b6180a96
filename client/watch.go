package client

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// fingerprint is how files look from outside: when one was written, the next look
// finds another.
type fingerprint []string

func (f fingerprint) equal(other fingerprint) bool { return slices.Equal(f, other) }

// watched tells whether there is anything that can change.
func (c *config) watched() bool {
	return c.profile != "" || c.mspDir != "" || c.source != nil || c.tlsCertFile != "" || len(c.gateways) > 0
}

// fingerprint looks at the files that a configuration names, and at those that the
// profile named when it was read the last time.
func (c *config) fingerprint(before *material) fingerprint {
	files := map[string]bool{c.profile: true, c.tlsCertFile: true, c.tlsKeyFile: true}
	for _, g := range c.gateways {
		files[g.TLSRoots] = true
	}
	if before != nil {
		for _, path := range before.tls.files() {
			files[path] = true
		}
		for _, path := range before.named {
			files[path] = true
		}
	}
	if c.mspDir != "" {
		for _, dir := range []string{"signcerts", "keystore"} {
			path := filepath.Join(c.mspDir, dir)
			files[path] = true
			entries, err := os.ReadDir(path)
			if err != nil {
				continue // its absence shows
			}
			for _, e := range entries {
				files[filepath.Join(path, e.Name())] = true
			}
		}
	}
	delete(files, "")
	var seen fingerprint
	for _, path := range slices.Sorted(maps.Keys(files)) {
		look := path + " absent"
		if info, err := os.Stat(path); err == nil {
			look = fmt.Sprintf("%s %d %d", path, info.Size(), info.ModTime().UnixNano())
		}
		seen = append(seen, look)
	}
	return seen
}
