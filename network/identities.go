package network

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/countersign-ledger/countersign/network/internal/material"
)

// roleAttribute is the certificate attribute that the chaincode reads.
const roleAttribute = "countersign.role"

// identities are the keys and certificates that starting the network takes; all
// others are on disk only.
type identities struct {
	mu            sync.Mutex
	organisations map[string]*material.Organisation
	admins        map[string]*material.Credential // by organisation
	hosts         map[string]*material.Credential // TLS, by node
	programs      map[string]*material.Credential // TLS of an organisation's programs, with mutual TLS
	operator      *material.Credential            // TLS of who administers the orderers
}

// issue makes the identities of all organisations and nodes, and writes them.
func issue(p *plan) (*identities, error) {
	all := &identities{
		organisations: map[string]*material.Organisation{},
		admins:        map[string]*material.Credential{},
		hosts:         map[string]*material.Credential{},
		programs:      map[string]*material.Credential{},
	}
	var g errgroup.Group
	for _, o := range p.topology.Organisations {
		g.Go(func() error { return all.member(p, o) })
	}
	g.Go(func() error { return all.orderers(p) })
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return all, all.writeRoots(p)
}

func (all *identities) member(p *plan, o Organisation) error {
	organisation, err := all.organisation(p.layout, o.Name, o.MSPID, o.Domain)
	if err != nil {
		return err
	}
	for _, u := range o.Users {
		if err := all.user(p.layout, organisation, o.Name, u); err != nil {
			return err
		}
	}
	if p.topology.MutualTLS {
		if err := all.program(p.layout, organisation, o.Name); err != nil {
			return err
		}
	}
	for _, n := range p.peersOf(o.Name) {
		if err := all.node(organisation, n, material.Peer); err != nil {
			return err
		}
	}
	if n := p.serviceOf(o.Name); n != nil {
		return all.host(organisation, n)
	}
	return nil
}

// forget makes room for new identities of an organisation that was not admitted.
func (all *identities) forget(organisation string) {
	all.mu.Lock()
	defer all.mu.Unlock()
	delete(all.organisations, organisation)
	delete(all.admins, organisation)
	delete(all.programs, organisation)
}

func (all *identities) orderers(p *plan) error {
	organisation, err := all.organisation(p.layout, OrdererOrganisation, ordererMSPID, ordererDomain)
	if err != nil {
		return err
	}
	if err := all.user(p.layout, organisation, OrdererOrganisation, User{Name: "admin", Role: "admin", Admin: true}); err != nil {
		return err
	}
	for _, n := range p.orderers {
		if err := all.node(organisation, n, material.Orderer); err != nil {
			return err
		}
	}
	if all.operator, err = organisation.Host("admin." + ordererDomain); err != nil {
		return err
	}
	return organisation.WriteTLS(filepath.Join(p.layout.organisation(OrdererOrganisation), "users", "admin", "tls"), all.operator)
}

func (all *identities) organisation(l layout, name, mspID, domain string) (*material.Organisation, error) {
	organisation, err := material.NewOrganisation(mspID, domain)
	if err != nil {
		return nil, err
	}
	all.mu.Lock()
	all.organisations[name] = organisation
	all.mu.Unlock()
	if err := organisation.WriteMSP(l.msp(name)); err != nil {
		return nil, err
	}
	dir := l.organisation(name)
	return organisation, organisation.WriteAuthorities(filepath.Join(dir, "ca"), filepath.Join(dir, "tlsca"))
}

func (all *identities) user(l layout, o *material.Organisation, organisation string, u User) error {
	unit := material.Client
	if u.Admin {
		unit = material.Admin
	}
	// As fabric-ca writes it: the enrolment's own attribute beside the others.
	credential, err := o.Identity(u.Name, unit, map[string]string{roleAttribute: u.Role, "hf.EnrollmentID": u.Name})
	if err != nil {
		return err
	}
	all.mu.Lock()
	if all.admins[organisation] == nil && u.Admin {
		all.admins[organisation] = credential
	}
	all.mu.Unlock()
	return o.WriteLocalMSP(l.userMSP(organisation, u.Name), credential)
}

// program makes the TLS certificate that an organisation's programs show.
func (all *identities) program(l layout, o *material.Organisation, organisation string) error {
	credential, err := o.Program("client." + o.Domain)
	if err != nil {
		return err
	}
	all.mu.Lock()
	all.programs[organisation] = credential
	all.mu.Unlock()
	return o.WriteProgramTLS(l.programTLS(organisation), credential)
}

// node makes a node's signing identity and its TLS certificate.
func (all *identities) node(o *material.Organisation, n *node, unit material.Unit) error {
	credential, err := o.Identity(n.host, unit, nil)
	if err != nil {
		return err
	}
	if err := o.WriteLocalMSP(filepath.Join(n.dir, "msp"), credential); err != nil {
		return err
	}
	return all.host(o, n)
}

func (all *identities) host(o *material.Organisation, n *node) error {
	credential, err := o.Host(n.host)
	if err != nil {
		return err
	}
	all.mu.Lock()
	all.hosts[n.name] = credential
	all.mu.Unlock()
	return o.WriteTLS(filepath.Join(n.dir, "tls"), credential)
}

// writeRoots writes the TLS authorities of all members into one file.
func (all *identities) writeRoots(p *plan) error {
	var roots bytes.Buffer
	for _, o := range p.topology.Organisations {
		roots.Write(all.organisations[o.Name].TLSCA.CertificatePEM())
	}
	if err := os.MkdirAll(p.layout.channel(), 0o755); err != nil {
		return err
	}
	return os.WriteFile(p.layout.tlsRoots(), roots.Bytes(), 0o644)
}

// clientTLS is how an organisation's programs connect to the nodes of another, or its own.
func (all *identities) clientTLS(by, of string) *tls.Config {
	settings := &tls.Config{RootCAs: all.pool(of), MinVersion: tls.VersionTLS12}
	all.mu.Lock()
	own := all.programs[by]
	all.mu.Unlock()
	if own != nil {
		settings.Certificates = []tls.Certificate{pair(own)}
	}
	return settings
}

// pool trusts an organisation's TLS authority.
func (all *identities) pool(organisation string) *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(all.organisations[organisation].TLSCA.Certificate())
	return pool
}

// operatorTLS is the client certificate that orderers ask of their administrator.
func (all *identities) operatorTLS() tls.Certificate {
	return pair(all.operator)
}

func pair(c *material.Credential) tls.Certificate {
	return tls.Certificate{Certificate: [][]byte{c.Certificate.Raw}, PrivateKey: c.Key}
}
