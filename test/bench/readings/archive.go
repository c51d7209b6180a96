package readings

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
)

// archive keeps the sender's raw readings: a file a transaction.
type archive struct{ dir string }

func newArchive() (archive, error) {
	dir, err := os.MkdirTemp("", "countersign-bench-")
	return archive{dir}, err
}

func (a archive) path(device, number int) string {
	return filepath.Join(a.dir, fmt.Sprintf("%d-%d.cbor", device, number))
}

func (a archive) keep(device, number int, p parcel) error {
	return os.WriteFile(a.path(device, number), p.data, 0o600)
}

// check reads what was kept, and compares it with what was signed.
func (a archive) check(device, number int, p parcel) error {
	kept, err := os.ReadFile(a.path(device, number))
	if err != nil {
		return err
	}
	if sha256.Sum256(kept) != p.digest {
		return fmt.Errorf("%s is not what was recorded", a.path(device, number))
	}
	return nil
}

func (a archive) remove() error { return os.RemoveAll(a.dir) }
