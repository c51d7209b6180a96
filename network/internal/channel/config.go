package channel

import (
	"crypto/x509"
	"net"
	"strconv"
	"time"

	"github.com/hyperledger/fabric-config/configtx"
	"github.com/hyperledger/fabric-config/configtx/membership"
	"github.com/hyperledger/fabric-config/configtx/orderer"
)

// Config is what a channel begins with.
type Config struct {
	Channel  string
	Members  []Organisation
	Orderers Organisation // the organisation that runs the ordering service
	// Consenters are the orderers, all of them Raft.
	Consenters []Consenter
	Policies
	BatchTimeout                 time.Duration
	BatchMessages                uint32
	PreferredBytes, MaximumBytes uint32
}

// Policies are the application's, all signature policies in Fabric's policy
// language over the organisations that trade.
type Policies struct {
	// Writers may submit; Admins may change the channel; Endorsement and Lifecycle
	// are what transactions and chaincode definitions need.
	Writers, Admins, Endorsement, Lifecycle string
}

// Organisation is a member's identity on the channel.
type Organisation struct {
	Name      string
	MSPID     string
	CA, TLSCA *x509.Certificate
	Anchors   []Address
}

// Address is where a node listens.
type Address struct {
	Host string
	Port int
}

func (a Address) String() string { return net.JoinHostPort(a.Host, strconv.Itoa(a.Port)) }

// Consenter is an orderer with the TLS certificate that it shows to the others.
type Consenter struct {
	Address Address
	TLS     *x509.Certificate
}

// What Fabric's nodes must understand: V3_0 for BFT orderers and for reading
// many keys at once, V2_5 for purging private data.
const (
	channelCapability     = "V3_0"
	ordererCapability     = "V2_0"
	applicationCapability = "V2_5"
)

// Raft's clock. Elections take ten ticks; one orderer elects itself at once.
const (
	raftTick             = "200ms"
	raftElectionTicks    = 10
	raftHeartbeatTicks   = 1
	raftInflightBlocks   = 5
	raftSnapshotInterval = 16 << 20
)

// application gives the policies under the names that Fabric looks for.
func (p Policies) application() map[string]configtx.Policy {
	return map[string]configtx.Policy{
		configtx.ReadersPolicyKey:              implicit("ANY Readers"),
		configtx.WritersPolicyKey:              signature(p.Writers),
		configtx.AdminsPolicyKey:               signature(p.Admins),
		configtx.EndorsementPolicyKey:          signature(p.Endorsement),
		configtx.LifecycleEndorsementPolicyKey: signature(p.Lifecycle),
	}
}

func (c Config) channel() configtx.Channel {
	return configtx.Channel{
		Application: configtx.Application{
			Organizations: c.applicationOrganisations(),
			Capabilities:  []string{applicationCapability},
			Policies:      c.application(),
			ACLs:          accessRules(),
		},
		Orderer:      c.orderer(),
		Capabilities: []string{channelCapability},
		Policies: map[string]configtx.Policy{
			configtx.ReadersPolicyKey: implicit("ANY Readers"),
			configtx.WritersPolicyKey: implicit("ANY Writers"),
			configtx.AdminsPolicyKey:  implicit("MAJORITY Admins"), // the application's and the orderers'
		},
	}
}

// accessRules lets readers do on a peer what reading takes. Fabric's default
// asks for Writers before a peer runs any proposal, queries included. What a
// reader endorses or has endorsed it still cannot submit: the orderers check
// /Channel/Writers. Blocks and events are named although Readers is Fabric's
// default, so that the channel says so itself.
func accessRules() map[string]string {
	readers := map[string]string{}
	for _, resource := range []string{
		"peer/Propose",
		"event/Block",
		"event/FilteredBlock",
		"gateway/CommitStatus",
		"gateway/ChaincodeEvents",
		"_lifecycle/QueryChaincodeDefinition",
		"_lifecycle/QueryChaincodeDefinitions",
		"_lifecycle/CheckCommitReadiness",
	} {
		readers[resource] = "/Channel/Application/Readers"
	}
	return readers
}

func (c Config) orderer() configtx.Orderer {
	consenters := make([]orderer.Consenter, len(c.Consenters))
	endpoints := make([]string, len(c.Consenters))
	for i, n := range c.Consenters {
		consenters[i] = orderer.Consenter{
			Address:       orderer.EtcdAddress{Host: n.Address.Host, Port: n.Address.Port},
			ClientTLSCert: n.TLS,
			ServerTLSCert: n.TLS,
		}
		endpoints[i] = n.Address.String()
	}
	organisation := c.Orderers.configure(ordererRoles)
	organisation.OrdererEndpoints = endpoints
	return configtx.Orderer{
		OrdererType:  orderer.ConsensusTypeEtcdRaft,
		BatchTimeout: c.BatchTimeout,
		BatchSize: orderer.BatchSize{
			MaxMessageCount:   c.BatchMessages,
			AbsoluteMaxBytes:  c.MaximumBytes,
			PreferredMaxBytes: c.PreferredBytes,
		},
		EtcdRaft: orderer.EtcdRaft{
			Consenters: consenters,
			Options: orderer.EtcdRaftOptions{
				TickInterval:         raftTick,
				ElectionTick:         raftElectionTicks,
				HeartbeatTick:        raftHeartbeatTicks,
				MaxInflightBlocks:    raftInflightBlocks,
				SnapshotIntervalSize: raftSnapshotInterval,
			},
		},
		Organizations: []configtx.Organization{organisation},
		Capabilities:  []string{ordererCapability},
		Policies: map[string]configtx.Policy{
			configtx.ReadersPolicyKey:         implicit("ANY Readers"),
			configtx.WritersPolicyKey:         implicit("ANY Writers"),
			configtx.AdminsPolicyKey:          implicit("MAJORITY Admins"),
			configtx.BlockValidationPolicyKey: implicit("ANY Writers"),
		},
		State: orderer.ConsensusStateNormal,
	}
}

func (c Config) applicationOrganisations() []configtx.Organization {
	organisations := make([]configtx.Organization, len(c.Members))
	for i, m := range c.Members {
		organisations[i] = m.configure(memberRoles)
	}
	return organisations
}

// roles are the NodeOU roles that satisfy an organisation's own policies.
type roles struct{ readers, writers []string }

var (
	memberRoles  = roles{readers: []string{"admin", "peer", "client"}, writers: []string{"admin", "client"}}
	ordererRoles = roles{readers: []string{"admin", "orderer"}, writers: []string{"orderer"}}
)

func (o Organisation) configure(r roles) configtx.Organization {
	anchors := make([]configtx.Address, len(o.Anchors))
	for i, a := range o.Anchors {
		anchors[i] = configtx.Address{Host: a.Host, Port: a.Port}
	}
	return configtx.Organization{
		Name: o.MSPID,
		Policies: map[string]configtx.Policy{
			configtx.ReadersPolicyKey:     signature(anyOf(o.MSPID, r.readers)),
			configtx.WritersPolicyKey:     signature(anyOf(o.MSPID, r.writers)),
			configtx.AdminsPolicyKey:      signature(anyOf(o.MSPID, []string{"admin"})),
			configtx.EndorsementPolicyKey: signature(anyOf(o.MSPID, []string{"peer"})),
		},
		MSP:         o.msp(),
		AnchorPeers: anchors,
	}
}

func (o Organisation) msp() configtx.MSP {
	unit := func(name string) membership.OUIdentifier {
		return membership.OUIdentifier{Certificate: o.CA, OrganizationalUnitIdentifier: name}
	}
	return configtx.MSP{
		Name:         o.MSPID,
		RootCerts:    []*x509.Certificate{o.CA},
		TLSRootCerts: []*x509.Certificate{o.TLSCA},
		CryptoConfig: membership.CryptoConfig{SignatureHashFamily: "SHA2", IdentityIdentifierHashFunction: "SHA256"},
		NodeOUs: membership.NodeOUs{
			Enable:              true,
			ClientOUIdentifier:  unit("client"),
			PeerOUIdentifier:    unit("peer"),
			AdminOUIdentifier:   unit("admin"),
			OrdererOUIdentifier: unit("orderer"),
		},
	}
}
