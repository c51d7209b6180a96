package selective_test

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/selective"
)

func salt(t require.TestingT) string {
	text, err := selective.NewSalt(rand.Reader)
	require.NoError(t, err)
	return text
}

// The vector was computed by a program in another language, from the package
// comment alone.
func TestACommitmentIsOfTheDocumentedForm(t *testing.T) {
	f := selective.Field{
		Name: "/price", Value: "12.50 <EUR> & \"more\"", Salt: "hRz4qzV0mBfj0Xn3Ew2cQ8k1YtLpUaSgD7oIvKxM5eA",
	}
	text, err := f.MarshalText()
	require.NoError(t, err)
	require.Equal(t, `["hRz4qzV0mBfj0Xn3Ew2cQ8k1YtLpUaSgD7oIvKxM5eA","/price","12.50 <EUR> & \"more\""]`, string(text))
	commitment, err := selective.Commit("Zk3uR7yQp1sVtBnX9cLmW0aHdEfGjKoI5x8T2v4wYzA", f)
	require.NoError(t, err)
	require.Equal(t, "BPQQK_fN5A0SiiVPw2Lxwz0I1L27969gMZVSvLFjiy8", commitment)
}

func TestAFieldIsReadBackAndOpensItsOwnRecordOnly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := selective.Field{
			Name:  rapid.StringN(1, 40, selective.MaxName).Draw(t, "name"),
			Value: rapid.StringN(1, 200, selective.MaxValue).Draw(t, "value"), Salt: salt(t),
		}
		text, err := f.MarshalText()
		require.NoError(t, err)
		again, err := selective.ParseField(text)
		require.NoError(t, err)
		require.Equal(t, f, again)
		object, err := json.Marshal([]selective.Field{f})
		require.NoError(t, err)
		var read []selective.Field
		require.NoError(t, json.Unmarshal(object, &read))
		require.Equal(t, []selective.Field{f}, read, "as JSON")

		record, other := salt(t), salt(t)
		commitment, err := selective.Commit(record, f)
		require.NoError(t, err)
		require.NoError(t, selective.Open(record, []string{commitment}, f))
		require.ErrorIs(t, selective.Open(other, []string{commitment}, f), selective.ErrNotCommitted, "one field shown against another record")
		require.ErrorIs(t, selective.Open(record, []string{commitment}, f, f), selective.ErrNotCommitted, "twice")
		for _, changed := range []selective.Field{
			{Name: f.Name + "x", Value: f.Value, Salt: f.Salt}, {Name: f.Name, Value: f.Value + "x", Salt: f.Salt}, {Name: f.Name, Value: f.Value, Salt: salt(t)},
		} {
			require.Error(t, selective.Open(record, []string{commitment}, changed))
		}
	})
}

func TestSaltsThatCanBeGuessedAreRefused(t *testing.T) {
	counter := make([]byte, selective.SaltSize)
	for i := range counter {
		counter[i] = byte(i)
	}
	for name, text := range map[string]string{
		"none": "", "short": salt(t)[:42], "long": salt(t) + "A", "padded": salt(t) + "=",
		"zeros":      base64.RawURLEncoding.EncodeToString(make([]byte, selective.SaltSize)),
		"a counter":  base64.RawURLEncoding.EncodeToString(counter),
		"two bytes":  base64.RawURLEncoding.EncodeToString(bytes.Repeat([]byte{1, 200}, 16)),
		"a word":     base64.RawURLEncoding.EncodeToString([]byte(strings.Repeat("password", 4))),
		"line break": salt(t)[:42] + "\n",
	} {
		require.False(t, selective.Strong(text), name)
		_, err := selective.Commit(salt(t), selective.Field{Name: "/a", Value: "b", Salt: text})
		require.ErrorIs(t, err, selective.ErrWeakSalt, name)
	}
	_, err := selective.NewSalt(bytes.NewReader(make([]byte, 64)))
	require.ErrorIs(t, err, selective.ErrWeakSalt)
	_, err = selective.NewSalt(bytes.NewReader(nil))
	require.Error(t, err)
}

func TestWhatIsNoFieldIsRefused(t *testing.T) {
	for name, f := range map[string]selective.Field{
		"a value without name": {Value: "b", Salt: salt(t)},
		"a name without value": {Name: "/a", Salt: salt(t)},
		"a long name":          {Name: strings.Repeat("a", selective.MaxName+1), Value: "b", Salt: salt(t)},
		"a long value":         {Name: "/a", Value: strings.Repeat("a", selective.MaxValue+1), Salt: salt(t)},
		"not UTF-8":            {Name: "/a", Value: "\xff", Salt: salt(t)},
	} {
		_, err := f.MarshalText()
		require.ErrorIs(t, err, selective.ErrMalformed, name)
	}
	require.NoError(t, selective.Field{Salt: salt(t)}.Check(), "a decoy")
	_, err := selective.Commit("no id", selective.Field{Salt: salt(t)})
	require.ErrorIs(t, err, selective.ErrMalformed)
}

func FuzzParseField(f *testing.F) {
	f.Add([]byte(`["hRz4qzV0mBfj0Xn3Ew2cQ8k1YtLpUaSgD7oIvKxM5eA","/price","12.50"]`))
	f.Add([]byte(`["hRz4qzV0mBfj0Xn3Ew2cQ8k1YtLpUaSgD7oIvKxM5eA","",""]`))
	f.Add([]byte(`[1,2,3]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		field, err := selective.ParseField(text)
		if err != nil {
			return
		}
		again, err := field.MarshalText()
		require.NoError(t, err)
		require.Equal(t, text, again, "one text for each field")
	})
}
