package verify

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"
)

// RootsFromMSP reads the folder of an organisation's MSP as Fabric lays it out:
// cacerts, intermediatecerts, crls and config.yaml. The folder holds nothing
// secret: each organisation hands its own to its partners. It fails with
// [RootsError], also for an MSP without NodeOUs, in which peers cannot be told
// from clients.
func RootsFromMSP(msp, dir string) (Organisation, error) {
	o, err := readMSP(msp, os.DirFS(dir))
	if err != nil {
		return o, &RootsError{Reason: "the MSP of " + msp + " in " + filepath.ToSlash(dir), cause: err}
	}
	return o, o.validate()
}

func readMSP(msp string, dir fs.FS) (o Organisation, err error) {
	o.MSP = msp
	if o.Roots, err = certificatesIn(dir, "cacerts"); err != nil {
		return o, err
	}
	if o.Intermediates, err = certificatesIn(dir, "intermediatecerts"); err != nil {
		return o, err
	}
	err = eachFile(dir, "crls", func(_ string, text []byte) error {
		list, err := revocationList(bytes.TrimSpace(text))
		o.Revoked = append(o.Revoked, list)
		return err
	})
	if err != nil {
		return o, err
	}
	return o, o.readUnits(dir)
}

// errListed is of an organisation whose authorities give certificates to others, too:
// which are its own, units say that [Organisation] does not hold.
var errListed = errors.New("its MSP lists organisational units that all members must be in, which are not checked here")

// mspConfig is what matters here of an MSP's config.yaml.
type mspConfig struct {
	Listed  []nodeOU `yaml:"OrganizationalUnitIdentifiers"`
	NodeOUs struct {
		Enable  bool   `yaml:"Enable"`
		Peer    nodeOU `yaml:"PeerOUIdentifier"`
		Client  nodeOU `yaml:"ClientOUIdentifier"`
		Admin   nodeOU `yaml:"AdminOUIdentifier"`
		Orderer nodeOU `yaml:"OrdererOUIdentifier"`
	} `yaml:"NodeOUs"`
}

type nodeOU struct {
	Certificate string `yaml:"Certificate"`
	Unit        string `yaml:"OrganizationalUnitIdentifier"`
}

func (o *Organisation) readUnits(dir fs.FS) error {
	text, err := fs.ReadFile(dir, "config.yaml")
	if err != nil {
		return err
	}
	var config mspConfig
	if err := yaml.Unmarshal(text, &config); err != nil {
		return err
	}
	if !config.NodeOUs.Enable {
		return errors.New("config.yaml does not enable NodeOUs, without which peers cannot be told from clients")
	}
	if len(config.Listed) > 0 {
		return errListed
	}
	o.PeerUnit = config.NodeOUs.Peer.Unit
	for _, other := range []nodeOU{config.NodeOUs.Client, config.NodeOUs.Admin, config.NodeOUs.Orderer} {
		if other.Unit != "" {
			o.OtherUnits = append(o.OtherUnits, other.Unit)
		}
	}
	issuer := config.NodeOUs.Peer.Certificate
	if issuer == "" {
		return nil
	}
	text, err = fs.ReadFile(dir, path.Clean(filepath.ToSlash(issuer)))
	if err != nil {
		return err
	}
	list, err := parseCertificates(text)
	if err != nil {
		return err
	}
	if len(list) != 1 {
		return errPEM
	}
	o.PeerIssuer = list[0]
	return nil
}

func certificatesIn(dir fs.FS, name string) ([]*x509.Certificate, error) {
	var list []*x509.Certificate
	err := eachFile(dir, name, func(_ string, text []byte) error {
		found, err := parseCertificates(text)
		list = append(list, found...)
		return err
	})
	return list, err
}

// eachFile reads the files of a folder that may be absent, in order of name.
func eachFile(dir fs.FS, name string, read func(name string, text []byte) error) error {
	entries, err := fs.ReadDir(dir, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if entry.IsDir() || strings.HasPrefix(entry.Name(), ".") {
			continue
		}
		text, err := fs.ReadFile(dir, path.Join(name, entry.Name()))
		if err != nil {
			return err
		}
		if err := read(entry.Name(), text); err != nil {
			return err
		}
	}
	return nil
}

// parseCertificates reads all the certificates of a PEM file, whatever text
// stands between them.
func parseCertificates(text []byte) ([]*x509.Certificate, error) {
	var list []*x509.Certificate
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, nil
}
