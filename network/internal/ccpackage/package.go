package ccpackage

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"

	"github.com/hyperledger/fabric-admin-sdk/pkg/chaincode"
)

// Connection tells a peer how to reach its chaincode server. It is the
// connection.json of a package for chaincode as a service; fabric-admin-sdk's
// own type lacks the fields for TLS.
type Connection struct {
	// Address is host:port of the chaincode server.
	Address string `json:"address"`
	// DialTimeout is a Go duration, such as "10s".
	DialTimeout string `json:"dial_timeout"`
	// TLSRequired asks for TLS; RootCert then verifies the server.
	TLSRequired bool `json:"tls_required"`
	// ClientAuthRequired makes the peer show ClientCert.
	ClientAuthRequired bool   `json:"client_auth_required"`
	ClientKey          string `json:"client_key,omitempty"`
	ClientCert         string `json:"client_cert,omitempty"`
	RootCert           string `json:"root_cert,omitempty"`
}

// Package is a chaincode package ready to install.
type Package struct {
	// ID is the label and the hash of the bytes, as the peer computes it.
	ID string
	// Bytes are the .tar.gz to install.
	Bytes []byte
}

// New packs a connection under a label. The same input gives the same bytes,
// and so the same package identifier.
func New(label string, c Connection) (*Package, error) {
	if err := chaincode.ValidateLabel(label); err != nil {
		return nil, fmt.Errorf("chaincode package: %w", err)
	}
	connection, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("chaincode package: %w", err)
	}
	code, err := archive(file{"connection.json", connection})
	if err != nil {
		return nil, err
	}
	metadata, err := json.Marshal(map[string]string{"type": "ccaas", "label": label})
	if err != nil {
		return nil, fmt.Errorf("chaincode package: %w", err)
	}
	packed, err := archive(file{"metadata.json", metadata}, file{"code.tar.gz", code})
	if err != nil {
		return nil, err
	}
	return &Package{ID: chaincode.GetPackageID(label, packed), Bytes: packed}, nil
}

type file struct {
	name    string
	content []byte
}

// archive writes a .tar.gz without times or owners, so that it is reproducible.
func archive(files ...file) ([]byte, error) {
	var out bytes.Buffer
	zipped := gzip.NewWriter(&out)
	tarred := tar.NewWriter(zipped)
	for _, f := range files {
		header := &tar.Header{Name: f.name, Mode: 0o600, Size: int64(len(f.content)), Typeflag: tar.TypeReg}
		if err := tarred.WriteHeader(header); err != nil {
			return nil, fmt.Errorf("chaincode package: %w", err)
		}
		if _, err := tarred.Write(f.content); err != nil {
			return nil, fmt.Errorf("chaincode package: %w", err)
		}
	}
	if err := tarred.Close(); err != nil {
		return nil, fmt.Errorf("chaincode package: %w", err)
	}
	if err := zipped.Close(); err != nil {
		return nil, fmt.Errorf("chaincode package: %w", err)
	}
	return out.Bytes(), nil
}
