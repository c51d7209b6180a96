package client

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Checkpoints keeps the checkpoint of a stream for [Process]: [CheckpointFile] does.
type Checkpoints interface {
	// Load returns what was saved last, nil when nothing was. It fails rather than
	// say that there is nothing when that is not sure.
	Load(ctx context.Context) (*Checkpoint, error)
	// Save replaces it: after a crash at any moment, Load returns the one or the
	// other.
	Save(ctx context.Context, checkpoint Checkpoint) error
}

var _ Checkpoints = (*CheckpointFile)(nil)

// maxCheckpoint bounds a checkpoint's file, in bytes.
const maxCheckpoint = 4096

// CheckpointError says that what was kept of a checkpoint cannot be used: the file is
// damaged, or of a later version. The stream does not begin anew by itself, since its
// handler would see everything again: whoever wants that, or knows where to go on,
// removes the file, or puts a good one there.
type CheckpointError struct {
	// Where is the file's path, or the name of the stream in a database.
	Where string
	cause error
}

// Error implements error.
func (e *CheckpointError) Error() string {
	return fmt.Sprintf("client: the checkpoint in %s cannot be used: %v", e.Where, e.cause)
}

// Unwrap returns why.
func (e *CheckpointError) Unwrap() error { return e.cause }

// ErrCheckpointInUse says that another process, or another part of this one, keeps its
// checkpoint in the same file.
var ErrCheckpointInUse = errors.New("client: the checkpoint's file is in use")

// CheckpointFile keeps a checkpoint in a file: it is written beside, synced and
// renamed, so that there is always a whole one, also after a power failure. A file
// "....lock" beside it is locked for as long as it is open, by the operating system,
// which lets go of it when the process dies.
type CheckpointFile struct {
	path string
	lock *os.File
}

// OpenCheckpointFile opens a file, which need not be there yet; its folder must be.
// It fails with [ErrCheckpointInUse], and errors.ErrUnsupported on a system that
// locks no files. Close it.
func OpenCheckpointFile(path string) (*CheckpointFile, error) {
	lock, err := lockFile(path + ".lock")
	if err != nil {
		return nil, fmt.Errorf("client: lock the checkpoint %s: %w", path, err)
	}
	return &CheckpointFile{path: path, lock: lock}, nil
}

// Close lets go of the file. It stays, and the lock's file as well.
func (f *CheckpointFile) Close() error {
	if err := f.lock.Close(); err != nil {
		return fmt.Errorf("client: close the checkpoint %s: %w", f.path, err)
	}
	return nil
}

// writtenFile is the form of the file: the checkpoint's JSON, and its SHA-256.
type writtenFile struct {
	Checkpoint json.RawMessage `json:"checkpoint"`
	SHA256     string          `json:"sha256"`
}

// Load implements [Checkpoints]. It fails with [CheckpointError] for a file that is
// damaged, an empty one included.
func (f *CheckpointFile) Load(context.Context) (*Checkpoint, error) {
	text, err := readBounded(f.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil //nolint:nilnil // nothing was saved
	case err != nil:
		return nil, &CheckpointError{f.path, err}
	}
	var written writtenFile
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&written); err != nil {
		return nil, &CheckpointError{f.path, err}
	}
	if sum := sha256.Sum256(written.Checkpoint); hex.EncodeToString(sum[:]) != written.SHA256 {
		return nil, &CheckpointError{f.path, errors.New("it is not what was written")}
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, &CheckpointError{f.path, errors.New("there is more behind it")}
	}
	var checkpoint Checkpoint
	if err := json.Unmarshal(written.Checkpoint, &checkpoint); err != nil {
		return nil, &CheckpointError{f.path, err}
	}
	return &checkpoint, nil
}

func readBounded(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(file, maxCheckpoint+1))
	if err := errors.Join(err, file.Close()); err != nil {
		return nil, err
	}
	if len(text) > maxCheckpoint {
		return nil, fmt.Errorf("it has more than %d bytes", maxCheckpoint)
	}
	return text, nil
}

// Save implements [Checkpoints].
func (f *CheckpointFile) Save(_ context.Context, checkpoint Checkpoint) error {
	text, err := json.Marshal(checkpoint)
	if err != nil {
		return fmt.Errorf("client: write a checkpoint: %w", err)
	}
	sum := sha256.Sum256(text)
	text, err = json.Marshal(writtenFile{text, hex.EncodeToString(sum[:])})
	if err != nil {
		return fmt.Errorf("client: write a checkpoint: %w", err)
	}
	if err := replaceFile(f.path, append(text, '\n')); err != nil {
		return fmt.Errorf("client: save the checkpoint %s: %w", f.path, err)
	}
	return nil
}

// replaceFile replaces a file by another at once. There is one writer, since the file
// is locked; what a crash leaves behind is overwritten.
func replaceFile(path string, text []byte) error {
	beside := path + ".new"
	file, err := os.OpenFile(beside, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	if err == nil {
		err = file.Sync()
	}
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	if err := os.Rename(beside, path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}
