package client

import (
	"crypto"
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
	defaultTries           = 8 // some five seconds, in which a peer restarts
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
	profile    string
	mspDir     string
	mspID      string
	cert       *x509.Certificate
	signer     crypto.Signer
	channel    string
	chaincode  string
	connection grpc.ClientConnInterface
	timeouts   Timeouts
	tries      int
	observer   Observer
}

// Option configures [Connect].
type Option func(*config)

// WithProfile reads peers, TLS authorities, organisation and channel from a
// common connection profile, YAML or JSON.
func WithProfile(path string) Option { return func(c *config) { c.profile = path } }

// WithMSP reads the user's certificate and private key from an MSP folder:
// signcerts and keystore. The organisation is the profile's.
func WithMSP(dir string) Option { return func(c *config) { c.mspDir = dir } }

// WithIdentity acts as a user of an organisation whose key is wherever the
// signer has it: in memory, a hardware module or a key service. The key is
// ECDSA or Ed25519.
func WithIdentity(mspID string, certificate *x509.Certificate, signer crypto.Signer) Option {
	return func(c *config) { c.mspID, c.cert, c.signer = mspID, certificate, signer }
}

// WithChannel names the channel; by default it is the profile's only one.
func WithChannel(name string) Option { return func(c *config) { c.channel = name } }

// WithChaincode names the chaincode; by default [DefaultChaincode].
func WithChaincode(name string) Option { return func(c *config) { c.chaincode = name } }

// WithClientConnection uses a connection to a gateway that the caller has made
// and will close, in place of the profile's.
func WithClientConnection(connection grpc.ClientConnInterface) Option {
	return func(c *config) { c.connection = connection }
}

// WithTimeouts bounds the stages of a call.
func WithTimeouts(t Timeouts) Option { return func(c *config) { c.timeouts = t } }

// WithTries says how often a call is made at most, the first included, when it
// fails in a way that is safe to repeat; 8 by default, 1 never repeats.
func WithTries(n int) Option { return func(c *config) { c.tries = n } }

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
	switch {
	case c.profile == "" && c.connection == nil:
		return errors.New("client: no way to a gateway: give WithProfile, or WithClientConnection")
	case c.mspDir == "" && c.cert == nil:
		return errors.New("client: no identity: give WithMSP, or WithIdentity")
	case c.mspDir != "" && c.cert != nil:
		return errors.New("client: two identities: give WithMSP or WithIdentity, not both")
	case c.cert != nil && (c.mspID == "" || c.signer == nil):
		return errors.New("client: WithIdentity needs an organisation, a certificate and a signer")
	case c.mspDir != "" && c.profile == "":
		return errors.New("client: WithMSP needs WithProfile, which names the organisation")
	case c.tries < 1:
		return fmt.Errorf("client: a call cannot be made %d times", c.tries)
	}
	return nil
}
