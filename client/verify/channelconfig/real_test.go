package channelconfig_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/client/verify/channelconfig"
)

// The blocks in testdata are of a real channel of package network: its first, the one
// that admitted an organisation, and the one that rotated the carrier's authority.
// They are recorded anew with
//
//	go test ./test/roots -run TestARealChannelIsFollowed -record
func recorded(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name+".block"))
	require.NoError(t, err)
	return text
}

func TestRecordedBlocksOfARealChannelAreFollowed(t *testing.T) {
	genesis, err := channelconfig.Pin(recorded(t, "genesis"))
	require.NoError(t, err)
	require.Equal(t, []string{"CarrierMSP", "ManufacturerMSP", "RegulatorMSP", "RetailerMSP"}, msps(t, genesis))
	admitted, err := genesis.Follow(recorded(t, "admitted"))
	require.NoError(t, err)
	require.Equal(t, []string{"CarrierMSP", "GrowerMSP", "ManufacturerMSP", "RegulatorMSP", "RetailerMSP"}, msps(t, admitted))
	rotated, err := admitted.Follow(recorded(t, "rotated"))
	require.NoError(t, err)
	before, err := admitted.Organisations()
	require.NoError(t, err)
	after, err := rotated.Organisations()
	require.NoError(t, err)
	require.NotEqual(t, before[0].Roots, after[0].Roots)
	require.Equal(t, before[1:], after[1:])

	_, err = genesis.Follow(recorded(t, "rotated"))
	require.ErrorIs(t, err, channelconfig.ErrSkipped)
	_, err = rotated.Follow(recorded(t, "admitted"))
	require.ErrorIs(t, err, channelconfig.ErrRollBack)
}

// No byte of a real block can be flipped so that something else is followed.
func TestNoByteOfARealBlockCanBeFlipped(t *testing.T) {
	genesis, err := channelconfig.Pin(recorded(t, "genesis"))
	require.NoError(t, err)
	block := recorded(t, "admitted")
	good, err := genesis.Follow(block)
	require.NoError(t, err)
	want := good.Config()
	for at := range block {
		block[at] ^= 0x41
		if next, err := genesis.Follow(block); err == nil {
			require.True(t, proto.Equal(want, next.Config()), "byte %d", at)
		}
		block[at] ^= 0x41
	}
}

// An envelope has no hash over it: what the update does not make, and who did not sign,
// must be found out. The flips that are followed all the same change nothing that
// counts: the time or nonce of the envelope, for one.
func TestNoByteOfARealEnvelopeCanBeFlipped(t *testing.T) {
	genesis, err := channelconfig.Pin(recorded(t, "genesis"))
	require.NoError(t, err)
	envelope := envelopeOf(t, recorded(t, "admitted"))
	good, err := genesis.FollowEnvelope(envelope)
	require.NoError(t, err)
	want := good.Config()
	for at := 0; at < len(envelope); at += 7 { // each takes a signature check
		envelope[at] ^= 1
		if next, err := genesis.FollowEnvelope(envelope); err == nil {
			require.True(t, proto.Equal(want, next.Config()), "byte %d", at)
		}
		envelope[at] ^= 1
	}
}

func envelopeOf(t *testing.T, text []byte) []byte {
	t.Helper()
	var block common.Block
	var envelope common.Envelope
	var payload common.Payload
	require.NoError(t, proto.Unmarshal(text, &block))
	require.NoError(t, proto.Unmarshal(block.GetData().GetData()[0], &envelope))
	require.NoError(t, proto.Unmarshal(envelope.GetPayload(), &payload))
	return payload.GetData()
}
