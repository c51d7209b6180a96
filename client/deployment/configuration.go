package deployment

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/countersign-ledger/countersign/collections"
)

// organisations looks at who is on the channel.
func (c *check) organisations() {
	members := c.channel.members()
	var described []string
	for _, o := range c.consortium.Organisations {
		described = append(described, o.MSP)
		if !slices.Contains(members, o.MSP) {
			c.found.add(OrganisationMissing, Drift, "/Channel/Application", "no "+o.MSP, kind(o))
		}
	}
	for _, msp := range members {
		if !slices.Contains(described, msp) {
			c.found.add(OrganisationSurplus, Drift, "/Channel/Application", msp, "none")
		}
	}
}

func kind(o collections.Organisation) string {
	if o.Reader {
		return "a reader"
	}
	return "an organisation that trades"
}

// policies looks at who may do what on the channel.
func (c *check) policies() {
	for _, p := range []struct {
		code         Code
		name, wanted string
	}{
		{Writers, policyWriters, c.consortium.Writers()},
		{Admins, policyAdmins, c.consortium.Admins()},
		{ChannelEndorsement, policyEndorsement, c.consortium.EndorsementPolicy()},
		{LifecycleEndorsement, policyLifecycle, c.consortium.LifecyclePolicy()},
	} {
		path := pathApplication + p.name
		inForce, err := c.channel.policy(path)
		c.held(p.code, path, inForce, err, p.wanted)
	}
	c.changes()
	c.submitters()
	c.readers()
}

// submitters looks at whom the orderers take transactions from: the policy above
// the application's, which by default is what the application's Writers and the
// ordering organisations' are.
func (c *check) submitters() {
	const path = "/Channel/" + policyWriters
	inForce, err := c.channel.policy(path)
	switch {
	case err != nil:
		c.found.add(Writers, Weakness, path, unreadable(err), "ANY Writers")
	case inForce.names(c.consortium.Reading()...):
		c.found.add(Writers, Weakness, path, inForce.String(), "no reader")
	}
}

// readers looks at whether everybody of the file can read.
func (c *check) readers() {
	const path = pathApplication + policyReaders
	for _, o := range c.consortium.Organisations {
		inForce, err := c.channel.policy(path)
		if err != nil {
			c.found.add(Readers, Drift, path, unreadable(err), c.consortium.Readers())
			return
		}
		for _, role := range []string{"client", "peer"} {
			if !inForce.met([]principal{{msp: o.MSP, role: role}}) {
				c.found.add(Readers, Drift, path, inForce.String(), fmt.Sprintf("%s for '%s.%s'", c.consortium.Readers(), o.MSP, role))
			}
		}
	}
}

// accessRules looks at whether readers can ask what they may know.
func (c *check) accessRules() {
	const path = pathApplication + valueACLs
	rules, err := c.channel.accessRules()
	if err != nil {
		c.found.add(AccessRule, Drift, path, unreadable(err), pathApplication+policyReaders)
		return
	}
	for _, resource := range resources {
		found := "none: Fabric's own, " + defaults[resource]
		if rules[resource] != "" {
			found = rules[resource]
		}
		inForce, err := c.channel.policy(absolute(pathApplication, cmp.Or(rules[resource], defaults[resource])))
		for _, msp := range c.consortium.Reading() {
			if err != nil || !inForce.met([]principal{{msp: msp, role: "client"}}) {
				c.found.add(AccessRule, Drift, path+", "+resource, found, pathApplication+policyReaders)
				break
			}
		}
	}
}

// capability looks at whether private data can be purged.
func (c *check) capability() {
	const path = pathApplication + valueCapabilities
	capabilities, err := c.channel.capabilities()
	switch {
	case err != nil:
		c.found.add(CapabilityMissing, Weakness, path, unreadable(err), Capability)
	case !slices.ContainsFunc(capabilities, purges):
		c.found.add(CapabilityMissing, Weakness, path, cmp.Or(strings.Join(capabilities, ", "), "none"), Capability)
	}
}

// purges tells whether peers of an application capability purge private data: V2_5
// and, should there be any, later ones.
func purges(capability string) bool {
	var major, minor int
	n, err := fmt.Sscanf(capability, "V%d_%d", &major, &minor)
	return err == nil && n == 2 && (major > 2 || major == 2 && minor >= 5)
}
