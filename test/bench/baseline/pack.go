package baseline

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
)

// connection is the connection.json of a package for chaincode as a service.
type connection struct {
	Address            string `json:"address"`
	DialTimeout        string `json:"dial_timeout"`
	TLSRequired        bool   `json:"tls_required"`
	ClientAuthRequired bool   `json:"client_auth_required"`
	ClientKey          string `json:"client_key"`
	ClientCert         string `json:"client_cert"`
	RootCert           string `json:"root_cert"`
}

// pack makes a chaincode package under a label.
func pack(label string, c connection) ([]byte, error) {
	address, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	code, err := archive(file{"connection.json", address})
	if err != nil {
		return nil, err
	}
	metadata, err := json.Marshal(map[string]string{"type": "ccaas", "label": label})
	if err != nil {
		return nil, err
	}
	return archive(file{"metadata.json", metadata}, file{"code.tar.gz", code})
}

type file struct {
	name    string
	content []byte
}

func archive(files ...file) ([]byte, error) {
	var out bytes.Buffer
	zipped := gzip.NewWriter(&out)
	tarred := tar.NewWriter(zipped)
	for _, f := range files {
		header := &tar.Header{Name: f.name, Mode: 0o600, Size: int64(len(f.content)), Typeflag: tar.TypeReg}
		if err := tarred.WriteHeader(header); err != nil {
			return nil, err
		}
		if _, err := tarred.Write(f.content); err != nil {
			return nil, err
		}
	}
	err := errors.Join(tarred.Close(), zipped.Close())
	return out.Bytes(), err
}
