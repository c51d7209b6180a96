package client

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"google.golang.org/grpc/status"

	"github.com/countersign-ledger/countersign/client/internal/gateways"
)

// ConnectError says why a gateway cannot be reached, or does not take the caller, and
// what can be done. [Connect] returns one for each gateway, joined.
type ConnectError struct {
	// Gateway is its address; empty when the connection is the caller's.
	Gateway string
	// Advice is what to look at, in a sentence.
	Advice string
	cause  error
}

// Error implements error.
func (e *ConnectError) Error() string {
	at := "the gateway"
	if e.Gateway != "" {
		at += " at " + e.Gateway
	}
	return fmt.Sprintf("client: connect to %s: %v: %s", at, e.cause, e.Advice)
}

// Unwrap returns what went wrong: an error of package net, crypto/tls or crypto/x509,
// or gRPC's.
func (e *ConnectError) Unwrap() error { return e.cause }

// explained makes a [ConnectError] of each gateway's reason.
func explained(err error) error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []error
		for _, one := range joined.Unwrap() {
			all = append(all, explained(one))
		}
		return errors.Join(all...)
	}
	var of *gateways.ContactError
	if errors.As(err, &of) {
		return &ConnectError{Gateway: of.Address, Advice: advice(of), cause: of.Unwrap()}
	}
	return fmt.Errorf("client: connect: %w", err)
}

// advice says what to do about a gateway that cannot be reached.
func advice(err error) string {
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var unknown x509.UnknownAuthorityError
	var noTLS tls.RecordHeaderError
	var noHost *net.DNSError
	switch {
	case errors.As(err, &unknown):
		return "its TLS certificate is not from the authorities that you trust for it: compare the profile's tlsCACerts (or TLSRoots) with the TLS authority of the peer's organisation, not its identity authority"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "its TLS certificate is not valid at this time: its organisation must renew it, unless this machine's clock is wrong"
	case errors.As(err, &invalid):
		return "its TLS certificate cannot be used: its organisation must have it issued anew"
	case errors.As(err, &name):
		return fmt.Sprintf("its TLS certificate is for other names (%s): connect by one of them, or name it as ssl-target-name-override in the profile (or ServerName)", strings.Join(name.Certificate.DNSNames, ", "))
	case errors.As(err, &noTLS):
		return "it does not speak TLS: is it the peer's port, and should its URL begin with grpc:// rather than grpcs://?"
	case errors.As(err, &noHost):
		return "its name leads nowhere: look at the address in the profile, and at this machine's name service"
	case errors.Is(err, gateways.ErrNoHTTP2):
		return "is it the peer's port (peer.listenAddress), and should its URL begin with grpcs:// rather than grpc://?"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return "nothing answers: look for a firewall, or a machine that is down"
	default:
		return adviceByText(err.Error())
	}
}

// adviceByText tells apart what has no type on all systems.
func adviceByText(text string) string {
	switch {
	case strings.Contains(text, "refused"):
		return "nobody listens there: is the peer up, and is this its port (peer.listenAddress)?"
	case strings.Contains(text, "certificate required"):
		return "it asks for a TLS certificate of the client's: give WithTLSFiles, or client.tlsCerts in the profile"
	case strings.Contains(text, "remote error: tls"):
		return "it does not take the client's TLS certificate: is it valid, meant for clients, and from an authority in the peer's peer.tls.clientRootCAs?"
	default:
		return "look at the address in the profile"
	}
}

// refused makes a [ConnectError] of the refusal of the caller's identity by the peer at
// an address; nil when an error tells of something else.
func (c *Client) refused(s *session, at string, err error) error {
	if !strings.Contains(status.Convert(err).Message(), "access denied: channel [") {
		return nil
	}
	who := fmt.Sprintf("the channel %s does not take the certificate %q as one of %s", c.channel, s.certificate.Subject, c.msp)
	why := "is the MSP id right, is the organisation a member of the channel, and is the certificate from its authority and not revoked?"
	switch now := time.Now(); {
	case now.After(s.certificate.NotAfter):
		why = "it expired on " + s.certificate.NotAfter.UTC().Format(time.RFC3339) + ": enrol anew (docs/keys.md)"
	case now.Before(s.certificate.NotBefore):
		why = "it is valid from " + s.certificate.NotBefore.UTC().Format(time.RFC3339) + " only: is this machine's clock right?"
	}
	return &ConnectError{Gateway: at, Advice: who + ": " + why, cause: err}
}
