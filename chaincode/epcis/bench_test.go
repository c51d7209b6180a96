package epcis_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
)

// largeDocument returns a document of n events as a distribution centre writes them:
// a shipment of a few instances, with documents, parties and an extension.
func largeDocument(n int) []byte {
	var b bytes.Buffer
	b.WriteString(`{"@context":["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",` +
		`{"example":"https://ns.example.com/epcis/"}],"type":"EPCISDocument","schemaVersion":"2.0",` +
		`"creationDate":"2026-03-01T09:00:00Z","epcisBody":{"eventList":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"type":"ObjectEvent","eventTime":"2026-03-01T%02d:%02d:%02d.%03d+01:00",`+
			`"eventTimeZoneOffset":"+01:00","eventID":"urn:uuid:00000000-0000-4000-8000-%012d",`+
			`"epcList":["urn:epc:id:sgtin:4012345.011111.%d","urn:epc:id:sscc:4012345.3%09d",`+
			`"https://id.gs1.org/01/04012345111118/21/%d"],`+
			`"quantityList":[{"epcClass":"urn:epc:class:lgtin:4012345.012345.L%d","quantity":%d.50,"uom":"KGM"}],`+
			`"action":"OBSERVE","bizStep":"shipping","disposition":"in_transit",`+
			`"readPoint":{"id":"urn:epc:id:sgln:4012345.00005.%d"},`+
			`"bizTransactionList":[{"type":"po","bizTransaction":"http://transaction.example.com/po/%d"},`+
			`{"type":"desadv","bizTransaction":"urn:epcglobal:cbv:bt:4012345000009:%d"}],`+
			`"sourceList":[{"type":"possessing_party","source":"urn:epc:id:pgln:4012345.00001"}],`+
			`"destinationList":[{"type":"possessing_party","destination":"urn:epc:id:pgln:4000001.00012"}],`+
			`"example:dock":"D%d","example:load":{"example:pallets":%d,"example:sealed":true}}`,
			i/3600%24, i/60%60, i%60, i%1000, i, i, i, i, i%97, i%1000+1, i%50, i, i, i%12, i%33)
	}
	b.WriteString(`]}}`)
	return b.Bytes()
}

// hashAll reads, validates and hashes every event of a stream.
func hashAll(tb testing.TB, r io.Reader) int {
	in := epcis.NewReader(r, epcis.Limits{})
	n := 0
	for {
		e, err := in.Next()
		if errors.Is(err, io.EOF) {
			return n
		}
		require.NoError(tb, err)
		_, err = e.HashID()
		require.NoError(tb, err)
		n++
	}
}

func benchmarkInput(b *testing.B, data []byte) {
	events := 0
	b.Run("ReadValidateHash", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		b.ReportAllocs()
		for b.Loop() {
			events = hashAll(b, bytes.NewReader(data))
		}
		b.ReportMetric(float64(events)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
	})
	b.Run("ReadValidate", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		b.ReportAllocs()
		for b.Loop() {
			_, err := epcis.ReadDocument(bytes.NewReader(data), epcis.Limits{})
			require.NoError(b, err)
		}
	})
	b.Run("EncodingJSONIntoAny", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		b.ReportAllocs()
		for b.Loop() {
			var v any
			require.NoError(b, json.Unmarshal(data, &v))
		}
	})
}

// BenchmarkRatio reports how many times as long reading, validating and hashing takes as
// encoding/json takes to unmarshal the same bytes into any, both in the same run.
func BenchmarkRatio(b *testing.B) {
	data := largeDocument(2000)
	var ours, theirs time.Duration
	for b.Loop() {
		start := time.Now()
		hashAll(b, bytes.NewReader(data))
		ours += time.Since(start)
		start = time.Now()
		var v any
		require.NoError(b, json.Unmarshal(data, &v))
		theirs += time.Since(start)
	}
	b.ReportMetric(float64(ours)/float64(theirs), "times-encoding/json")
}

func BenchmarkLargeDocument(b *testing.B) { benchmarkInput(b, largeDocument(10_000)) }

// The official examples, each file once per operation.
func BenchmarkOfficialExamples(b *testing.B) {
	var list [][]byte
	var size int64
	for _, f := range files(b, corpus(b, "epcis", "valid"), ".json", ".jsonld") {
		if !strings.HasPrefix(filepath.Base(f), "gs1__") {
			continue
		}
		data, err := os.ReadFile(f)
		require.NoError(b, err)
		list = append(list, data)
		size += int64(len(data))
	}
	b.Run("ReadValidateHash", func(b *testing.B) {
		b.SetBytes(size)
		b.ReportAllocs()
		for b.Loop() {
			for _, data := range list {
				doc, err := epcis.ReadDocument(bytes.NewReader(data), epcis.Limits{})
				require.NoError(b, err)
				for i := range doc.Events {
					_, err := doc.Events[i].HashID()
					require.NoError(b, err)
				}
			}
		}
	})
	b.Run("EncodingJSONIntoAny", func(b *testing.B) {
		b.SetBytes(size)
		b.ReportAllocs()
		for b.Loop() {
			for _, data := range list {
				var v any
				require.NoError(b, json.Unmarshal(data, &v))
			}
		}
	})
}
