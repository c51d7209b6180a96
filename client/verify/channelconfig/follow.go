package channelconfig

import (
	"maps"
	"slices"
	"time"
)

// Follow takes the next configuration block, whoever shows it. Its error is an
// [Error]: with [ErrKnown] the block holds the configuration that there is; with
// [ErrRollBack], [ErrFork] or [ErrSkipped] an older one, another of the same number,
// or a later one than the next; else one that names the rule that it broke.
func (c *Configuration) Follow(block []byte) (*Configuration, error) {
	shown, err := readBlock(block)
	if err != nil {
		return nil, err
	}
	return c.follow(shown)
}

// FollowEnvelope takes the next configuration by its common.ConfigEnvelope alone,
// without its block. Nobody then says when it was taken up, and that an ordering
// organisation has is not checked: signers are judged at the time of the configuration
// before, and [Configuration.Time] stays as it was. Its errors are those of [Configuration.Follow].
func (c *Configuration) FollowEnvelope(envelope []byte) (*Configuration, error) {
	shown, err := readEnvelope(envelope)
	if err != nil {
		return nil, err
	}
	return c.follow(shown)
}

func (c *Configuration) follow(s *shown) (*Configuration, error) {
	if s.channel != c.channel {
		return nil, failure(ErrChannel, "", "%q, not %q", s.channel, c.channel)
	}
	if err := c.isNext(s); err != nil {
		return nil, err
	}
	update, err := readUpdate(s.envelope.GetLastUpdate())
	if err != nil {
		return nil, err
	}
	at := c.time
	if s.block != nil && s.block.time.After(at) {
		at = s.block.time
	}
	made, err := c.authorise(update, c.signersOf(update.signatures, at))
	if err != nil {
		return nil, err
	}
	if err := same(made, s.envelope.GetConfig().GetChannelGroup()); err != nil {
		return nil, err
	}
	if s.block != nil {
		if err := c.taken(s.block.taken, at); err != nil {
			return nil, err
		}
	}
	next, err := configurationOf(s, c.time)
	if err != nil {
		return nil, err
	}
	return next, c.allows(next)
}

// isNext refuses all configurations but the next by number.
func (c *Configuration) isNext(s *shown) error {
	config := s.envelope.GetConfig()
	if config.GetChannelGroup() == nil {
		return malformed("an envelope without a configuration", nil)
	}
	have, got := c.Sequence(), config.GetSequence()
	switch {
	case got < have:
		return failure(ErrRollBack, "", "number %d is shown and %d was followed", got, have)
	case got == have:
		if same(c.config.GetChannelGroup(), config.GetChannelGroup()) == nil {
			return failure(ErrKnown, "", "number %d", have)
		}
		return failure(ErrFork, "", "number %d", have)
	case got-have > 1:
		return failure(ErrSkipped, "", "number %d is shown and %d comes next", got, have+1)
	}
	return nil
}

// taken checks that a node of the ordering organisations signed the transaction: one
// in the orderers' unit, where the MSP has one, since its clients order nothing.
func (c *Configuration) taken(by signature, at time.Time) error {
	who, claim, err := c.signer(by, at)
	if err != nil {
		claim.Reason = err.Error()
		return &Error{Rule: ErrOrderer, Ignored: []Ignored{claim}}
	}
	if !c.orderers[who.msp.name] {
		claim.Reason = "its organisation orders nothing"
		return &Error{Rule: ErrOrderer, Ignored: []Ignored{claim}}
	}
	if d := who.msp; d.nodes && d.orderer != nil && !who.in(d.orderer) {
		claim.Reason = "it is no node that orders"
		return &Error{Rule: ErrOrderer, Ignored: []Ignored{claim}}
	}
	return nil
}

// allows refuses what Fabric allows nobody (common/channelconfig/bundle.go,
// ValidateNew): parts of a channel do not vanish, and organisations keep their names.
func (c *Configuration) allows(next *Configuration) error {
	before, after := c.config.GetChannelGroup().GetGroups(), next.config.GetChannelGroup().GetGroups()
	for _, part := range []string{groupApplication, groupOrderer, groupConsortiums} {
		if before[part] != nil && after[part] == nil {
			return failure(ErrTransition, kindGroup+" /"+root+"/"+part, "it is gone")
		}
	}
	if before[groupConsortiums] == nil && after[groupConsortiums] != nil {
		return failure(ErrTransition, kindGroup+" /"+root+"/"+groupConsortiums, "it was not there before")
	}
	for _, path := range slices.Sorted(maps.Keys(c.members)) {
		was := c.members[path]
		if is, ok := next.members[path]; ok && is != was {
			return failure(ErrTransition, kindGroup+" "+path, "its MSP was %s and becomes %s", was, is)
		}
	}
	return nil
}
