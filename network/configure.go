package network

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/network/internal/channel"
	"github.com/countersign-ledger/countersign/network/internal/nodeconfig"
	"github.com/countersign-ledger/countersign/network/internal/process"
	"github.com/countersign-ledger/countersign/network/internal/profile"
)

// genesis makes the channel's first block and keeps a copy for operators.
func genesis(p *plan, ids *identities) (*common.Block, error) {
	t := p.topology
	config := channel.Config{
		Channel:        t.Channel,
		Orderers:       member(ids, OrdererOrganisation, ordererMSPID, nil),
		Policies:       policies(t),
		BatchTimeout:   t.Batch.Timeout,
		BatchMessages:  uint32(t.Batch.Messages),
		PreferredBytes: uint32(t.Batch.PreferredBytes),
		MaximumBytes:   uint32(t.Batch.MaximumBytes),
	}
	for _, o := range t.Organisations {
		config.Members = append(config.Members, member(ids, o.Name, o.MSPID, p.peersOf(o.Name)))
	}
	for _, n := range p.orderers {
		config.Consenters = append(config.Consenters, channel.Consenter{
			Address: channel.Address{Host: loopback, Port: n.port},
			TLS:     ids.hosts[n.name].Certificate,
		})
	}
	block, err := channel.Genesis(config)
	if err != nil {
		return nil, err
	}
	content, err := proto.Marshal(block)
	if err != nil {
		return nil, err
	}
	return block, os.WriteFile(filepath.Join(p.layout.channel(), t.Channel+".block"), content, 0o644)
}

// policies are the channel's: trading organisations count in them, readers never.
func policies(t Topology) channel.Policies {
	c := t.Consortium()
	return channel.Policies{
		Writers: c.Writers(), Admins: c.Admins(),
		Endorsement: c.EndorsementPolicy(), Lifecycle: c.LifecyclePolicy(),
	}
}

func member(ids *identities, name, mspID string, anchors []*node) channel.Organisation {
	o := channel.Organisation{
		Name: name, MSPID: mspID,
		CA:    ids.organisations[name].CA.Certificate(),
		TLSCA: ids.organisations[name].TLSCA.Certificate(),
	}
	if len(anchors) > 0 {
		o.Anchors = []channel.Address{{Host: loopback, Port: anchors[0].port}}
	}
	return o
}

// configure writes the configuration of orderers and peers and says how to run them.
func configure(p *plan, programs *programs, logSpec string) error {
	for _, n := range p.orderers {
		err := nodeconfig.WriteOrderer(n.dir, nodeconfig.Orderer{
			Host: loopback, Port: n.port, AdminAddress: hostPort(n.adminPort),
			MSPID: ordererMSPID, MSPDir: filepath.Join(n.dir, "msp"), TLSDir: filepath.Join(n.dir, "tls"),
			RootCerts: p.layout.tlsRoots(), MutualTLS: p.topology.MutualTLS,
			DataDir: filepath.Join(n.dir, "data"), WALDir: filepath.Join(n.dir, "wal"), SnapDir: filepath.Join(n.dir, "snap"),
		})
		if err != nil {
			return err
		}
		n.spec = process.Spec{Name: n.name, Path: programs.set.Orderer, Env: environment(n, logSpec), Dir: n.dir, LogFile: n.log}
	}
	for _, o := range p.topology.Organisations {
		if err := configurePeers(p, o, programs, logSpec); err != nil {
			return err
		}
	}
	return nil
}

// configurePeers writes the configuration of an organisation's peers and says how
// to run them.
func configurePeers(p *plan, o Organisation, programs *programs, logSpec string) error {
	soon, late := p.topology.PrivateData.reconcile()
	for _, n := range p.peersOf(o.Name) {
		err := nodeconfig.WritePeer(n.dir, nodeconfig.Peer{
			ID: n.host, Network: p.topology.Name, Address: n.address(), Bootstrap: addresses(p.peersOf(o.Name)),
			MSPID: o.MSPID, MSPDir: filepath.Join(n.dir, "msp"), TLSDir: filepath.Join(n.dir, "tls"),
			RootCerts: p.layout.tlsRoots(), MutualTLS: p.topology.MutualTLS, DataDir: filepath.Join(n.dir, "data"),
			SnapshotsDir: filepath.Join(n.dir, "snapshots"), BuilderDir: programs.set.Builder,
			PurgeInterval: p.topology.PrivateData.PurgeInterval, Reconcile: soon, ReconcileLate: late,
		})
		if err != nil {
			return err
		}
		n.spec = process.Spec{
			Name: n.name, Path: programs.set.Peer, Args: []string{"node", "start"},
			Env: environment(n, logSpec), Dir: n.dir, LogFile: n.log,
		}
	}
	return nil
}

// environment is a node's whole environment: nothing that the user has set for
// another Fabric network changes this one.
func environment(n *node, logSpec string) []string {
	return append(plainEnvironment(),
		"FABRIC_CFG_PATH="+n.dir,
		"FABRIC_LOGGING_SPEC="+logSpec,
		// Fabric's own format without colours.
		"FABRIC_LOGGING_FORMAT=%{time:2006-01-02 15:04:05.000 MST} %{level:.4s} [%{module}] %{shortfunc} -> %{message}",
	)
}

func plainEnvironment() []string {
	var kept []string
	for _, key := range []string{"PATH", "HOME", "TMPDIR", "LANG", "TZ"} {
		if value, set := os.LookupEnv(key); set {
			kept = append(kept, key+"="+value)
		}
	}
	return kept
}

func addresses(nodes []*node) []string {
	all := make([]string, len(nodes))
	for i, n := range nodes {
		all[i] = n.address()
	}
	return all
}

// writeProfiles writes each organisation's connection profile.
func writeProfiles(p *plan, ids *identities) error {
	base := profile.Profile{Network: p.topology.Name, Channel: p.topology.Channel}
	for _, o := range p.topology.Organisations {
		base.Organisations = append(base.Organisations, profile.Organisation{Name: o.Name, MSPID: o.MSPID})
		for _, n := range p.peersOf(o.Name) {
			base.Peers = append(base.Peers, profile.Peer{
				Organisation: o.Name, Name: n.host, Address: n.address(), Chaincode: !o.Reader,
				TLSCA: ids.organisations[o.Name].TLSCA.CertificatePEM(),
			})
		}
	}
	for _, n := range p.orderers {
		base.Orderers = append(base.Orderers, profile.Orderer{
			Name: n.host, Address: n.address(), TLSCA: ids.organisations[OrdererOrganisation].TLSCA.CertificatePEM(),
		})
	}
	for _, o := range p.topology.Organisations {
		own := base
		own.Organisation = o.Name
		if p.topology.MutualTLS {
			own.ClientCert = filepath.Join(p.layout.programTLS(o.Name), "client.crt")
			own.ClientKey = filepath.Join(p.layout.programTLS(o.Name), "client.key")
		}
		if err := own.Write(p.layout.organisation(o.Name)); err != nil {
			return fmt.Errorf("connection profile of %s: %w", o.Name, err)
		}
	}
	return nil
}
