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
)

// profile is what the client needs of a common connection profile, the format
// in which Fabric's tools describe a network to applications.
type profile struct {
	Client struct {
		Organisation string `yaml:"organization"`
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

// endpoint is a gateway to connect to.
type endpoint struct {
	address string
	tls     *tls.Config // nil: without TLS
}

// endpoint returns the first peer of the profile's organisation: every peer is a
// gateway.
func (p *profile) endpoint(dir string) (*endpoint, error) {
	names := p.Organisations[p.Client.Organisation].Peers
	if len(names) == 0 {
		return nil, fmt.Errorf("client: the connection profile has no peers for %q", p.Client.Organisation)
	}
	peer, ok := p.Peers[names[0]]
	if !ok {
		return nil, fmt.Errorf("client: the connection profile does not describe the peer %q", names[0])
	}
	address, secure := strings.CutPrefix(peer.URL, "grpcs://")
	if !secure {
		var plain bool
		if address, plain = strings.CutPrefix(peer.URL, "grpc://"); !plain {
			return nil, fmt.Errorf("client: the peer %s has the URL %q: it must begin with grpcs://", names[0], peer.URL)
		}
		return &endpoint{address: address}, nil
	}
	authorities, err := peer.authorities(dir)
	if err != nil {
		return nil, fmt.Errorf("client: TLS authorities of the peer %s: %w", names[0], err)
	}
	return &endpoint{address: address, tls: &tls.Config{
		RootCAs: authorities, ServerName: firstOf(peer.Options.Target, peer.Options.HostName), MinVersion: tls.VersionTLS12,
	}}, nil
}

func (p profilePeer) authorities(dir string) (*x509.CertPool, error) {
	texts := slices.Clone(p.TLSCACerts.PEM)
	if path := p.TLSCACerts.Path; path != "" {
		if !filepath.IsAbs(path) {
			path = filepath.Join(dir, path)
		}
		text, err := os.ReadFile(path)
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
