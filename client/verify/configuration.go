package verify

import "time"

// Configuration says of which configuration of a channel [Roots] were made.
type Configuration struct {
	// Sequence is its number; Newest that of the last one that was followed. Where
	// they differ, somebody has asked for an older one by its number.
	Sequence, Newest uint64
	// Since is when it began, as an orderer says; zero if that is not known.
	Since time.Time
	// Until is when the next one began; zero for the newest. Under an older one
	// whose end is not known nothing verifies.
	Until time.Time
}

// older tells whether another configuration has followed.
func (c *Configuration) older() bool { return c.Sequence != c.Newest }

// configuration says under which configuration is verified, and refuses what claims
// to be from a time when that one no longer held: else whoever was removed could go
// on stating things under the configuration that knew it.
func (r *run) configuration() {
	c := r.roots.Configuration
	if c == nil {
		r.skip(CheckConfiguration, "", "the roots follow no configuration of the channel")
		return
	}
	claimed := r.report.Claimed
	switch {
	case c.older() && claimed.IsZero():
		r.record(CheckConfiguration, "", fail("claims no time, which cannot be held against that of configuration %d", c.Sequence))
	case c.older() && claimed.After(c.Until.Add(EndorsersWindow)):
		r.record(CheckConfiguration, "", fail("claims to be of %s, when configuration %d no longer held: the next began at %s", stamp(claimed), c.Sequence, stamp(c.Until)))
	case c.older():
		r.record(CheckConfiguration, "", pass("OLDER, as asked for: under configuration %d, which held until %s; the newest that was followed is %d", c.Sequence, stamp(c.Until), c.Newest))
	default:
		r.record(CheckConfiguration, "", pass("under configuration %d, the newest that was followed", c.Sequence))
	}
}
