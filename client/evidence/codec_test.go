package evidence_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/client/evidence"
)

// A file is what encoding/json writes with two spaces of indentation and no escaping
// for HTML: a stranger's library can write it, too.
func TestAFileIsWrittenAsEncodingJSONDoes(t *testing.T) {
	t.Parallel()
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"a", "\u2028", "\x00\x1f\x7f", `<&>"\`, "\b\f\n\r\t", "é", "\U0010FFFF"})).Filter(func(s string) bool { return s != "" })
	rapid.Check(t, func(t *rapid.T) {
		value := map[string]any{"a": text.Draw(t, "text"), "b": []any{1.5, nil, true, []any{}, map[string]any{}, text.Draw(t, "inner")}, text.Draw(t, "name"): map[string]any{"c": []any{[]any{}}}}
		result, err := json.Marshal(value)
		require.NoError(t, err)
		s := &evidence.Statement{
			Channel: text.Draw(t, "channel"), Chaincode: text.Draw(t, "chaincode"), Function: "f", Request: []byte(`{}`), Result: result,
			Listed:   [][]evidence.Entry{{{Key: text.Draw(t, "key"), Version: evidence.Version{Block: rapid.Uint64().Draw(t, "block")}}}, {}},
			Proposal: rapid.SliceOfN(rapid.Byte(), 1, 9).Draw(t, "proposal"), Payload: []byte{1},
			Endorsements: []evidence.Endorsement{{MSP: text.Draw(t, "msp"), Endorser: []byte{1}, Signature: []byte{2}}},
		}
		shown := &evidence.Events{Statement: s, Shown: []evidence.Event{{Number: rapid.Uint64Min(1).Draw(t, "number"), Text: text.Draw(t, "event"), Declaration: rapid.SampledFrom([][]string{nil, {"", "a", "b"}}).Draw(t, "declaration")}}}
		for _, e := range []evidence.Evidence{s, shown, &evidence.Contained{Statement: s, Container: text.Draw(t, "container")}} {
			file, err := e.Encode()
			require.NoError(t, err)
			require.Equal(t, string(plainly(t, e)), string(file))
			read, err := evidence.Decode(file)
			require.NoError(t, err)
			again, err := read.Encode()
			require.NoError(t, err)
			require.Equal(t, file, again)
		}
	})
}

type plainFile struct {
	Format       string             `json:"format"`
	Kind         string             `json:"kind"`
	Channel      string             `json:"channel"`
	Chaincode    string             `json:"chaincode"`
	Function     string             `json:"function"`
	Request      json.RawMessage    `json:"request"`
	Result       json.RawMessage    `json:"result"`
	Listed       [][]string         `json:"listed,omitempty"`
	Events       []plainEvent       `json:"events,omitempty"`
	Container    string             `json:"container,omitempty"`
	Proposal     []byte             `json:"proposal"`
	Payload      []byte             `json:"payload"`
	Endorsements []plainEndorsement `json:"endorsements"`
}

type plainEvent struct {
	Number      uint64   `json:"number"`
	Text        string   `json:"text"`
	Declaration []string `json:"declaration,omitempty"`
}

type plainEndorsement struct {
	MSP       string `json:"msp"`
	Endorser  []byte `json:"endorser"`
	Signature []byte `json:"signature"`
}

func plainly(t *rapid.T, e evidence.Evidence) []byte {
	s := e.Attested()
	f := plainFile{
		Format: evidence.Format, Kind: e.Kind(), Channel: s.Channel, Chaincode: s.Chaincode, Function: s.Function,
		Request: s.Request, Result: s.Result, Proposal: s.Proposal, Payload: s.Payload,
	}
	for _, entries := range s.Listed {
		texts := []string{}
		for _, e := range entries {
			texts = append(texts, e.String())
		}
		f.Listed = append(f.Listed, texts)
	}
	switch e := e.(type) {
	case *evidence.Events:
		for _, event := range e.Shown {
			f.Events = append(f.Events, plainEvent(event))
		}
	case *evidence.Contained:
		f.Container = e.Container
	}
	for _, endorsement := range s.Endorsements {
		f.Endorsements = append(f.Endorsements, plainEndorsement(endorsement))
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	require.NoError(t, encoder.Encode(f))
	return out.Bytes()
}

// Whatever is read is what was written, byte for byte.
func FuzzAFileThatIsReadIsTheOneThatIsWritten(f *testing.F) {
	for _, s := range []*evidence.Statement{everything(f)} {
		file, err := s.Encode()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(file)
	}
	f.Add([]byte("{\n  \"format\": \"countersign-evidence/1\",\n  \"kind\": \"events\""))
	f.Fuzz(func(t *testing.T, file []byte) {
		read, err := evidence.Decode(file)
		if err != nil {
			return
		}
		again, err := read.Encode()
		require.NoError(t, err)
		require.Equal(t, file, again)
		require.True(t, json.Valid(file))
	})
}
