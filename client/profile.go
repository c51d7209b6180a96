package client

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/countersign-ledger/countersign/client/internal/gateways"
)

// profile is what the client needs of a common connection profile, the format
// in which Fabric's tools describe a network to applications.
type profile struct {
	Client struct {
		Organisation string `yaml:"organization"`
		// The client's own TLS certificate, for gateways that ask for one.
		TLSCerts struct {
			Client struct {
				Certificate profileText `yaml:"cert"`
				Key         profileText `yaml:"key"`
			} `yaml:"client"`
		} `yaml:"tlsCerts"`
	} `yaml:"client"`
	Organisations map[string]struct {
		MSPID string   `yaml:"mspid"`
		Peers []string `yaml:"peers"`
	} `yaml:"organizations"`
	Channels map[string]any         `yaml:"channels"`
	Peers    map[string]profilePeer `yaml:"peers"`
}

type profilePeer struct {
	URL        string `yaml:"url"`
	TLSCACerts struct {
		PEM  pemList `yaml:"pem"`
		Path string  `yaml:"path"`
	} `yaml:"tlsCACerts"`
	Options struct {
		Target   string `yaml:"ssl-target-name-override"`
		HostName string `yaml:"hostnameOverride"`
	} `yaml:"grpcOptions"`
}

// profileText is a text, or where it is.
type profileText struct {
	PEM  string `yaml:"pem"`
	Path string `yaml:"path"`
}

func (t profileText) read(dir string) ([]byte, error) {
	if t.Path == "" {
		return []byte(t.PEM), nil
	}
	return os.ReadFile(beside(dir, t.Path))
}

// beside is where a path of a profile leads: it is relative to the profile.
func beside(dir, path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// pemList is one PEM text or several: profiles have both.
type pemList []string

// UnmarshalYAML implements yaml.Unmarshaler.
func (l *pemList) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.SequenceNode {
		return node.Decode((*[]string)(l))
	}
	*l = pemList{""}
	return node.Decode(&(*l)[0])
}

func readProfile(path string) (*profile, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("client: read the connection profile: %w", err)
	}
	p := &profile{}
	if err := yaml.Unmarshal(text, p); err != nil { // JSON is YAML, too
		return nil, fmt.Errorf("client: read the connection profile %s: %w", path, err)
	}
	return p, nil
}

// msp returns the MSP id of the profile's organisation.
func (p *profile) msp() (string, error) {
	organisation, ok := p.Organisations[p.Client.Organisation]
	if !ok || organisation.MSPID == "" {
		return "", fmt.Errorf("client: the connection profile does not say which organisation is yours: set client.organization to one of %q, and its mspid", slices.Sorted(maps.Keys(p.Organisations)))
	}
	return organisation.MSPID, nil
}

// channel returns the profile's only channel.
func (p *profile) channel() (string, error) {
	names := slices.Sorted(maps.Keys(p.Channels))
	if len(names) != 1 {
		return "", fmt.Errorf("client: the connection profile has the channels %q: name one, WithChannel", names)
	}
	return names[0], nil
}

// files are those that the profile names.
func (p *profile) files(dir string) []string {
	list := []string{beside(dir, p.Client.TLSCerts.Client.Certificate.Path), beside(dir, p.Client.TLSCerts.Client.Key.Path)}
	for _, peer := range p.Peers {
		list = append(list, beside(dir, peer.TLSCACerts.Path))
	}
	return list
}

// tlsClient reads the client's own TLS certificate, if the profile has one.
func (p *profile) tlsClient(dir string) (*tlsClient, error) {
	own := p.Client.TLSCerts.Client
	if own.Certificate == (profileText{}) && own.Key == (profileText{}) {
		return nil, nil //nolint:nilnil // none
	}
	certificate, err := own.Certificate.read(dir)
	if err != nil {
		return nil, fmt.Errorf("client: the profile's client.tlsCerts: %w", err)
	}
	key, err := own.Key.read(dir)
	if err != nil {
		return nil, fmt.Errorf("client: the profile's client.tlsCerts: %w", err)
	}
	pair, err := tls.X509KeyPair(certificate, key)
	if err != nil {
		return nil, fmt.Errorf("client: the profile's client.tlsCerts: %w", err)
	}
	return newTLSClient(pair)
}

// peers are the profile's peers of the caller's organisation, in its order, and then
// those of other organisations that the caller has named.
func (c *config) peers(p *profile, own *tlsClient) ([]gateways.Endpoint, error) {
	mine := p.Organisations[p.Client.Organisation].Peers
	if len(mine) == 0 && len(c.others) == 0 {
		return nil, fmt.Errorf("client: the connection profile has no peers for %q", p.Client.Organisation)
	}
	var list []gateways.Endpoint
	for _, name := range append(slices.Clone(mine), c.others...) {
		e, err := p.endpoint(name, filepath.Dir(c.profile), own)
		if err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	return list, nil
}

// endpoint returns a peer as a gateway.
func (p *profile) endpoint(name, dir string, own *tlsClient) (gateways.Endpoint, error) {
	peer, ok := p.Peers[name]
	if !ok {
		return gateways.Endpoint{}, fmt.Errorf("client: the connection profile does not describe the peer %q", name)
	}
	address, secure := strings.CutPrefix(peer.URL, "grpcs://")
	if !secure {
		var plain bool
		if address, plain = strings.CutPrefix(peer.URL, "grpc://"); !plain {
			return gateways.Endpoint{}, fmt.Errorf("client: the peer %s has the URL %q: it must begin with grpcs://", name, peer.URL)
		}
		return gateways.Endpoint{Address: address}, nil
	}
	authorities, err := peer.authorities(dir)
	if err != nil {
		return gateways.Endpoint{}, fmt.Errorf("client: TLS authorities of the peer %s: %w", name, err)
	}
	return gateways.Endpoint{
		Address: address, TLS: own.settings(authorities, firstOf(peer.Options.Target, peer.Options.HostName)), Generation: own.generation(),
	}, nil
}

func (p profilePeer) authorities(dir string) (*x509.CertPool, error) {
	texts := slices.Clone(p.TLSCACerts.PEM)
	if path := p.TLSCACerts.Path; path != "" {
		text, err := os.ReadFile(beside(dir, path))
		if err != nil {
			return nil, err
		}
		texts = append(texts, string(text))
	}
	pool := x509.NewCertPool()
	for _, text := range texts {
		if !pool.AppendCertsFromPEM([]byte(text)) {
			return nil, errors.New("no certificate in tlsCACerts")
		}
	}
	if len(texts) == 0 {
		return nil, errors.New("the profile has no tlsCACerts for it")
	}
	return pool, nil
}

func firstOf(names ...string) string {
	for _, name := range names {
		if name != "" {
			return name
		}
	}
	return ""
}
