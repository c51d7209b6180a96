package ledger_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

func TestARecordOfALaterVersionIsNotTakenForOneThatIsKnown(t *testing.T) {
	type record struct {
		V    int    `json:"v"`
		Name string `json:"name"`
	}
	key := ledger.NewKey("record", "1")
	read, err := ledger.DecodeUpTo[record](key, []byte(`{"v":1,"name":"a"}`), 2)
	require.NoError(t, err)
	require.Equal(t, record{1, "a"}, *read)
	for text, code := range map[string]fault.Code{
		`{"v":3,"name":"a"}`: fault.Unsupported,
		`{"name":"a"}`:       fault.Internal,
		`{"v":-1}`:           fault.Internal,
		`{"v":1,"name":1}`:   fault.Internal,
		`none`:               fault.Internal,
		``:                   fault.Internal,
	} {
		_, err := ledger.DecodeUpTo[record](key, []byte(text), 2)
		require.ErrorIs(t, err, code, text)
	}
}

func TestWhatATransactionWroteIsFoundByKeyAndPrefix(t *testing.T) {
	a, b, ab, deleted := ledger.NewKey("a", "1"), ledger.NewKey("b", "1"), ledger.NewKey("a", "1", "2"), ledger.NewKey("a", "1", "3")
	done := ledger.NewCommitted("tx", []ledger.Write{{Key: a, Value: []byte("1")}, {Key: ab, Value: []byte("2")}, {Key: deleted}, {Key: b, Value: []byte("3")}})
	require.Equal(t, "tx", done.Transaction)
	require.Len(t, done.Writes(), 4)
	require.Equal(t, []byte("2"), done.Value(ab))
	require.Nil(t, done.Value(deleted))
	require.Nil(t, done.Value("elsewhere"))
	var under []ledger.Key
	for w := range done.Under(a) {
		under = append(under, w.Key)
	}
	require.Equal(t, []ledger.Key{ab, deleted}, under)
	for range done.Under("") {
		t.Fatal("the invalid key has nothing under it")
	}
}
