package client

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/gs1"
)

// Defaults of a stream.
const (
	// DefaultStall is how long a stream waits for a block that another gateway has.
	DefaultStall = 10 * time.Second

	probeTimeout = 5 * time.Second
	firstWait    = 100 * time.Millisecond
	lastWait     = 5 * time.Second
)

type followConfig struct {
	start    start
	from     Checkpoint
	kinds    []Kind
	about    []string
	by       []string
	until    *uint64
	untilNow bool
	stall    time.Duration
	silence  time.Duration
	giveUp   time.Duration
	err      error
}

type start int

const (
	atBeginning start = iota
	atCheckpoint
	atNow
)

// FollowOption says what a stream has, and from where.
type FollowOption func(*followConfig)

// FromBeginning begins with the ledger's first block; the default.
func FromBeginning() FollowOption {
	return func(c *followConfig) { c.start, c.from = atBeginning, Checkpoint{} }
}

// FromBlock begins with a block by its number, from 0.
func FromBlock(number uint64) FollowOption {
	return func(c *followConfig) { c.start, c.from = atCheckpoint, Checkpoint{Block: number} }
}

// FromNow begins after the last block that the gateway has when the stream is begun.
func FromNow() FollowOption { return func(c *followConfig) { c.start = atNow } }

// From goes on at a checkpoint: exactly behind the item that it came with.
func From(checkpoint Checkpoint) FollowOption {
	return func(c *followConfig) {
		c.start, c.from = atCheckpoint, checkpoint
		c.err = errors.Join(c.err, checkpoint.check())
	}
}

// UntilBlock ends the stream, without an error, behind a block.
func UntilBlock(number uint64) FollowOption {
	return func(c *followConfig) { c.until, c.untilNow = &number, false }
}

// UntilNow ends the stream, without an error, behind the last block that the gateway
// has when it is begun.
func UntilNow() FollowOption { return func(c *followConfig) { c.untilNow = true } }

// Kinds leaves out items of other kinds.
func Kinds(wanted ...Kind) FollowOption {
	return func(c *followConfig) {
		for _, k := range wanted {
			if _, known := kinds[k]; !known {
				c.err = errors.Join(c.err, fmt.Errorf("client: there are no items of kind %q", k))
			}
		}
		c.kinds = slices.Clone(wanted)
	}
}

// About leaves out what is not about one of these things, in any GS1 form, or what
// belongs to one: a class has its lots and serials. Items of [KindEvent] are about
// what the event names, a container alone and not what is in it; those of
// [KindBreach] and [KindAffected] about what their transaction found the breach to
// affect, for a container the same; those of [KindRecall] about what is recalled, and
// answers about nothing, as are those of [KindDisclosure].
func About(ids ...string) FollowOption {
	return func(c *followConfig) {
		for _, text := range ids {
			id, err := gs1.Parse(text)
			if err != nil {
				c.err = errors.Join(c.err, fmt.Errorf("client: follow %q: %w", text, err))
				continue
			}
			c.about = append(c.about, id.Path())
		}
	}
}

// By leaves out what has nothing to do with one of these organisations, by MSP id:
// who recorded an event; who decides on, recorded or took a step in a breach; both
// sides of a discrepancy; who recalls or answers; who asks, owns, receives or votes.
func By(msps ...string) FollowOption {
	return func(c *followConfig) { c.by = append(c.by, msps...) }
}

// StallAfter says how long the stream waits for a block before it asks whether
// another gateway, or the same when asked again, has it; then it leaves the one that
// does not give it out. [DefaultStall] without.
func StallAfter(d time.Duration) FollowOption { return func(c *followConfig) { c.stall = d } }

// RenewAfter begins the stream anew, at another gateway if there is one, when no
// block came for this long, whatever the gateways say: for channels that are never
// quiet. 0, the default, never does.
func RenewAfter(d time.Duration) FollowOption { return func(c *followConfig) { c.silence = d } }

// GiveUpAfter ends the stream when no gateway could be reached for this long; 0, the
// default, tries for as long as the context lasts.
func GiveUpAfter(d time.Duration) FollowOption { return func(c *followConfig) { c.giveUp = d } }

func newFollowConfig(options []FollowOption) (followConfig, error) {
	c := followConfig{stall: DefaultStall}
	for _, o := range options {
		o(&c)
	}
	if c.stall <= 0 || c.silence < 0 || c.giveUp < 0 {
		c.err = errors.Join(c.err, errors.New("client: follow: a duration is not positive"))
	}
	if c.kinds == nil {
		c.kinds = kindOrder
	}
	return c, c.err
}
