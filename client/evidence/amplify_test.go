package evidence_test

import (
	"bytes"
	"encoding/json"
	"runtime"
	"strings"
	"testing"

	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/client/evidence"
)

func allocated(f func()) (megabytes uint64) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return (after.TotalAlloc - before.TotalAlloc) >> 20
}

// On lines of their own, a hundred spaces stand before each of a million numbers.
func TestAFileThatWouldGrowWhenItIsWrittenAgainIsNotWritten(t *testing.T) {
	s := everything(t)
	file, err := s.Encode()
	require.NoError(t, err)
	deep := `{"a":` + strings.Repeat("[", 200) + strings.Repeat("0,", 1<<20) + "0" + strings.Repeat("]", 200) + `}`
	file = bytes.Replace(file, []byte(`"result": {}`), []byte(`"result": `+deep), 1)
	require.Greater(t, len(file), 2<<20)
	require.Less(t, len(file), evidence.MaxSize)
	require.Less(t, allocated(func() { _, err = evidence.Decode(file) }), uint64(100), "MB")
	var malformed *evidence.FormatError
	require.ErrorAs(t, err, &malformed)
	s.Result = json.RawMessage(deep)
	require.Less(t, allocated(func() { _, err = s.Encode() }), uint64(100), "MB")
	require.ErrorAs(t, err, &malformed)
}

func TestAnOpenerRemembersPeersAndNotWhateverItIsShown(t *testing.T) {
	s := everything(t)
	var opener evidence.Opener
	same := func(e *evidence.Endorsement) bool {
		first, err := opener.Identity(e)
		require.NoError(t, err)
		again, err := opener.Identity(e)
		require.NoError(t, err)
		return first == again
	}
	small := s.Endorsements[0]
	require.True(t, same(&small))
	var identity msp.SerializedIdentity
	require.NoError(t, proto.Unmarshal(small.Endorser, &identity))
	identity.Mspid = strings.Repeat("M", 9000)
	large, err := proto.Marshal(&identity)
	require.NoError(t, err)
	require.False(t, same(&evidence.Endorsement{Endorser: large}))
}
