package epcis_test

import (
	"bytes"
	"io"
	"slices"
	"testing"
	"testing/iotest"
	"time"

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

func sortStrings(list []string) { slices.Sort(list) }

// The hash does not change with the order of members and of sets, white space, the
// spelling of identifiers, numbers, times and CBV words, or the names of prefixes.
func TestHashDoesNotDependOnHowItIsSaid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := genEvent(t)
		e.Context = genContext()
		data, err := e.MarshalJSON()
		require.NoError(t, err)
		other := respell(t, data)
		again, err := epcis.ReadEvent(other, epcis.Limits{})
		require.NoError(t, err, "%s", other)
		want, err := e.PreHash()
		require.NoError(t, err)
		got, err := again.PreHash()
		require.NoError(t, err)
		require.Equal(t, want, got, "%s\n%s", data, other)

		renamed := bytes.ReplaceAll(data, []byte(`"ext:`), []byte(`"vendor:`))
		renamed = bytes.ReplaceAll(renamed, []byte(`"ext":`), []byte(`"vendor":`))
		if e.Disposition != "ext:odd" && !bytes.Contains(data, []byte(`"ext:o`)) { // CURIE values stay as they are
			again, err = epcis.ReadEvent(renamed, epcis.Limits{})
			require.NoError(t, err)
			require.Equal(t, hashID(t, e), hashID(t, again))
		}
	})
}

// The hash changes with any change of meaning, and only then.
func TestHashChangesWithMeaningOnly(t *testing.T) {
	for name, mutate := range mutations {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				e := genEvent(t)
				e.Context = genContext()
				changed := *e
				if mutate(&changed) {
					require.NotEqual(t, hashID(t, e), hashID(t, &changed))
				}
			})
		})
	}
	for name, change := range silent {
		t.Run("not with "+name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				e := genEvent(t)
				e.Context = genContext()
				e.EventTime = e.EventTime.Truncate(time.Millisecond)
				changed := *e
				change(&changed)
				require.Equal(t, hashID(t, e), hashID(t, &changed))
			})
		})
	}
}
