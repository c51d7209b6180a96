package nodeconfig

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"text/template"
	"time"
)

//go:embed core.yaml.tmpl orderer.yaml.tmpl
var files embed.FS

// quote writes a value so that YAML reads it back unchanged: JSON is YAML.
var templates = template.Must(template.New("").Funcs(template.FuncMap{"quote": quote}).ParseFS(files, "*.tmpl"))

func quote(value any) (string, error) {
	encoded, err := json.Marshal(value)
	return string(encoded), err
}

// Peer is what differs from peer to peer.
type Peer struct {
	ID        string // host name
	Network   string
	Address   string   // host:port it listens on and is known by
	Bootstrap []string // addresses of peers of its own organisation
	MSPID     string
	MSPDir    string
	TLSDir    string // server.crt, server.key, ca.crt
	// RootCerts is a file with the TLS authorities of all organisations. With
	// only its own, the peer refuses others until it has read the channel's
	// configuration, and gossip then waits for the next reconnect.
	RootCerts    string
	MutualTLS    bool // whoever connects shows a TLS certificate
	DataDir      string
	SnapshotsDir string
	BuilderDir   string
	// PurgeInterval is in blocks. Reconcile is how often the peer fetches private
	// data that it has just missed, ReconcileLate what nobody could give it then.
	PurgeInterval            uint64
	Reconcile, ReconcileLate time.Duration
}

// Orderer is what differs from orderer to orderer.
type Orderer struct {
	Host         string
	Port         int
	AdminAddress string
	MSPID        string
	MSPDir       string
	TLSDir       string // server.crt, server.key, ca.crt
	RootCerts    string // the TLS authorities of all organisations, of members that connect
	MutualTLS    bool   // whoever connects shows a TLS certificate
	DataDir      string
	WALDir       string
	SnapDir      string
}

// WritePeer writes core.yaml into a folder, and makes the folders of its data.
func WritePeer(dir string, p Peer) error {
	return errors.Join(write(dir, "core.yaml", p), private(p.DataDir, p.SnapshotsDir))
}

// WriteOrderer writes orderer.yaml into a folder, and makes the folders of its data.
func WriteOrderer(dir string, o Orderer) error {
	return errors.Join(write(dir, "orderer.yaml", o), private(o.DataDir, o.WALDir, o.SnapDir))
}

// private makes folders for this user alone. Fabric would let everybody on the
// machine read what it writes there, private data included.
func private(dirs ...string) error {
	for _, dir := range dirs {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("nodeconfig: %w", err)
		}
	}
	return nil
}

func write(dir, name string, values any) error {
	var content bytes.Buffer
	if err := templates.ExecuteTemplate(&content, name+".tmpl", values); err != nil {
		return fmt.Errorf("nodeconfig: %w", err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("nodeconfig: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), content.Bytes(), 0o644); err != nil {
		return fmt.Errorf("nodeconfig: %w", err)
	}
	return nil
}
