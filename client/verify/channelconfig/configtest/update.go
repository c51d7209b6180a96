package configtest

import (
	"crypto/sha256"
	"encoding/asn1"
	"maps"
	"math/big"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// Update is an update on its way, for tests to change.
type Update struct {
	// Change is what administrators sign.
	Change *common.ConfigUpdate
	// Claimed is the configuration that is shown with it.
	Claimed *common.Config
	// Signatures are those of the update.
	Signatures []*common.ConfigSignature
	// Taken signs the block's transaction; nil leaves it unsigned.
	Taken *Identity
}

// Propose makes an update that reads and writes the whole configuration, with the
// versions that a change asks for, unsigned.
func (c *Channel) Propose(change func(channel *common.ConfigGroup)) *Update {
	changed := proto.CloneOf(c.Config.GetChannelGroup())
	change(changed)
	bump(c.Config.GetChannelGroup(), changed)
	return &Update{
		Change:  &common.ConfigUpdate{ChannelId: c.Name, ReadSet: proto.CloneOf(c.Config.GetChannelGroup()), WriteSet: changed},
		Claimed: &common.Config{Sequence: c.Config.GetSequence() + 1, ChannelGroup: proto.CloneOf(changed)},
		Taken:   c.Node,
	}
}

// bump raises the version of what differs.
func bump(before, after *common.ConfigGroup) {
	same := before.GetModPolicy() == after.GetModPolicy() && keys(before) == keys(after)
	if !same {
		after.Version = before.GetVersion() + 1
	}
	for name, value := range after.GetValues() {
		if was, ok := before.GetValues()[name]; ok && !proto.Equal(was, value) {
			value.Version = was.GetVersion() + 1
		}
	}
	for name, policy := range after.GetPolicies() {
		if was, ok := before.GetPolicies()[name]; ok && !proto.Equal(was, policy) {
			policy.Version = was.GetVersion() + 1
		}
	}
	for name, group := range after.GetGroups() {
		if was, ok := before.GetGroups()[name]; ok {
			bump(was, group)
		}
	}
}

func keys(g *common.ConfigGroup) string {
	empty := Group("")
	for name := range maps.Keys(g.GetGroups()) {
		empty.Groups[name] = &common.ConfigGroup{}
	}
	for name := range maps.Keys(g.GetValues()) {
		empty.Values[name] = &common.ConfigValue{}
	}
	for name := range maps.Keys(g.GetPolicies()) {
		empty.Policies[name] = &common.ConfigPolicy{}
	}
	return string(marshal(empty))
}

// Sign adds signatures over the update as it is now.
func (u *Update) Sign(by ...*Identity) (*Update, error) {
	for _, i := range by {
		if err := u.sign(i, i.Sign); err != nil {
			return nil, err
		}
	}
	return u, nil
}

// SignHigh adds one in the form with the higher S.
func (u *Update) SignHigh(by *Identity) (*Update, error) { return u, u.sign(by, by.SignHigh) }

func (u *Update) sign(by *Identity, sign func([]byte) ([]byte, error)) error {
	creator, err := by.Serialized()
	if err != nil {
		return err
	}
	header := marshal(&common.SignatureHeader{Creator: creator, Nonce: []byte{byte(len(u.Signatures))}})
	signature, err := sign(append(append([]byte{}, header...), marshal(u.Change)...))
	u.Signatures = append(u.Signatures, &common.ConfigSignature{SignatureHeader: header, Signature: signature})
	return err
}

// Envelope is the configuration that is shown, as common.ConfigEnvelope.
func (c *Channel) Envelope(u *Update) []byte {
	return marshal(&common.ConfigEnvelope{
		Config: u.Claimed,
		LastUpdate: &common.Envelope{Payload: marshal(&common.Payload{
			Header: &common.Header{ChannelHeader: marshal(&common.ChannelHeader{Type: int32(common.HeaderType_CONFIG_UPDATE), ChannelId: c.Name})},
			Data:   marshal(&common.ConfigUpdateEnvelope{ConfigUpdate: marshal(u.Change), Signatures: u.Signatures}),
		})},
	})
}

// Block is the block that shows it.
func (c *Channel) Block(u *Update) ([]byte, error) {
	return c.pack(c.Envelope(u), u.Taken)
}

// Genesis is the channel's first block.
func (c *Channel) Genesis() ([]byte, error) {
	return c.pack(marshal(&common.ConfigEnvelope{Config: c.Config}), nil)
}

func (c *Channel) pack(content []byte, by *Identity) ([]byte, error) {
	header := &common.Header{ChannelHeader: marshal(&common.ChannelHeader{
		Type: int32(common.HeaderType_CONFIG), ChannelId: c.Name, Timestamp: timestamppb.New(c.Now),
	})}
	envelope := &common.Envelope{}
	if by != nil {
		creator, err := by.Serialized()
		if err != nil {
			return nil, err
		}
		header.SignatureHeader = marshal(&common.SignatureHeader{Creator: creator})
	}
	envelope.Payload = marshal(&common.Payload{Header: header, Data: content})
	if by != nil {
		var err error
		if envelope.Signature, err = by.Sign(envelope.GetPayload()); err != nil {
			return nil, err
		}
	}
	return marshal(blockOf(c.Number, marshal(envelope))), nil
}

func blockOf(number uint64, transactions ...[]byte) *common.Block {
	sum := sha256.New()
	for _, t := range transactions {
		sum.Write(t)
	}
	return &common.Block{
		Header: &common.BlockHeader{Number: number, DataHash: sum.Sum(nil)}, Data: &common.BlockData{Data: transactions},
	}
}

// HashOf is the hash of a block, as the next one's header has it.
func HashOf(block *common.Block) ([sha256.Size]byte, error) {
	text, err := asn1.Marshal(struct {
		Number         *big.Int
		Previous, Data []byte
	}{new(big.Int).SetUint64(block.GetHeader().GetNumber()), block.GetHeader().GetPreviousHash(), block.GetHeader().GetDataHash()})
	return sha256.Sum256(text), err
}

// Commit makes a change that all administrators sign, takes it over, and returns its
// block. A month goes by.
func (c *Channel) Commit(change func(channel *common.ConfigGroup)) ([]byte, error) {
	signers := []*Identity{c.Orderer.Admin}
	for _, o := range c.Members {
		signers = append(signers, o.Admin)
	}
	u, err := c.Propose(change).Sign(signers...)
	if err != nil {
		return nil, err
	}
	c.Pass()
	block, err := c.Block(u)
	c.Config = u.Claimed
	return block, err
}

// Pass lets a month and some blocks go by.
func (c *Channel) Pass() {
	c.Now = c.Now.AddDate(0, 1, 0)
	c.Number += 7
}
