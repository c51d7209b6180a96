package channelconfig

import (
	"crypto/sha256"
	"maps"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
)

// The groups and values of a configuration that are read here.
const (
	groupApplication  = "Application"
	groupOrderer      = "Orderer"
	groupConsortiums  = "Consortiums"
	valueMSP          = "MSP"
	valueCapabilities = "Capabilities"
)

// Configuration is one configuration of a channel that was pinned, or followed from
// one that was. It does not change and is safe for concurrent use.
type Configuration struct {
	channel  string
	config   *common.Config
	elements elements
	policies *policies
	msps     map[string]*definition // by MSP id
	members  map[string]string      // MSP ids of organisations, by path
	orderers map[string]bool        // MSP ids of ordering organisations
	time     time.Time
	block    *blockOf
}

// Pin takes a configuration block that the caller trusts, such as a channel's first,
// which each member got when it joined. Its error is an [Error] with [ErrForm],
// [ErrLimit], [ErrHash] (the block does not fit its own header), [ErrMSP] or
// [ErrUnsupported].
func Pin(block []byte) (*Configuration, error) {
	shown, err := readBlock(block)
	if err != nil {
		return nil, err
	}
	return configurationOf(shown, time.Time{})
}

// PinByHash takes a configuration block from anybody, whose hash the caller trusts:
// the SHA-256 that [Configuration.Hash] returns, which is also what the header of the
// block after it says of it. Its errors are those of [Pin]; with [ErrHash] the block
// is another.
func PinByHash(block []byte, hash [sha256.Size]byte) (*Configuration, error) {
	shown, err := readBlock(block)
	if err != nil {
		return nil, err
	}
	if shown.block.hash != hash {
		return nil, failure(ErrHash, "", "block %d has %x, not %x", shown.block.number, shown.block.hash, hash)
	}
	return configurationOf(shown, time.Time{})
}

// configurationOf makes a configuration ready (Fabric, common/channelconfig/bundle.go).
func configurationOf(s *shown, notBefore time.Time) (*Configuration, error) {
	config := s.envelope.GetConfig()
	if config.GetChannelGroup() == nil {
		return nil, malformed("an envelope without a configuration", nil)
	}
	if s.channel == "" {
		return nil, malformed("a configuration of no channel", nil)
	}
	made := &Configuration{
		channel: s.channel, config: config, block: s.block, time: notBefore,
		msps: map[string]*definition{}, members: map[string]string{}, orderers: map[string]bool{},
	}
	if s.block != nil && s.block.time.After(notBefore) {
		made.time = s.block.time
	}
	var err error
	if made.elements, err = elementsOf(config.GetChannelGroup()); err != nil {
		return nil, err
	}
	if config.GetChannelGroup().GetGroups()[groupApplication] == nil {
		return nil, malformed("a configuration without an application", nil)
	}
	ed25519, err := capable(config.GetChannelGroup())
	if err != nil {
		return nil, err
	}
	if made.policies, err = policiesOf(root, config.GetChannelGroup()); err != nil {
		return nil, err
	}
	return made, made.readMSPs(ed25519)
}

// capable tells whether Ed25519 keys count, and refuses channels of rules that are not
// known here.
func capable(group *common.ConfigGroup) (ed25519 bool, err error) {
	var set common.Capabilities
	element := kindValue + " /" + root + "/" + valueCapabilities
	if err := unmarshal(group.GetValues()[valueCapabilities].GetValue(), &set); err != nil {
		return false, &Error{Rule: ErrForm, Element: element, cause: err}
	}
	supported := false
	for _, name := range slices.Sorted(maps.Keys(set.GetCapabilities())) {
		switch name {
		case "V1_1", "V1_3", "V1_4_2":
		case "V1_4_3", "V2_0":
			supported = true
		case "V3_0":
			supported, ed25519 = true, true
		default:
			return false, failure(ErrUnsupported, element, "capability %q", name)
		}
	}
	if !supported {
		return false, failure(ErrUnsupported, element, "no capability from V1_4_3 on: what makes an administrator is decided in another way")
	}
	return ed25519, nil
}

// readMSPs reads the MSPs of all organisations.
func (c *Configuration) readMSPs(ed25519 bool) error {
	configs := map[string]*msp.MSPConfig{}
	for path, group := range organisations(c.config.GetChannelGroup()) {
		element := kindValue + " " + path + "/" + valueMSP
		var config msp.MSPConfig
		if err := unmarshal(group.GetValues()[valueMSP].GetValue(), &config); err != nil {
			return &Error{Rule: ErrMSP, Element: element, cause: err}
		}
		made, err := readMSP(&config, ed25519)
		if err != nil {
			return &Error{Rule: ErrMSP, Element: element, cause: err}
		}
		if made.name == "" {
			return failure(ErrMSP, element, "it has no name")
		}
		if before, ok := configs[made.name]; ok && !proto.Equal(before, &config) {
			return failure(ErrMSP, element, "%s is defined in two ways", made.name)
		}
		configs[made.name], c.msps[made.name], c.members[path] = &config, made, made.name
		if isBelow(path, groupOrderer) {
			c.orderers[made.name] = true
		}
	}
	return nil
}

// organisations are the groups of organisations, by path.
func organisations(channel *common.ConfigGroup) map[string]*common.ConfigGroup {
	found := map[string]*common.ConfigGroup{}
	for _, part := range []string{groupApplication, groupOrderer} {
		for name, group := range channel.GetGroups()[part].GetGroups() {
			found["/"+root+"/"+part+"/"+name] = group
		}
	}
	for consortium, groups := range channel.GetGroups()[groupConsortiums].GetGroups() {
		for name, group := range groups.GetGroups() {
			found["/"+root+"/"+groupConsortiums+"/"+consortium+"/"+name] = group
		}
	}
	return found
}

func isBelow(path, part string) bool {
	prefix := "/" + root + "/" + part + "/"
	return len(path) > len(prefix) && path[:len(prefix)] == prefix
}

// Channel is the channel's name.
func (c *Configuration) Channel() string { return c.channel }

// Sequence is the configuration's number; a channel's first has 0.
func (c *Configuration) Sequence() uint64 { return c.config.GetSequence() }

// Time is when the configuration was taken up, as an orderer says, or that of the one
// before it, whichever is later; zero if none is known.
func (c *Configuration) Time() time.Time { return c.time }

// Block is the number of the block, and whether it is known: a configuration that was
// followed by its envelope alone has none.
func (c *Configuration) Block() (number uint64, known bool) {
	if c.block == nil {
		return 0, false
	}
	return c.block.number, true
}

// Hash is the hash of the block's header, which [PinByHash] takes and the header of
// the next block names; known tells whether there is a block.
func (c *Configuration) Hash() (hash [sha256.Size]byte, known bool) {
	if c.block == nil {
		return hash, false
	}
	return c.block.hash, true
}

// Config is a copy of the configuration.
func (c *Configuration) Config() *common.Config { return proto.CloneOf(c.config) }
