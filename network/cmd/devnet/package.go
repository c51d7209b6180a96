package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/countersign-ledger/countersign/collections"
	"github.com/countersign-ledger/countersign/network"
	"github.com/countersign-ledger/countersign/network/internal/ccpackage"
)

type packaging struct {
	*shared
	out         string
	label       string
	address     string
	dialTimeout time.Duration
	rootCert    string
	clientCert  string
	clientKey   string
	noTLS       bool
	consortium  string
}

// packaged is what the command made, as --json gives it.
type packaged struct {
	Package     string `json:"package"`
	PackageID   string `json:"packageId"`
	Label       string `json:"label"`
	Address     string `json:"address"`
	Collections string `json:"collections"`
}

func newPackage(s *shared) *cobra.Command {
	p := &packaging{shared: s}
	c := &cobra.Command{
		Use:   "package --address HOST:PORT",
		Short: "Write what operators deploy: chaincode package and collections",
		Long: `package writes two files for a network that somebody already runs:

  LABEL.tar.gz       the chaincode package (type ccaas) for "peer lifecycle
                     chaincode install": it tells a peer where its organisation's
                     chaincode server listens
  collections.json   the private data collections for "--collections-config" of
                     approveformyorg and commit; the same for every organisation

Every trading organisation packages for its own peers with the address of its own
server, so package identifiers differ, which Fabric allows. docs/deploy.md has the
steps that follow.

The connection between peer and server is TLS: --tls-root-cert names the authority
that the server's certificate comes from; --tls-client-cert and --tls-client-key
are what the peer shows if the server asks for a client certificate, as
Countersign's does. The key lies in the package in the clear: keep the package as
safe as the key.`,
		Example: `  devnet package --address countersign.carrier.example:9999 --tls-root-cert ca.pem \
      --tls-client-cert peer.pem --tls-client-key peer-key.pem \
      --consortium consortium.json --out deploy`,
		Args: cobra.NoArgs,
		RunE: p.run,
	}
	flags := c.Flags()
	preset := network.Default()
	flags.StringVar(&p.out, "out", ".", "directory for the two files; it is made if there is none")
	flags.StringVar(&p.label, "label", preset.Chaincode.Label, "the package's label")
	flags.StringVar(&p.address, "address", "", "host and port of the chaincode server, as the peer reaches it")
	flags.DurationVar(&p.dialTimeout, "dial-timeout", 10*time.Second, "how long a peer tries to connect")
	flags.StringVar(&p.rootCert, "tls-root-cert", "", "PEM file with the authority of the server's certificate")
	flags.StringVar(&p.clientCert, "tls-client-cert", "", "PEM file with the certificate that the peer shows")
	flags.StringVar(&p.clientKey, "tls-client-key", "", "PEM file with that certificate's key")
	flags.BoolVar(&p.noTLS, "no-tls", false, "connect without TLS: only where the network between peer and server is trusted")
	flags.StringVar(&p.consortium, "consortium", "", "the consortium's file (docs/consortium.md), JSON, for the collections (default devnet's own organisations)")
	return c
}

func (p *packaging) run(c *cobra.Command, _ []string) error {
	connection, err := p.connection()
	if err != nil {
		return err
	}
	packed, err := ccpackage.New(p.label, connection)
	if err != nil {
		return err
	}
	document, err := p.collections()
	if err != nil {
		return err
	}
	out, err := filepath.Abs(p.out)
	if err != nil {
		return err
	}
	made := packaged{
		Package:     filepath.Join(out, p.label+".tar.gz"),
		PackageID:   packed.ID,
		Label:       p.label,
		Address:     p.address,
		Collections: filepath.Join(out, "collections.json"),
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	// It may hold a private key.
	if err := os.WriteFile(made.Package, packed.Bytes, 0o600); err != nil {
		return err
	}
	if err := os.WriteFile(made.Collections, document, 0o644); err != nil {
		return err
	}
	return p.show(c, made)
}

// collections writes those of the consortium.
func (p *packaging) collections() ([]byte, error) {
	consortium := network.Default().Consortium()
	if p.consortium != "" {
		text, err := os.ReadFile(p.consortium)
		if err == nil {
			consortium, err = collections.Parse(text)
		}
		if err != nil {
			return nil, fmt.Errorf("--consortium %s: %w", p.consortium, err)
		}
	}
	return collections.JSON(consortium.Definitions())
}

func (p *packaging) show(c *cobra.Command, made packaged) error {
	if p.json {
		return writeJSON(c, made)
	}
	_, err := fmt.Fprintf(c.OutOrStdout(), `Package      %s
Package ID   %s
Collections  %s

Next, on each peer of your organisation:

  peer lifecycle chaincode install %s

and run the chaincode server at %s with CHAINCODE_ID=%s.
docs/deploy.md tells how to approve and commit the definition.
`, made.Package, made.PackageID, made.Collections, made.Package, made.Address, made.PackageID)
	return err
}

// connection reads and checks the flags that say how the peer connects.
func (p *packaging) connection() (ccpackage.Connection, error) {
	c := ccpackage.Connection{Address: p.address, DialTimeout: p.dialTimeout.String()}
	if host, port, err := net.SplitHostPort(p.address); err != nil || host == "" || port == "" {
		return c, fmt.Errorf("--address %q: give the chaincode server's host and port, such as countersign.carrier.example:9999", p.address)
	}
	if p.dialTimeout <= 0 {
		return c, fmt.Errorf("--dial-timeout %s: must be positive", p.dialTimeout)
	}
	switch {
	case p.noTLS && p.rootCert+p.clientCert+p.clientKey != "":
		return c, errors.New("--no-tls and the --tls flags exclude one another")
	case p.noTLS:
		return c, nil
	case p.rootCert == "":
		return c, errors.New("--tls-root-cert is missing: name the authority of the chaincode server's certificate, or give --no-tls")
	case (p.clientCert == "") != (p.clientKey == ""):
		return c, errors.New("--tls-client-cert and --tls-client-key go together")
	}
	return p.withTLS(c)
}

func (p *packaging) withTLS(c ccpackage.Connection) (ccpackage.Connection, error) {
	c.TLSRequired = true
	c.ClientAuthRequired = p.clientCert != ""
	for _, part := range []struct {
		flag, path string
		into       *string
		check      func([]byte) error
	}{
		{"--tls-root-cert", p.rootCert, &c.RootCert, certificates},
		{"--tls-client-cert", p.clientCert, &c.ClientCert, certificates},
		{"--tls-client-key", p.clientKey, &c.ClientKey, privateKey},
	} {
		if part.path == "" {
			continue
		}
		content, err := os.ReadFile(part.path)
		if err == nil {
			err = part.check(content)
		}
		if err != nil {
			return c, fmt.Errorf("%s %s: %w", part.flag, part.path, err)
		}
		*part.into = string(content)
	}
	return c, nil
}
