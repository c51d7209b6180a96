package network

import (
	"fmt"
	"os"
	"regexp"
	"strings"

	"github.com/countersign-ledger/countersign/network/internal/ccpackage"
)

// TopologyError lists every problem of a topology, each as one sentence that
// says where it is and what is allowed.
type TopologyError struct {
	Problems []string
}

// Error joins the problems.
func (e *TopologyError) Error() string {
	return "network: this topology cannot be: " + strings.Join(e.Problems, "; ")
}

const (
	maxPeers    = 8
	maxOrderers = 5
	maxPort     = 65535
)

var (
	namePattern    = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)
	mspPattern     = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9.-]{0,63}$`)
	domainPattern  = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$`)
	channelPattern = regexp.MustCompile(`^[a-z][a-z0-9.-]{0,248}$`)
	ccNamePattern  = regexp.MustCompile(`^[A-Za-z0-9]+([-_][A-Za-z0-9]+)*$`)
	versionPattern = regexp.MustCompile(`^[A-Za-z0-9_.+-]+$`)
	labelPattern   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.+-]*$`)
)

// Validate checks the topology as a whole, without starting or writing
// anything. The error is a [*TopologyError] that lists every problem.
func (t Topology) Validate() error {
	v := &validation{names: map[string]string{}, msps: map[string]string{}, domains: map[string]string{}, ports: map[int]string{}}
	t = t.withDefaults()
	v.match("name", t.Name, namePattern)
	v.match("channel", t.Channel, channelPattern)
	v.organisations(t)
	v.orderers(t)
	v.batch(t.Batch)
	v.chaincode(t)
	v.policy("endorsement policy", t.EndorsementPolicy, len(t.trading()))
	v.policy("lifecycle policy", t.LifecyclePolicy, len(t.trading()))
	if t.PrivateData.ReconcileInterval < 0 {
		v.add("private data: reconcile interval %s must not be negative", t.PrivateData.ReconcileInterval)
	}
	if len(v.problems) > 0 {
		return &TopologyError{Problems: v.problems}
	}
	return nil
}

// validation gathers problems, and what must be unique across the topology.
type validation struct {
	problems             []string
	names, msps, domains map[string]string
	ports                map[int]string
}

func (v *validation) add(format string, args ...any) {
	v.problems = append(v.problems, fmt.Sprintf(format, args...))
}

func (v *validation) match(what, value string, pattern *regexp.Regexp) {
	if !pattern.MatchString(value) {
		v.add("%s %q must match %s", what, value, pattern)
	}
}

func (v *validation) unique(seen map[string]string, what, value, owner string) {
	if other, taken := seen[value]; taken && value != "" {
		v.add("%s %q of %s is taken by %s", what, value, owner, other)
		return
	}
	seen[value] = owner
}

func (v *validation) port(port int, owner string) {
	if port == 0 {
		return
	}
	if port < 0 || port > maxPort {
		v.add("port %d of %s must lie between 1 and %d, or be 0 for a free one", port, owner, maxPort)
		return
	}
	if other, taken := v.ports[port]; taken {
		v.add("port %d of %s is taken by %s", port, owner, other)
		return
	}
	v.ports[port] = owner
}

func (v *validation) organisations(t Topology) {
	v.names[OrdererOrganisation] = "the ordering service"
	v.msps[ordererMSPID] = "the ordering service"
	v.domains[ordererDomain] = "the ordering service"
	if len(t.trading()) == 0 {
		v.add("no organisation trades: at least one must have Reader false")
	}
	for i, o := range t.Organisations {
		where := fmt.Sprintf("organisation %d (%q)", i+1, o.Name)
		v.match("name of "+where, o.Name, namePattern)
		v.match("MSP identifier of "+where, o.MSPID, mspPattern)
		v.match("domain of "+where, o.Domain, domainPattern)
		v.unique(v.names, "name", o.Name, where)
		v.unique(v.msps, "MSP identifier", o.MSPID, where)
		v.unique(v.domains, "domain", o.Domain, where)
		v.port(o.Port, where)
		if o.Peers < 1 || o.Peers > maxPeers {
			v.add("%s has %d peers: 1 to %d are possible", where, o.Peers, maxPeers)
		}
		v.users(where, o)
		v.binary(o)
	}
}

func (v *validation) binary(o Organisation) {
	if o.Reader && o.ChaincodeBinary != "" {
		v.add("%s only reads and runs no chaincode: chaincode binary %q must be empty", o.Name, o.ChaincodeBinary)
		return
	}
	v.executable("chaincode binary of "+o.Name, o.ChaincodeBinary)
}

// executable checks a path that may be empty.
func (v *validation) executable(what, path string) {
	if path == "" {
		return
	}
	if info, err := os.Stat(path); err != nil || info.IsDir() || info.Mode()&0o111 == 0 {
		v.add("%s %q is not an executable file", what, path)
	}
}

func (v *validation) users(where string, o Organisation) {
	seen, admins := map[string]string{}, 0
	for _, u := range o.Users {
		v.match("name of a user of "+where, u.Name, namePattern)
		v.unique(seen, "user", u.Name, where)
		if u.Role == "" {
			v.add("user %q of %s has no role", u.Name, where)
		}
		if u.Admin {
			admins++
		}
	}
	if admins == 0 {
		v.add("%s has no user with Admin true: nobody could join its peers to the channel", where)
	}
}

func (v *validation) orderers(t Topology) {
	if t.Consensus != Raft {
		v.add("consensus %s is not supported yet: use Raft", t.Consensus)
	}
	if count := len(t.Orderers); count > maxOrderers || count%2 == 0 {
		v.add("%d orderers: 1, 3 or 5 are possible", count)
	}
	seen := map[string]string{}
	for i, o := range t.Orderers {
		where := fmt.Sprintf("orderer %d (%q)", i+1, o.Name)
		v.match("name of "+where, o.Name, namePattern)
		v.unique(seen, "name", o.Name, where)
		v.port(o.Port, where)
	}
}

func (v *validation) batch(b Batch) {
	if b.Timeout < 0 || b.Messages < 0 || b.PreferredBytes < 0 || b.MaximumBytes < 0 {
		v.add("batch limits must not be negative")
	}
	if b.PreferredBytes > b.MaximumBytes {
		v.add("batch: preferred size %d is larger than the maximum %d", b.PreferredBytes, b.MaximumBytes)
	}
	if b.MaximumBytes > maxBatchBytes {
		v.add("batch: maximum size %d is larger than %d, what a peer accepts in one message", b.MaximumBytes, maxBatchBytes)
	}
}

// maxBatchBytes leaves room for a block's headers in Fabric's message limit of 100 MiB.
const maxBatchBytes = 99 << 20

func (v *validation) chaincode(t Topology) {
	c := t.Chaincode
	v.match("chaincode name", c.Name, ccNamePattern)
	v.match("chaincode version", c.Version, versionPattern)
	v.match("chaincode label", c.Label, labelPattern)
	v.executable("chaincode binary", c.Binary)
	if len(c.Collections) > 0 {
		if _, err := ccpackage.Collections(c.Collections); err != nil {
			v.add("collections: %v", err)
		}
	}
}

func (v *validation) policy(what string, p Policy, trading int) {
	if trading > 0 && (p.Required < 1 || p.Required > trading) {
		v.add("%s requires %d of %d trading organisations: 1 to %d are possible", what, p.Required, trading, trading)
	}
}
