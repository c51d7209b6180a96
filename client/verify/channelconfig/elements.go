package channelconfig

import (
	"fmt"
	"strings"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
)

// root names the group that holds a configuration, as Fabric does.
const root = "Channel"

// element is a group, value or policy of a configuration. A group counts by the names
// in it, not by what they hold: that is elements of their own.
type element struct {
	above  []string // groups from the root
	name   string
	group  *common.ConfigGroup
	value  *common.ConfigValue
	policy *common.ConfigPolicy
}

func (e element) key() string {
	return e.kind() + " /" + strings.Join(append(append([]string{}, e.above...), e.name), "/")
}

func (e element) kind() string {
	switch {
	case e.group != nil:
		return kindGroup
	case e.value != nil:
		return kindValue
	default:
		return kindPolicy
	}
}

const (
	kindGroup  = "group"
	kindValue  = "value"
	kindPolicy = "policy"
)

func (e element) version() uint64 {
	switch {
	case e.group != nil:
		return e.group.GetVersion()
	case e.value != nil:
		return e.value.GetVersion()
	default:
		return e.policy.GetVersion()
	}
}

func (e element) modPolicy() string {
	switch {
	case e.group != nil:
		return e.group.GetModPolicy()
	case e.value != nil:
		return e.value.GetModPolicy()
	default:
		return e.policy.GetModPolicy()
	}
}

// elements of a configuration, by key.
type elements map[string]element

// elementsOf lists a group and all below it; nothing for no group.
func elementsOf(group *common.ConfigGroup) (elements, error) {
	found := elements{}
	if group == nil {
		return found, nil
	}
	return found, found.add(nil, root, group)
}

func (found elements) add(above []string, name string, group *common.ConfigGroup) error {
	if len(above) >= maxDepth {
		return failure(ErrLimit, "", "more than %d groups within groups", maxDepth)
	}
	if err := found.put(element{above: above, name: name, group: group}); err != nil {
		return err
	}
	path := append(append([]string{}, above...), name)
	for name, value := range group.GetValues() {
		if err := found.put(element{above: path, name: name, value: value}); err != nil {
			return err
		}
	}
	for name, policy := range group.GetPolicies() {
		if err := found.put(element{above: path, name: name, policy: policy}); err != nil {
			return err
		}
	}
	for name, group := range group.GetGroups() {
		if err := found.add(path, name, group); err != nil {
			return err
		}
	}
	return nil
}

func (found elements) put(e element) error {
	if len(found) >= maxElements {
		return failure(ErrLimit, "", "more than %d elements", maxElements)
	}
	if err := named(e.name); err != nil {
		return malformed("an element below /"+strings.Join(e.above, "/"), err)
	}
	found[e.key()] = e
	return nil
}

// longest is the longest name of an element (Fabric, common/configtx/validator.go).
const longest = 249

// named refuses what is no element's name.
func named(name string) error {
	switch {
	case name == "" || name == "." || name == "..":
		return fmt.Errorf("%q is no name", name)
	case len(name) > longest:
		return fmt.Errorf("a name of %d bytes", len(name))
	}
	for i := range len(name) {
		c := name[i]
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (c < '0' || c > '9') && c != '.' && c != '-' {
			return fmt.Errorf("%q has a character that no name has", name)
		}
	}
	return nil
}

// governed refuses a mod_policy that names no policy.
func governed(policy string) error {
	if policy == "" {
		return fmt.Errorf("mod_policy is not set")
	}
	for part := range strings.SplitSeq(strings.TrimPrefix(policy, "/"), "/") {
		if err := named(part); err != nil {
			return fmt.Errorf("mod_policy %q: %w", policy, err)
		}
	}
	return nil
}
