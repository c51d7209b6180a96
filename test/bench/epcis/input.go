package epcis

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
)

// input is what is read: one document, or several small ones.
type input struct {
	name      string
	documents [][]byte
}

func (in input) size() int {
	n := 0
	for _, d := range in.documents {
		n += len(d)
	}
	return n
}

// hash reads, validates and hashes every event, as a ledger would.
func (in input) hash() (events int, err error) {
	for _, d := range in.documents {
		n, err := hash(bytes.NewReader(d), nil)
		if err != nil {
			return 0, err
		}
		events += n
	}
	return events, nil
}

func hash(r io.Reader, every func()) (events int, err error) {
	in := epcis.NewReader(r, epcis.Limits{})
	for {
		event, err := in.Next()
		if errors.Is(err, io.EOF) {
			return events, nil
		}
		if err != nil {
			return 0, err
		}
		if _, err := event.HashID(); err != nil && !errors.Is(err, epcis.ErrContextPending) {
			return 0, err
		}
		events++
		if every != nil {
			every()
		}
	}
}

// baseline is encoding/json unmarshalling the same bytes into any: it neither
// validates nor hashes.
func (in input) baseline() error {
	for _, d := range in.documents {
		var v any
		if err := json.Unmarshal(d, &v); err != nil {
			return err
		}
	}
	return nil
}

// streamingHeap is the most memory in use while a document is streamed from a
// file, looked at after a collection every thousand events.
func (in input) streamingHeap() (string, error) {
	if len(in.documents) > 1 {
		return "-", nil
	}
	file, err := os.CreateTemp("", "countersign-bench-")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.Remove(file.Name()) }()
	defer func() { _ = file.Close() }()
	if _, err := file.Write(in.documents[0]); err != nil {
		return "", err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	before := heap()
	var peak uint64
	events := 0
	if _, err := hash(file, func() {
		if events++; events%1000 == 0 {
			peak = max(peak, heap())
		}
	}); err != nil {
		return "", err
	}
	return fmt.Sprintf("%d kB", (max(peak, before)-before)/1024), nil
}

func heap() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// large makes a document of n events as a distribution centre writes them.
func large(n int) func() (input, error) {
	return func() (input, error) {
		var b bytes.Buffer
		b.WriteString(`{"@context":["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",` +
			`{"example":"https://ns.example.com/epcis/"}],"type":"EPCISDocument","schemaVersion":"2.0",` +
			`"creationDate":"2026-03-01T09:00:00Z","epcisBody":{"eventList":[`)
		for i := range n {
			if i > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, shipmentEvent, i/3600%24, i/60%60, i%60, i%1000, i, i, i, i, i%97, i%1000+1, i%50, i, i, i%12)
		}
		b.WriteString(`]}}`)
		return input{fmt.Sprintf("%d shipping events", n), [][]byte{b.Bytes()}}, nil
	}
}

const shipmentEvent = `{"type":"ObjectEvent","eventTime":"2026-03-01T%02d:%02d:%02d.%03d+01:00","eventTimeZoneOffset":"+01:00",` +
	`"eventID":"urn:uuid:00000000-0000-4000-8000-%012d",` +
	`"epcList":["urn:epc:id:sgtin:4012345.011111.%d","urn:epc:id:sscc:4012345.3%09d","https://id.gs1.org/01/04012345111118/21/%d"],` +
	`"quantityList":[{"epcClass":"urn:epc:class:lgtin:4012345.012345.L%d","quantity":%d.50,"uom":"KGM"}],` +
	`"action":"OBSERVE","bizStep":"shipping","disposition":"in_transit","readPoint":{"id":"urn:epc:id:sgln:4012345.00005.%d"},` +
	`"bizTransactionList":[{"type":"po","bizTransaction":"http://transaction.example.com/po/%d"},` +
	`{"type":"desadv","bizTransaction":"urn:epcglobal:cbv:bt:4012345000009:%d"}],` +
	`"sourceList":[{"type":"possessing_party","source":"urn:epc:id:pgln:4012345.00001"}],` +
	`"destinationList":[{"type":"possessing_party","destination":"urn:epc:id:pgln:4000001.00012"}],"example:dock":"D%d"}`

// official reads GS1's own examples, where the corpus is present.
func official(corpus string) func() (input, error) {
	return func() (input, error) {
		files, err := filepath.Glob(filepath.Join(corpus, "epcis", "valid", "gs1__*.jsonld"))
		if err != nil {
			return input{}, err
		}
		if len(files) == 0 {
			return input{}, fmt.Errorf("CORPUS NOT PRESENT: the official examples in %s", corpus)
		}
		in := input{name: fmt.Sprintf("%d official examples", len(files))}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				return input{}, err
			}
			in.documents = append(in.documents, text)
		}
		return in, nil
	}
}
