package network

import "time"

// Topology says what a network consists of. The zero value is not valid; start
// from [Default] and change what you need, or compose your own.
type Topology struct {
	// Name tells networks apart in messages and file names.
	Name string
	// Channel is the one application channel that all organisations join.
	Channel string
	// Organisations are the channel's members. At least one trades.
	Organisations []Organisation
	// Consensus is how the orderers agree; the zero value is [Raft].
	Consensus Consensus
	// Orderers order transactions into blocks.
	Orderers []Orderer
	// Batch says when a block is cut; zero fields take the values of [DefaultBatch].
	Batch Batch
	// MutualTLS makes peers and orderers ask a TLS certificate of whoever connects,
	// which an authority of one of the channel's organisations must have issued. Each
	// organisation gets one for its programs, and its connection profile names it.
	MutualTLS bool
	// Chaincode is deployed on the channel.
	Chaincode Chaincode
	// EndorsementPolicy says how many trading organisations must endorse a
	// transaction before it is valid.
	EndorsementPolicy Policy
	// LifecyclePolicy says how many trading organisations must agree to a
	// definition of the chaincode.
	LifecyclePolicy Policy
	// PrivateData is how peers keep private data; the zero value takes the
	// documented defaults.
	PrivateData PrivateData
}

// PrivateData is how every peer purges private data and fetches what it missed.
type PrivateData struct {
	// PurgeInterval is how many blocks lie between two rounds in which a peer
	// removes from its disk what was purged or has outlived its collection's
	// retention; zero means Fabric's default, 100. Queries stop finding it at once
	// in either case.
	PurgeInterval uint64
	// ReconcileInterval is how long a peer waits between two attempts to fetch
	// private data that did not reach it. What nobody could give it at the first
	// attempt it asks for again at every third. Zero means 5 seconds for what it has
	// just missed, and Fabric's default of an hour for what nobody could give.
	ReconcileInterval time.Duration
}

// Organisation is a member of the channel.
type Organisation struct {
	// Name is short and in lower case, such as "manufacturer". It names the
	// organisation in calls on [Network] and in folder names.
	Name string
	// MSPID is the organisation's identity on the ledger, such as "ManufacturerMSP".
	MSPID string
	// Domain ends the host names in its certificates, such as "manufacturer.example".
	Domain string
	// Reader is true for an organisation that only reads: it is no writer on the
	// channel, its endorsement counts nowhere, and its peers run no chaincode.
	Reader bool
	// Peers is how many peers it runs; zero means one.
	Peers int
	// Port is the port of its first peer on 127.0.0.1; zero means a free one.
	Port int
	// Users get a certificate each.
	Users []User
	// ChaincodeBinary is the path of the chaincode server that this organisation
	// alone runs, to see what another chaincode at one member can do to the others;
	// empty means the one that all run. It wins over [WithChaincodeBinary].
	ChaincodeBinary string
}

// User is a person or device with a certificate of its organisation.
type User struct {
	// Name is the certificate's common name and the user's folder.
	Name string
	// Role is the value of the certificate attribute "countersign.role".
	Role string
	// Admin makes the user an administrator of its organisation on the channel.
	Admin bool
}

// Consensus is how orderers agree on the order of transactions.
type Consensus int

const (
	// Raft tolerates crashed orderers, not lying ones.
	Raft Consensus = iota
	// BFT tolerates lying orderers, too. It is not supported yet.
	BFT
)

// String names the consensus.
func (c Consensus) String() string {
	switch c {
	case Raft:
		return "raft"
	case BFT:
		return "bft"
	default:
		return "unknown"
	}
}

// Orderer is a node of the ordering service.
type Orderer struct {
	// Name is short and in lower case, such as "orderer".
	Name string
	// Port is its port on 127.0.0.1; zero means a free one.
	Port int
}

// Batch says when an orderer cuts a block: as soon as one limit is reached.
type Batch struct {
	// Timeout is how long the first transaction of a block waits for others.
	Timeout time.Duration
	// Messages is how many transactions a block holds at most.
	Messages int
	// PreferredBytes is the size at which a block is cut.
	PreferredBytes int
	// MaximumBytes is the size above which a transaction is refused.
	MaximumBytes int
}

// Chaincode is the smart contract that the network runs, as a service: one
// process for each trading organisation.
type Chaincode struct {
	// Name is what clients call.
	Name string
	// Version is the version in the chaincode's definition.
	Version string
	// Label names the package; empty means Name_Version.
	Label string
	// Binary is the path of the chaincode server; empty means Countersign's own,
	// built when needed.
	Binary string
	// Collections are the private data collections in the JSON that operators
	// deploy (the peer command's format). Empty means Countersign's own for the
	// topology's organisations; "[]" means none.
	Collections []byte
}

// trading returns the organisations that trade, in the topology's order.
func (t Topology) trading() []Organisation { return t.filter(false) }

// readers returns the organisations that only read, in the topology's order.
func (t Topology) readers() []Organisation { return t.filter(true) }

func (t Topology) filter(reader bool) []Organisation {
	var kept []Organisation
	for _, o := range t.Organisations {
		if o.Reader == reader {
			kept = append(kept, o)
		}
	}
	return kept
}

func mspIDs(organisations []Organisation) []string {
	ids := make([]string, len(organisations))
	for i, o := range organisations {
		ids[i] = o.MSPID
	}
	return ids
}
