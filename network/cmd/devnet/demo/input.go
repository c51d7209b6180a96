package demo

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/client/readings"
)

// What the demo runs on when the user names nothing else.
var (
	//go:embed input/consignment.jsonld
	consignment []byte
	//go:embed input/logger.csv
	logger []byte
)

// The trading companies, in the order in which goods reach them.
const (
	manufacturer = "manufacturer"
	carrier      = "carrier"
	retailer     = "retailer"
	regulator    = "regulator"
)

var traders = []string{manufacturer, carrier, retailer}

// input is the consignment: what happens to it, in order, and what its logger
// recorded.
type input struct {
	steps   []step
	objects []string // canonical paths of all objects
	classes []string // canonical paths of their classes
	glns    map[string]string
	log     *readings.LogFile
	// Names for people.
	events, readings string
}

// step is one event and the company that captures it.
type step struct {
	actor    string
	event    *epcis.Event
	document []byte
}

// shipping reports whether a step hands the goods on.
func (s step) shipping() bool { return s.event.BizStep == "shipping" }

// receiving reports whether a step takes the goods over.
func (s step) receiving() bool {
	return s.event.BizStep == "receiving" || s.event.BizStep == "accepting"
}

// load reads both files, or the ones that come with the demo. Its errors name
// the file and every fault in it.
func load(eventsFile, readingsFile string) (*input, error) {
	in := &input{glns: map[string]string{}, events: "consignment.jsonld", readings: "logger.csv"}
	events, logged := consignment, logger
	var err error
	if eventsFile != "" {
		in.events = filepath.Base(eventsFile)
		if events, err = os.ReadFile(eventsFile); err != nil {
			return nil, fmt.Errorf("events: %w", err)
		}
	}
	if readingsFile != "" {
		in.readings = filepath.Base(readingsFile)
		if logged, err = os.ReadFile(readingsFile); err != nil {
			return nil, fmt.Errorf("readings: %w", err)
		}
	}
	if err := in.readEvents(events); err != nil {
		var invalid *epcis.ValidationError
		if errors.As(err, &invalid) && len(invalid.Violations) > 1 {
			err = fmt.Errorf("%w; see all with: countersign epcis validate %s", err, eventsFile)
		}
		return nil, oneLine("events", in.events, err)
	}
	if in.log, err = readLog(logged); err != nil {
		return nil, oneLine("readings", in.readings, err)
	}
	return in, nil
}

// oneLine names the file, and keeps a list of faults on one line.
func oneLine(what, file string, err error) error {
	return fmt.Errorf("%s in %s: %s", what, file, strings.ReplaceAll(err.Error(), "\n", "; "))
}

func (in *input) readEvents(text []byte) error {
	document, err := epcis.ReadDocument(bytes.NewReader(text), epcis.DefaultLimits())
	if err != nil {
		return err
	}
	holder := manufacturer // who has the goods as the story goes
	var offered string
	for i := range document.Events {
		event := &document.Events[i]
		s := step{event: event, actor: holder}
		if err := in.place(event, holder); err != nil {
			return fmt.Errorf("event %d: %w", i, err)
		}
		switch {
		case s.shipping():
			if offered, err = in.company(event.DestinationList); err != nil {
				return fmt.Errorf("event %d: %w", i, err)
			}
		case s.receiving():
			if offered == "" {
				return fmt.Errorf("event %d: a receipt comes before any shipping", i)
			}
			s.actor, holder, offered = offered, offered, ""
		}
		if s.document, err = alone(document, event); err != nil {
			return fmt.Errorf("event %d: %w", i, err)
		}
		in.steps = append(in.steps, s)
	}
	return in.tellable()
}

// tellable checks that the events can tell the demo's story.
func (in *input) tellable() error {
	var commissioned, shipped int
	for _, s := range in.steps {
		if s.event.Action == epcis.Add {
			commissioned++
		}
		if s.shipping() {
			shipped++
		}
	}
	if commissioned == 0 || shipped < 2 || len(in.objects) == 0 || in.glns[manufacturer] == "" || in.glns[retailer] == "" {
		return errors.New("the demo follows goods from commissioning through a carrier to a retailer: give an ObjectEvent with action ADD that lists the EPCs, then shipping and receiving twice, each shipping with a source and a destination of type possessing_party")
	}
	return nil
}

// place notes the objects of an event and, from its source, who the
// manufacturer is.
func (in *input) place(event *epcis.Event, holder string) error {
	for _, epc := range event.EPCList {
		id, err := gs1.Parse(epc)
		if err != nil {
			return err
		}
		if !slices.Contains(in.objects, id.Path()) {
			in.objects = append(in.objects, id.Path())
		}
		if class := id.Class().Path(); !slices.Contains(in.classes, class) {
			in.classes = append(in.classes, class)
		}
	}
	for _, source := range event.SourceList {
		if source.Type != "possessing_party" {
			continue
		}
		gln, err := party(source.ID)
		if err != nil {
			return err
		}
		if in.glns[holder] == "" {
			in.glns[holder] = gln
		}
	}
	return nil
}

// company returns which company a shipment's destination is, the carrier first
// and the retailer next.
func (in *input) company(destinations []epcis.Party) (string, error) {
	for _, destination := range destinations {
		if destination.Type != "possessing_party" {
			continue
		}
		gln, err := party(destination.ID)
		if err != nil {
			return "", err
		}
		for _, name := range traders {
			if in.glns[name] == "" && name != manufacturer {
				in.glns[name] = gln
			}
			if in.glns[name] == gln {
				return name, nil
			}
		}
		return "", fmt.Errorf("the demo has three trading companies; %s is a fourth", destination.ID)
	}
	return "", errors.New("a shipping event needs a destination of type possessing_party")
}

// party reads the GLN of a party, as the ledger keeps it.
func party(text string) (string, error) {
	id, err := gs1.Parse(text)
	if err == nil && id.Kind() != gs1.PGLN && id.Kind() != gs1.SGLN {
		err = fmt.Errorf("a possessing party is named by its GLN (urn:epc:id:pgln:...), not by %s", text)
	}
	return id.Path(), err
}

// alone returns a document with one event of another, as its own company would
// send it.
func alone(document *epcis.Document, event *epcis.Event) ([]byte, error) {
	single := *document
	single.Events = []epcis.Event{*event}
	var out bytes.Buffer
	if err := epcis.WriteDocument(&out, &single); err != nil {
		return nil, fmt.Errorf("write the event: %w", err)
	}
	return out.Bytes(), nil
}

// readLog reads a logger's file of temperatures.
func readLog(text []byte) (*readings.LogFile, error) {
	log, err := readings.ReadCSV(bytes.NewReader(text), readings.CSV{Measurement: measurement, Unit: celsius})
	if err != nil {
		return nil, err
	}
	if len(log.Readings) < 8 {
		return nil, fmt.Errorf("a log of %d readings is too short to tell a story; give at least 8", len(log.Readings))
	}
	return log, nil
}

// writeJSON writes a value for people and programs.
func writeJSON(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}
