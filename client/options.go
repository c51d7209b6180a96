package client

import (
	"context"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"google.golang.org/grpc"
)

// Defaults of [Connect].
const (
	DefaultChaincode = "countersign"

	defaultConnectTimeout  = 10 * time.Second
	defaultEvaluateTimeout = 15 * time.Second
	defaultEndorseTimeout  = 30 * time.Second
	defaultSubmitTimeout   = 15 * time.Second
	defaultCommitTimeout   = 60 * time.Second
	defaultResolveTimeout  = 10 * time.Second
	defaultTries           = 14 // some 17 seconds: a peer restarts in five, and takes 13 to notice that its orderer hangs
)

// Timeouts bound the stages of a call; a zero field keeps the default.
type Timeouts struct {
	// Connect bounds the first contact with the gateway; 10 s.
	Connect time.Duration
	// Evaluate bounds a query; 15 s.
	Evaluate time.Duration
	// Endorse bounds the collection of endorsements; 30 s.
	Endorse time.Duration
	// Submit bounds the handing over to the orderer; 15 s.
	Submit time.Duration
	// Commit bounds the wait for the commit; 60 s.
	Commit time.Duration
	// Resolve bounds how long the outcome of a transaction is asked for after
	// one of the above, or the caller's context, has ended; 10 s.
	Resolve time.Duration
}

type config struct {
	profile  string
	mspDir   string
	mspID    string
	cert     *x509.Certificate
	signer   crypto.Signer
	keyless  bool
	source   func(context.Context) (Credentials, error)
	gateways []Gateway
	others   []string // the profile's peers of other organisations
	tlsCert  *tls.Certificate
	// tlsCertFile and tlsKeyFile are where the client's own TLS certificate is.
	tlsCertFile, tlsKeyFile string

	channel    string
	chaincode  string
	connection grpc.ClientConnInterface
	timeouts   Timeouts
	tries      int
	known      uint64
	observer   Observer
}

// Option configures [Connect].
type Option func(*config)

// WithProfile reads peers, TLS authorities, organisation and channel from a
// common connection profile, YAML or JSON. All peers of the caller's organisation
// are gateways, in the profile's order: the first that is within reach is used.
// When the file changes, it is read again.
func WithProfile(path string) Option { return func(c *config) { c.profile = path } }

// WithPeers adds peers of other organisations as gateways, by their names in the
// profile, in this order and after those of the caller's own. What another
// organisation's peer answers is that organisation's word; it also sees what the
// caller asks, and transient data.
func WithPeers(names ...string) Option {
	return func(c *config) { c.others = append(c.others, names...) }
}

// WithGateways names the gateways, in order of preference, in place of a profile's
// peers. It may be given several times.
func WithGateways(all ...Gateway) Option {
	return func(c *config) { c.gateways = append(c.gateways, all...) }
}

// WithTLSFiles shows gateways that ask for one a TLS certificate of the client's own:
// PEM files of the certificate and its key. When they change, they are read again. By
// default it is the profile's (client.tlsCerts.client), if that has one.
func WithTLSFiles(certificate, key string) Option {
	return func(c *config) { c.tlsCertFile, c.tlsKeyFile = certificate, key }
}

// WithTLSCertificate is [WithTLSFiles] with a certificate whose key is wherever the
// program has it. Together with [WithClientConnection], it is the one with which the
// caller made the connection: peers hold requests for blocks against it.
func WithTLSCertificate(certificate tls.Certificate) Option {
	return func(c *config) { c.tlsCert = &certificate }
}

// WithMSP reads the user's certificate and private key from an MSP folder:
// signcerts and keystore. The organisation is the profile's, or the one named
// [WithOrganisation]. When the files change, they are read again, and calls that
// begin then are made with the new ones; a folder that is half written is left
// until it is whole ([Client.Identity] tells). Write the certificate and the key
// each to a temporary file in the same folder's parent, and rename.
func WithMSP(dir string) Option { return func(c *config) { c.mspDir = dir } }

// WithIdentity acts as a user of an organisation whose key is wherever the
// signer has it: in memory, a hardware module or a key service. The key is
// ECDSA or Ed25519.
func WithIdentity(mspID string, certificate *x509.Certificate, signer crypto.Signer) Option {
	return func(c *config) { c.mspID, c.cert, c.signer = mspID, certificate, signer }
}

// WithIdentitySource acts as a user of an organisation whose certificate or signer
// may change while the client is in use. The source is asked at once, by the first
// call after each two seconds, and by [Client.Reload]; it must be quick, and return
// what it has in memory. When it fails, the client goes on with what it has
// ([Client.Identity] tells).
func WithIdentitySource(mspID string, current func(context.Context) (Credentials, error)) Option {
	return func(c *config) { c.mspID, c.source = mspID, current }
}

// WithCertificate acts as a user of an organisation whose key is out of the program's
// reach: nothing is signed here. Calls go through [Client.Offline], and every other
// one fails with [ErrNoKey].
func WithCertificate(mspID string, certificate *x509.Certificate) Option {
	return func(c *config) { c.mspID, c.cert, c.keyless = mspID, certificate, true }
}

// WithOrganisation names the caller's organisation, by its MSP id, where no profile
// does or another than the profile's is meant.
func WithOrganisation(mspID string) Option { return func(c *config) { c.mspID = mspID } }

// WithChannel names the channel; by default it is the profile's only one.
func WithChannel(name string) Option { return func(c *config) { c.channel = name } }

// WithChaincode names the chaincode; by default [DefaultChaincode].
func WithChaincode(name string) Option { return func(c *config) { c.chaincode = name } }

// WithClientConnection uses a connection to a gateway that the caller has made
// and will close, in place of the profile's. It should stay with one peer: which of
// several answers, and whether that knows yet what the client does, cannot be seen.
func WithClientConnection(connection grpc.ClientConnInterface) Option {
	return func(c *config) { c.connection = connection }
}

// WithTimeouts bounds the stages of a call.
func WithTimeouts(t Timeouts) Option { return func(c *config) { c.timeouts = t } }

// WithTries says how often a call is made at most, the first included, when it
// fails in a way that is safe to repeat; 14 by default, 1 never repeats. To know that a
// refusal is final may take two: see [WithKnownBlock].
func WithTries(n int) Option { return func(c *config) { c.tries = n } }

// WithKnownBlock tells the client what the program knows from before it was started: the
// highest block of the receipts that it keeps. A gateway whose ledger does not have that
// block is behind, and what it refuses is tried again; when there are no more tries, its
// refusal has [Error].Retry. Without, the client begins to know with its own receipts,
// and can compare with another gateway only. One that shows its blocks to nobody is asked
// twice, and then believed.
func WithKnownBlock(block uint64) Option { return func(c *config) { c.known = block } }

func newConfig(options []Option) (*config, error) {
	c := &config{chaincode: DefaultChaincode, tries: defaultTries}
	for _, o := range options {
		o(c)
	}
	t := &c.timeouts
	for _, d := range []struct {
		field   *time.Duration
		initial time.Duration
	}{
		{&t.Connect, defaultConnectTimeout},
		{&t.Evaluate, defaultEvaluateTimeout},
		{&t.Endorse, defaultEndorseTimeout},
		{&t.Submit, defaultSubmitTimeout},
		{&t.Commit, defaultCommitTimeout},
		{&t.Resolve, defaultResolveTimeout},
	} {
		if *d.field < 0 {
			return nil, errors.New("client: a timeout is negative")
		}
		if *d.field == 0 {
			*d.field = d.initial
		}
	}
	return c, c.validate()
}

func (c *config) validate() error {
	if err := c.validateIdentity(); err != nil {
		return err
	}
	switch {
	case c.profile == "" && len(c.gateways) == 0 && c.connection == nil:
		return errors.New("client: no way to a gateway: give WithProfile, WithGateways or WithClientConnection")
	case len(c.others) > 0 && (c.profile == "" || len(c.gateways) > 0):
		return errors.New("client: WithPeers names peers of a profile: give WithProfile, and no WithGateways")
	case (c.tlsCertFile == "") != (c.tlsKeyFile == ""):
		return errors.New("client: WithTLSFiles needs a certificate and a key")
	case c.tlsCertFile != "" && c.tlsCert != nil:
		return errors.New("client: two TLS certificates: give WithTLSFiles or WithTLSCertificate, not both")
	case c.tries < 1:
		return fmt.Errorf("client: a call cannot be made %d times", c.tries)
	}
	return nil
}

func (c *config) validateIdentity() error {
	given := 0
	for _, one := range []bool{c.mspDir != "", c.cert != nil, c.source != nil} {
		if one {
			given++
		}
	}
	switch {
	case given == 0:
		return errors.New("client: no identity: give WithMSP, WithIdentity, WithIdentitySource or WithCertificate")
	case given > 1:
		return errors.New("client: two identities: give WithMSP or WithIdentity, not both, and no other")
	case c.cert != nil && (c.mspID == "" || c.signer == nil && !c.keyless):
		return errors.New("client: WithIdentity needs an organisation, a certificate and a signer")
	case c.source != nil && c.mspID == "":
		return errors.New("client: WithIdentitySource needs an organisation")
	case c.mspDir != "" && c.mspID == "" && c.profile == "":
		return errors.New("client: WithMSP needs WithProfile or WithOrganisation, which names the organisation")
	}
	return nil
}
