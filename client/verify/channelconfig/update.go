package channelconfig

import (
	"fmt"
	"maps"
	"slices"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
)

// update is a change of a configuration, as administrators sign it.
type update struct {
	change     *common.ConfigUpdate
	signatures []signature
	read       elements
	write      elements
}

func readUpdate(envelope *common.Envelope) (*update, error) {
	if envelope == nil {
		return nil, malformed("a configuration without the update that made it", nil)
	}
	payload, _, err := open(envelope, common.HeaderType_CONFIG_UPDATE)
	if err != nil {
		return nil, err
	}
	var signed common.ConfigUpdateEnvelope
	if err := unmarshal(payload.GetData(), &signed); err != nil {
		return nil, malformed("the update", err)
	}
	made := &update{change: &common.ConfigUpdate{}}
	if err := unmarshal(signed.GetConfigUpdate(), made.change); err != nil {
		return nil, malformed("the update", err)
	}
	if made.signatures, err = signaturesOf(&signed); err != nil {
		return nil, err
	}
	if made.read, err = elementsOf(made.change.GetReadSet()); err != nil {
		return nil, err
	}
	made.write, err = elementsOf(made.change.GetWriteSet())
	return made, err
}

func signaturesOf(signed *common.ConfigUpdateEnvelope) ([]signature, error) {
	if n := len(signed.GetSignatures()); n > maxSignatures {
		return nil, failure(ErrLimit, "", "%d signatures; at most %d are read", n, maxSignatures)
	}
	var list []signature
	for _, s := range signed.GetSignatures() {
		var header common.SignatureHeader
		if err := unmarshal(s.GetSignatureHeader(), &header); err != nil {
			return nil, malformed("a signature of the update", err)
		}
		list = append(list, signature{
			creator: header.GetCreator(), value: s.GetSignature(),
			over: slices.Concat(s.GetSignatureHeader(), signed.GetConfigUpdate()),
		})
	}
	return list, nil
}

// delta are the elements that the update sets: those that it does not merely name at
// the version that it read.
func (u *update) delta() elements {
	set := elements{}
	for key, e := range u.write {
		if read, ok := u.read[key]; !ok || read.version() != e.version() {
			set[key] = e
		}
	}
	return set
}

// authorise checks an update against the configuration that it changes, and returns
// what it makes of it.
func (c *Configuration) authorise(u *update, signers *signers) (*common.ConfigGroup, error) {
	if u.change.GetChannelId() != c.channel {
		return nil, failure(ErrChannel, "", "the update is of channel %q, not of %q", u.change.GetChannelId(), c.channel)
	}
	for _, key := range slices.Sorted(maps.Keys(u.read)) {
		if err := c.reads(key, u.read[key].version()); err != nil {
			return nil, err
		}
	}
	delta := u.delta()
	if len(delta) == 0 {
		return nil, failure(ErrWriteSet, "", "it changes nothing")
	}
	for _, key := range slices.Sorted(maps.Keys(delta)) {
		if err := c.permits(key, delta[key], signers); err != nil {
			return nil, err
		}
	}
	next := maps.Clone(c.elements)
	maps.Copy(next, delta)
	for _, key := range slices.Sorted(maps.Keys(u.write)) {
		if _, ok := next[key]; !ok {
			return nil, failure(ErrWriteSet, key, "it stands in the write set and is nowhere")
		}
	}
	return next.assemble()
}

func (c *Configuration) reads(key string, version uint64) error {
	has, ok := c.elements[key]
	switch {
	case !ok:
		return failure(ErrReadSet, key, "it was read and does not exist")
	case has.version() != version:
		return failure(ErrReadSet, key, "it was read at version %d and is at version %d", version, has.version())
	}
	return nil
}

// permits checks one change: its version, and the policy that governs the element as
// it is. What is new is governed by the group that it comes into, which then changes
// as well; where that does not change, it has no effect.
func (c *Configuration) permits(key string, e element, signers *signers) error {
	if err := governed(e.modPolicy()); err != nil {
		return &Error{Rule: ErrModPolicy, Element: key, cause: err}
	}
	has, ok := c.elements[key]
	if !ok {
		if e.version() != 0 {
			return failure(ErrWriteSet, key, "it is set to version %d and does not exist", e.version())
		}
		return nil
	}
	if e.version() != has.version()+1 {
		return failure(ErrWriteSet, key, "it is set to version %d and is at version %d", e.version(), has.version())
	}
	path, policy := c.policies.governing(has)
	if policy == nil {
		return &Error{Rule: ErrPolicy, Element: key, Policy: path, Detail: "there is no such policy"}
	}
	if err := signers.satisfy(policy); err != nil {
		return &Error{Rule: ErrPolicy, Element: key, Policy: path, Detail: err.Error(), Ignored: signers.ignored}
	}
	return nil
}

// same says where a configuration differs from what an update makes.
func same(made, claimed *common.ConfigGroup) error {
	want, err := elementsOf(made)
	if err != nil {
		return err
	}
	got, err := elementsOf(claimed)
	if err != nil {
		return err
	}
	all := maps.Clone(want)
	maps.Copy(all, got)
	for _, key := range slices.Sorted(maps.Keys(all)) {
		w, wanted := want[key]
		g, shown := got[key]
		switch {
		case !wanted:
			return failure(ErrResult, key, "it is shown, and the update does not make it")
		case !shown:
			return failure(ErrResult, key, "the update leaves it, and it is not shown")
		case !w.equals(g):
			return failure(ErrResult, key, "%s", difference(w, g))
		}
	}
	return nil
}

func difference(made, shown element) string {
	switch {
	case made.version() != shown.version():
		return fmt.Sprintf("version %d is shown, the update makes %d", shown.version(), made.version())
	case made.modPolicy() != shown.modPolicy():
		return fmt.Sprintf("mod_policy %q is shown, the update makes %q", shown.modPolicy(), made.modPolicy())
	default:
		return "its content is another than the update makes"
	}
}
