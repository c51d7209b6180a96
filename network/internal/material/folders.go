package material

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"text/template"
)

const (
	folderMode = 0o755
	publicMode = 0o644
	secretMode = 0o600
)

// Files names the files of an MSP folder by their path in it.
const (
	CertificateFile = "signcerts/cert.pem"
	KeyFile         = "keystore/key.pem"
	authorityFile   = "cacerts/ca.pem"
	tlsFile         = "tlscacerts/tlsca.pem"
	configFile      = "config.yaml"
)

var nodeOUs = template.Must(template.New("config.yaml").Parse(`NodeOUs:
  Enable: true
{{- range .Units}}
  {{.Name}}OUIdentifier:
    Certificate: {{$.Certificate}}
    OrganizationalUnitIdentifier: {{.Unit}}
{{- end}}
`))

// WriteMSP writes the organisation's verification MSP: authorities and NodeOUs,
// no identity.
func (o *Organisation) WriteMSP(dir string) error {
	type unit struct {
		Name string
		Unit Unit
	}
	var config bytes.Buffer
	err := nodeOUs.Execute(&config, struct {
		Certificate string
		Units       []unit
	}{authorityFile, []unit{{"Client", Client}, {"Peer", Peer}, {"Admin", Admin}, {"Orderer", Orderer}}})
	if err != nil {
		return fmt.Errorf("material: %w", err)
	}
	return write(dir, []entry{
		{authorityFile, o.CA.CertificatePEM(), publicMode},
		{tlsFile, o.TLSCA.CertificatePEM(), publicMode},
		{configFile, config.Bytes(), publicMode},
	})
}

// WriteLocalMSP writes the MSP of one identity: the verification MSP with its
// certificate and key.
func (o *Organisation) WriteLocalMSP(dir string, c *Credential) error {
	if err := o.WriteMSP(dir); err != nil {
		return err
	}
	return write(dir, []entry{
		{CertificateFile, c.CertificatePEM, publicMode},
		{KeyFile, c.KeyPEM, secretMode},
	})
}

// WriteTLS writes a node's TLS folder: server.crt, server.key and ca.crt.
func (o *Organisation) WriteTLS(dir string, c *Credential) error {
	return o.writeTLS(dir, "server", c)
}

// WriteProgramTLS writes the TLS folder of programs that connect to nodes: client.crt,
// client.key and ca.crt.
func (o *Organisation) WriteProgramTLS(dir string, c *Credential) error {
	return o.writeTLS(dir, "client", c)
}

func (o *Organisation) writeTLS(dir, name string, c *Credential) error {
	return write(dir, []entry{
		{name + ".crt", c.CertificatePEM, publicMode},
		{name + ".key", c.KeyPEM, secretMode},
		{"ca.crt", o.TLSCA.CertificatePEM(), publicMode},
	})
}

// WriteAuthorities writes both authorities with their keys, to issue more
// certificates later.
func (o *Organisation) WriteAuthorities(caDir, tlsCADir string) error {
	for dir, authority := range map[string]*Authority{caDir: o.CA, tlsCADir: o.TLSCA} {
		key, err := authority.KeyPEM()
		if err != nil {
			return err
		}
		err = write(dir, []entry{{"cert.pem", authority.CertificatePEM(), publicMode}, {"key.pem", key, secretMode}})
		if err != nil {
			return err
		}
	}
	return nil
}

type entry struct {
	path    string
	content []byte
	mode    os.FileMode
}

func write(dir string, entries []entry) error {
	for _, e := range entries {
		path := filepath.Join(dir, filepath.FromSlash(e.path))
		if err := os.MkdirAll(filepath.Dir(path), folderMode); err != nil {
			return fmt.Errorf("material: %w", err)
		}
		if err := os.WriteFile(path, e.content, e.mode); err != nil {
			return fmt.Errorf("material: %w", err)
		}
	}
	return nil
}
