package channel

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"go.yaml.in/yaml/v3"
)

// MSPError says what a verification MSP folder lacks or holds too much of.
type MSPError struct {
	Dir    string
	Reason string
}

// Error names the folder and the reason.
func (e *MSPError) Error() string { return fmt.Sprintf("channel: MSP folder %s: %s", e.Dir, e.Reason) }

// folderConfig is config.yaml of an MSP folder (fabric msp/configbuilder.go).
type folderConfig struct {
	OrganizationalUnitIdentifiers []unit `yaml:"OrganizationalUnitIdentifiers"`
	NodeOUs                       struct {
		Enable              bool `yaml:"Enable"`
		ClientOUIdentifier  unit `yaml:"ClientOUIdentifier"`
		PeerOUIdentifier    unit `yaml:"PeerOUIdentifier"`
		AdminOUIdentifier   unit `yaml:"AdminOUIdentifier"`
		OrdererOUIdentifier unit `yaml:"OrdererOUIdentifier"`
	} `yaml:"NodeOUs"`
}

type unit struct {
	Certificate                  string `yaml:"Certificate"`
	OrganizationalUnitIdentifier string `yaml:"OrganizationalUnitIdentifier"`
}

// ReadMSP reads an organisation's verification MSP: cacerts, tlscacerts and
// config.yaml, and if there are any intermediatecerts, tlsintermediatecerts,
// admincerts and crls. NodeOUs must be enabled: without them nobody can tell a
// peer from a client, and the policies of this package would never be met. The
// folder must hold no private key: it is meant to be handed to others.
//
// Errors: [*MSPError], or that of a file that cannot be read.
func ReadMSP(dir, mspID string) (*msp.FabricMSPConfig, error) {
	r := folder{dir: dir}
	config := &msp.FabricMSPConfig{
		Name:                 mspID,
		RootCerts:            r.authorities("cacerts", true),
		IntermediateCerts:    r.authorities("intermediatecerts", false),
		TlsRootCerts:         r.authorities("tlscacerts", true),
		TlsIntermediateCerts: r.authorities("tlsintermediatecerts", false),
		Admins:               r.files("admincerts", "CERTIFICATE"),
		RevocationList:       r.files("crls", "X509 CRL"),
		CryptoConfig:         &msp.FabricCryptoConfig{SignatureHashFamily: "SHA2", IdentityIdentifierHashFunction: "SHA256"},
	}
	if len(r.files("keystore", "")) > 0 {
		r.fail("it holds a private key (keystore): take the organisation's verification MSP, which has none")
	}
	r.units(config)
	if r.err != nil {
		return nil, r.err
	}
	return config, nil
}

// folder reads files until the first error, which stays.
type folder struct {
	dir string
	err error
}

func (r *folder) fail(format string, args ...any) {
	if r.err == nil {
		r.err = &MSPError{Dir: r.dir, Reason: fmt.Sprintf(format, args...)}
	}
}

// files reads every file of a folder that may be missing; each holds one block of
// PEM of a type, or anything if the type is empty.
func (r *folder) files(name, pemType string) [][]byte {
	entries, err := os.ReadDir(filepath.Join(r.dir, name))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		r.fail("%v", err)
	}
	var all [][]byte
	for _, entry := range entries {
		if !entry.Type().IsRegular() {
			continue // as Fabric does
		}
		path := filepath.Join(name, entry.Name())
		content, err := os.ReadFile(filepath.Join(r.dir, path))
		if err != nil {
			r.fail("%v", err)
			continue
		}
		if block, _ := pem.Decode(content); pemType != "" && (block == nil || block.Type != pemType) {
			r.fail("%s is no %s in PEM", path, pemType)
		}
		all = append(all, content)
	}
	return all
}

// authorities reads certificates that may sign others.
func (r *folder) authorities(name string, needed bool) [][]byte {
	all := r.files(name, "CERTIFICATE")
	if needed && len(all) == 0 {
		r.fail("it has no %s", name)
	}
	for _, content := range all {
		block, _ := pem.Decode(content)
		if block == nil {
			continue // said already
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		switch {
		case err != nil:
			r.fail("%s: %v", name, err)
		case !certificate.IsCA || certificate.KeyUsage&x509.KeyUsageCertSign == 0:
			r.fail("%s: the certificate of %s is no authority's", name, certificate.Subject.CommonName)
		}
	}
	return all
}

func (r *folder) units(into *msp.FabricMSPConfig) {
	content, err := os.ReadFile(filepath.Join(r.dir, "config.yaml"))
	var config folderConfig
	if err == nil {
		err = yaml.Unmarshal(content, &config)
	}
	if err != nil {
		r.fail("config.yaml: %v", err)
		return
	}
	if !config.NodeOUs.Enable {
		r.fail("config.yaml does not enable NodeOUs, which tell peers, clients and administrators apart")
		return
	}
	for _, u := range config.OrganizationalUnitIdentifiers {
		into.OrganizationalUnitIdentifiers = append(into.OrganizationalUnitIdentifiers, r.unit(u, u.OrganizationalUnitIdentifier))
	}
	into.FabricNodeOus = &msp.FabricNodeOUs{
		Enable:              true,
		ClientOuIdentifier:  r.unit(config.NodeOUs.ClientOUIdentifier, "client"),
		PeerOuIdentifier:    r.unit(config.NodeOUs.PeerOUIdentifier, "peer"),
		AdminOuIdentifier:   r.unit(config.NodeOUs.AdminOUIdentifier, "admin"),
		OrdererOuIdentifier: r.unit(config.NodeOUs.OrdererOUIdentifier, "orderer"),
	}
}

// unit reads the authority that an organisational unit is bound to, if to any.
func (r *folder) unit(u unit, what string) *msp.FabricOUIdentifier {
	if u.OrganizationalUnitIdentifier == "" {
		r.fail("config.yaml names no organisational unit for %s", what)
	}
	id := &msp.FabricOUIdentifier{OrganizationalUnitIdentifier: u.OrganizationalUnitIdentifier}
	if u.Certificate == "" {
		return id
	}
	var err error
	if id.Certificate, err = os.ReadFile(filepath.Join(r.dir, filepath.FromSlash(u.Certificate))); err != nil {
		r.fail("config.yaml: %v", err)
	}
	return id
}
