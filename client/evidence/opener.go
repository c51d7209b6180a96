package evidence

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"sync"
)

const (
	// maxKnown bounds the identities that an opener remembers: peers are few.
	maxKnown = 1024
	// maxRemembered bounds one of them, in bytes: whoever shows a file may put what
	// they like in it, and nobody has signed that yet.
	maxRemembered = 8 << 10
)

// Identity is a certificate of an organisation. An [Opener] hands out the same one
// again and again: nobody changes it.
type Identity struct {
	MSP         string
	Certificate *x509.Certificate
}

// Opener opens what statements carry and remembers the identities in them, since
// the same few peers sign everything. The zero value is ready, a nil one remembers
// nothing. It is safe for concurrent use.
type Opener struct {
	mu    sync.RWMutex
	known map[[sha256.Size]byte]*Identity // by the hash of the serialized identity
}

// Identity decodes who endorsed. It fails with [FormatError].
func (o *Opener) Identity(e *Endorsement) (*Identity, error) {
	return o.identity("endorser", e.Endorser)
}

// Identity decodes who endorsed. It fails with [FormatError].
func (e Endorsement) Identity() (*Identity, error) { return openIdentity("endorser", e.Endorser) }

func (o *Opener) identity(what string, text []byte) (*Identity, error) {
	if o == nil || len(text) > maxRemembered {
		return openIdentity(what, text)
	}
	hash := sha256.Sum256(text)
	o.mu.RLock()
	identity, found := o.known[hash]
	o.mu.RUnlock()
	if found {
		return identity, nil
	}
	identity, err := openIdentity(what, text)
	if err != nil {
		return nil, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.known == nil || len(o.known) >= maxKnown {
		o.known = map[[sha256.Size]byte]*Identity{}
	}
	o.known[hash] = identity
	return identity, nil
}

func openIdentity(what string, text []byte) (*Identity, error) {
	identity := &Identity{}
	var certificate []byte
	c := identityShape.walk(text)
	for c.next() {
		if c.number == 1 {
			identity.MSP = string(c.part)
		} else {
			certificate = c.part
		}
	}
	if err := c.done(what); err != nil {
		return nil, err
	}
	block, rest := pem.Decode(certificate)
	if block == nil || block.Type != "CERTIFICATE" || len(rest) > 0 || len(block.Headers) > 0 {
		return nil, malformed("the %s's identity is not one PEM certificate", what)
	}
	var err error
	if identity.Certificate, err = x509.ParseCertificate(block.Bytes); err != nil {
		return nil, &FormatError{Reason: "the " + what + "'s certificate cannot be read", cause: err}
	}
	return identity, nil
}
