package epcis_test

import (
	"bytes"
	"io"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
)

// parse(write(x)) = x, and writing is deterministic.
func TestReadingWhatWasWrittenGivesTheSameDocument(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		doc := genDocument(t)
		var b bytes.Buffer
		require.NoError(t, epcis.WriteDocument(&b, doc))
		again, err := epcis.ReadDocument(bytes.NewReader(b.Bytes()), epcis.Limits{})
		require.NoError(t, err, "%s", b.Bytes())
		marshalled, err := again.MarshalJSON()
		require.NoError(t, err)
		require.Equal(t, b.String(), string(marshalled))
		require.Len(t, again.Events, len(doc.Events))
		for i := range doc.Events {
			// The events read know their document's context, which the others get.
			alone := doc.Events[i]
			alone.Context = doc.Context
			want, err := alone.MarshalJSON()
			require.NoError(t, err)
			got, err := again.Events[i].MarshalJSON()
			require.NoError(t, err)
			require.Equal(t, string(want), string(got))
			bare, err := epcis.ReadEvent(got, epcis.Limits{})
			require.NoError(t, err)
			require.Equal(t, &alone, bare)
			require.NoError(t, bare.Validate())
			require.Equal(t, hashID(t, &alone), hashID(t, &again.Events[i]))
		}
	})
}

func hashID(t require.TestingT, e *epcis.Event) string {
	id, err := e.HashID()
	require.NoError(t, err)
	return id
}

// A Reader gives the same events as ReadDocument, however the input is cut.
func TestStreamingGivesTheSameEvents(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		doc := genDocument(t)
		data, err := doc.MarshalJSON()
		require.NoError(t, err)
		whole, err := epcis.ReadDocument(bytes.NewReader(data), epcis.Limits{})
		require.NoError(t, err)
		r := epcis.NewReader(iotest.OneByteReader(bytes.NewReader(data)), epcis.Limits{})
		for i := range whole.Events {
			e, err := r.Next()
			require.NoError(t, err)
			require.Equal(t, hashID(t, &whole.Events[i]), hashID(t, e))
			require.Equal(t, whole.Events[i].EPCList, e.EPCList)
		}
		_, err = r.Next()
		require.Equal(t, io.EOF, err)
		require.Equal(t, whole.CreationDate, r.Header().CreationDate)
	})
}
