package deployment

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"

	"github.com/countersign-ledger/countersign/collections"
)

// changes looks at who may change each part of the channel's configuration. Every
// group, policy and value names the policy that a change of it takes (mod_policy), and
// Admins is only the usual one: who may change one policy alone, such as Writers, need
// not get past any other. The orderers' own group is theirs.
func (c *check) changes() {
	admins := c.consortium.Admins()
	c.changesOf("/Channel", c.channel.root, admins)
	application := c.channel.applicationGroup()
	c.changesOf(strings.TrimSuffix(pathApplication, "/"), application, admins)
	for _, name := range slices.Sorted(maps.Keys(application.GetGroups())) {
		group := application.GetGroups()[name]
		// An organisation sees to its own certificates and peers.
		own := collections.Quorum{Required: 1, Of: []string{mspOf(name, group)}}.Text("admin")
		c.changesOf(pathApplication+name, group, "OR("+own+","+admins+")")
	}
}

// changesOf looks at a group, without those below it.
func (c *check) changesOf(path string, group *common.ConfigGroup, wanted string) {
	parts := map[string][]string{group.GetModPolicy(): {"group"}}
	for name, p := range group.GetPolicies() {
		parts[p.GetModPolicy()] = append(parts[p.GetModPolicy()], "policy "+name)
	}
	for name, v := range group.GetValues() {
		parts[v.GetModPolicy()] = append(parts[v.GetModPolicy()], "value "+name)
	}
	delete(parts, "") // which nobody may change
	for _, reference := range slices.Sorted(maps.Keys(parts)) {
		at := reference
		if !strings.HasPrefix(at, "/") {
			at = path + "/" + at // as Fabric reads it
		}
		if at == pathApplication+policyAdmins {
			continue // looked at by itself
		}
		slices.Sort(parts[reference])
		where := fmt.Sprintf("%s: %s, changed by %s", path, strings.Join(parts[reference], ", "), at)
		c.changedBy(where, at, wanted)
	}
}

// changedBy notes when others may change something than those who are wanted; fewer
// may.
func (c *check) changedBy(where, path, wanted string) {
	inForce, err := c.channel.policy(path)
	asked, wrong := parse(wanted)
	switch {
	case err != nil:
		c.found.add(Admins, Weakness, where, unreadable(err), wanted)
	case wrong != nil:
		c.found.add(Admins, Weakness, where, unreadable(wrong), wanted)
	case compare(inForce, asked) == weaker:
		c.found.add(Admins, Weakness, where, inForce.String(), wanted)
	}
}
