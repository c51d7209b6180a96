package network

import (
	"time"
)

// Event is one step of progress of [Start].
type Event struct {
	// Step is one of "programs", "identities", "nodes", "channel", "chaincode"
	// and "ready".
	Step string
	// Detail is a short sentence for people.
	Detail string
	// Done and Total count what is built while Step is "programs"; Total is 0
	// when it is not known.
	Done, Total int
	// Elapsed is the time since Start was called.
	Elapsed time.Duration
}

// Option changes how [Start] works; without options it takes the documented defaults.
type Option func(*config)

type config struct {
	dir       string
	binaries  string
	chaincode string
	progress  func(Event)
	logSpec   string
	limit     time.Duration
}

// startLimit is how long a network that is built may take to be ready before
// Start gives up. It takes about three seconds on two cores.
const startLimit = 2 * time.Minute

func newConfig(options []Option) config {
	c := config{progress: func(Event) {}, logSpec: "info", limit: startLimit}
	for _, option := range options {
		option(&c)
	}
	return c
}

// WithDir keeps the network's files in a directory, also after [Network.Stop].
// It must be empty, not exist, or hold a network that was stopped, which is then
// replaced. The default is a temporary directory that Stop removes.
func WithDir(dir string) Option { return func(c *config) { c.dir = dir } }

// WithBinaries takes peer and orderer from a directory, after a check of their
// version, instead of building them. The default is the environment variable
// COUNTERSIGN_FABRIC_BIN, else building them once into the user's cache.
func WithBinaries(dir string) Option { return func(c *config) { c.binaries = dir } }

// WithChaincodeBinary runs a chaincode server of your own; it wins over the topology's.
func WithChaincodeBinary(path string) Option { return func(c *config) { c.chaincode = path } }

// WithProgress is told each step, one call at a time. It must not block for long.
func WithProgress(told func(Event)) Option {
	return func(c *config) {
		if told != nil {
			c.progress = told
		}
	}
}

// WithLogging sets the logging specification of peers and orderers, as Fabric
// writes it ("info", "warning:gossip=debug"). The default is "info".
func WithLogging(spec string) Option { return func(c *config) { c.logSpec = spec } }

// WithTimeout bounds the time from the first node's start until the network is
// ready. The default is two minutes; building programs does not count.
func WithTimeout(limit time.Duration) Option {
	return func(c *config) {
		if limit > 0 {
			c.limit = limit
		}
	}
}
