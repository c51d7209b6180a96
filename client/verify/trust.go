package verify

import (
	"fmt"
	"slices"

	"github.com/countersign-ledger/countersign/client/verify/channelconfig"
)

// Trust is what a verifier pinned once, and the configurations of the channel that it
// has followed since. Roots are made of any of them. It is for one goroutine at a time.
type Trust struct {
	terms    Terms
	followed []followed
}

// Terms are a verifier's own decisions, which stay as they are when the channel's
// configuration changes.
type Terms struct {
	// Chaincode and Versions are as in [Roots].
	Chaincode string
	Versions  []string
	// Policy is the default, as in [Roots]; it may be zero. An organisation that it
	// names and the channel removes makes every verification fail until the policy is
	// decided anew.
	Policy Policy
}

// followed is a configuration, and what was shown of it.
type followed struct {
	*channelconfig.Configuration
	text     []byte
	envelope bool // text is an envelope, not a block
}

// ConfigurationError says that a configuration was asked for that is not among those
// followed.
type ConfigurationError struct {
	// Sequence was asked for; there are those from First to Last.
	Sequence, First, Last uint64
}

// Error implements error.
func (e *ConfigurationError) Error() string {
	return fmt.Sprintf("roots: configuration %d is not among those followed, %d to %d", e.Sequence, e.First, e.Last)
}

// Pin begins with a configuration block that the caller trusts (see
// [channelconfig.Pin], whose errors it has); it also fails with [RootsError] and
// [PolicyError] for terms that cannot be used.
func Pin(block []byte, terms Terms) (*Trust, error) {
	pinned, err := channelconfig.Pin(block)
	if err != nil {
		return nil, err
	}
	text, err := channelconfig.Strip(block)
	if err != nil {
		return nil, err
	}
	t := &Trust{terms: terms, followed: []followed{{Configuration: pinned, text: text}}}
	return t, t.validate()
}

func (t *Trust) validate() error {
	if t.terms.Chaincode == "" {
		return badRoots("the chaincode must be named")
	}
	if t.terms.Policy.Required != 0 || len(t.terms.Policy.Of) > 0 {
		return t.terms.Policy.validate()
	}
	return nil
}

// Follow takes the next configuration block, whoever shows it. Its errors are those
// of [channelconfig.Configuration.Follow]; the trust then stays as it was.
func (t *Trust) Follow(block []byte) error {
	next, err := t.Newest().Follow(block)
	if err != nil {
		return err
	}
	text, err := channelconfig.Strip(block)
	if err != nil {
		return err
	}
	t.followed = append(t.followed, followed{Configuration: next, text: text})
	return nil
}

// FollowEnvelope takes the next configuration by its envelope alone. Its errors are
// those of [channelconfig.Configuration.FollowEnvelope].
func (t *Trust) FollowEnvelope(envelope []byte) error {
	next, err := t.Newest().FollowEnvelope(envelope)
	if err != nil {
		return err
	}
	t.followed = append(t.followed, followed{Configuration: next, text: envelope, envelope: true})
	return nil
}

// Terms are the verifier's own decisions.
func (t *Trust) Terms() Terms { return t.terms }

// Pinned is the configuration that the verifier began with.
func (t *Trust) Pinned() *channelconfig.Configuration { return t.followed[0].Configuration }

// Newest is the last configuration that was followed.
func (t *Trust) Newest() *channelconfig.Configuration {
	return t.followed[len(t.followed)-1].Configuration
}

// Configurations are all that were followed, the pinned one first.
func (t *Trust) Configurations() []*channelconfig.Configuration {
	var list []*channelconfig.Configuration
	for _, f := range t.followed {
		list = append(list, f.Configuration)
	}
	return list
}

// Roots are those of the newest configuration. It fails with [RootsError] when no
// organisation of it can be verified.
func (t *Trust) Roots() (*Roots, error) {
	return t.at(len(t.followed) - 1)
}

// RootsAt are those of a configuration by its number: for evidence from before, by
// organisations or authorities that the channel no longer has. What claims to be from
// after that configuration does not verify, and the report says that it was an older
// one. Certificates that a later configuration revokes count as revoked. It fails
// with [ConfigurationError] and [RootsError].
func (t *Trust) RootsAt(sequence uint64) (*Roots, error) {
	i, err := t.index(sequence)
	if err != nil {
		return nil, err
	}
	return t.at(i)
}

// Omitted are the organisations of a configuration whose endorsements can be told from
// others' by nobody, and which its roots therefore leave out, with the reasons, by MSP id.
// It fails with [ConfigurationError].
func (t *Trust) Omitted(sequence uint64) (map[string]string, error) {
	i, err := t.index(sequence)
	if err != nil {
		return nil, err
	}
	_, omitted, err := t.organisations(i)
	return omitted, err
}

func (t *Trust) index(sequence uint64) (int, error) {
	first, last := t.Pinned().Sequence(), t.Newest().Sequence()
	if sequence < first || sequence > last {
		return 0, &ConfigurationError{Sequence: sequence, First: first, Last: last}
	}
	return int(sequence - first), nil
}

func (t *Trust) at(i int) (*Roots, error) {
	list, _, err := t.organisations(i)
	if err != nil {
		return nil, err
	}
	c := t.followed[i]
	if len(list) == 0 {
		return nil, badRoots("no organisation of configuration %d can be verified", c.Sequence())
	}
	about := &Configuration{Sequence: c.Sequence(), Newest: t.Newest().Sequence(), Since: c.Time()}
	if i+1 < len(t.followed) {
		about.Until = t.followed[i+1].Time()
	}
	roots := &Roots{
		Channel: c.Channel(), Chaincode: t.terms.Chaincode, Versions: slices.Clone(t.terms.Versions),
		Organisations: list, Policy: t.terms.Policy, Configuration: about,
	}
	return roots, roots.validate()
}
