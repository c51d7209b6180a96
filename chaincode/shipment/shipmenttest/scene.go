// Package shipmenttest sets up a small consortium on a ledger in memory and
// captures EPCIS documents on it, for tests of rules.
package shipmenttest

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/chaincode/shipment"
)

// The organisations. The regulator is a reader.
const (
	Manufacturer = "ManufacturerMSP"
	Carrier      = "CarrierMSP"
	Retailer     = "RetailerMSP"
	Regulator    = "RegulatorMSP"
	// Outsider is on the channel and not on record.
	Outsider = "OutsiderMSP"
)

// Prefixes are the GS1 company prefixes that the traders hold.
var Prefixes = map[string]string{Manufacturer: "9506000", Carrier: "4012345", Retailer: "4098765"}

// TB is what a scene needs of a test: *testing.T, *testing.B and *rapid.T have it.
type TB interface {
	Helper()
	Fatalf(format string, args ...any)
}

// Scene is a founded consortium.
type Scene struct {
	TB     TB
	Ledger *memledger.Ledger
	// Now is the time of the next proposals.
	Now time.Time
}

// Begin is the time at which a scene begins.
var Begin = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

// Empty returns a ledger on which nobody is on record.
func Empty(tb TB) *Scene {
	return &Scene{TB: tb, Ledger: memledger.New("trade"), Now: Begin}
}

// New returns a consortium of manufacturer, carrier, retailer and regulator.
func New(tb TB) *Scene {
	tb.Helper()
	s := Empty(tb)
	s.Found(Founders()...)
	return s
}

// Founders describes the organisations of a scene.
func Founders() []participant.Organisation {
	var founders []participant.Organisation
	for _, msp := range []string{Manufacturer, Carrier, Retailer} {
		founders = append(founders, participant.Organisation{
			MSP: msp, Name: strings.TrimSuffix(msp, "MSP"), Roles: []string{strings.ToLower(strings.TrimSuffix(msp, "MSP"))},
			GLNs: []string{GLN(msp)}, Licences: []participant.Licence{{Prefix: Prefixes[msp]}},
		})
	}
	return append(founders, participant.Organisation{MSP: Regulator, Name: "Regulator", Reader: true, GLNs: []string{"/417/" + digits("950999900001")}})
}

// Found has organisations proposed by the first and approved by all that write.
func (s *Scene) Found(organisations ...participant.Organisation) {
	s.TB.Helper()
	var id string
	s.must(s.As(organisations[0].MSP, ledger.RoleAdmin).Update(func(tx *ledger.Tx) error {
		response, err := participant.Propose(tx, participant.Proposal{Organisations: organisations})
		id = response.Proposal
		return err
	}))
	for _, o := range organisations {
		if !o.Reader {
			s.must(s.As(o.MSP, ledger.RoleAdmin).Update(func(tx *ledger.Tx) error {
				_, err := participant.Approve(tx, participant.ApproveRequest{Proposal: id})
				return err
			}))
		}
	}
}

func (s *Scene) must(err error) {
	s.TB.Helper()
	if err != nil {
		s.TB.Fatalf("%v", err)
	}
}

// Caller is a person of an organisation about to call.
type Caller struct {
	scene    *Scene
	proposal memledger.Proposal
}

// As returns a caller with a role.
func (s *Scene) As(msp, role string) *Caller {
	return &Caller{scene: s, proposal: memledger.Proposal{
		Time: s.Now, Caller: ledger.Caller{MSP: msp, Subject: "CN=" + role + "@" + msp, Role: role},
	}}
}

// With adds an entry to the transient map.
func (c *Caller) With(name string, value []byte) *Caller {
	c.proposal.Transient = map[string][]byte{name: value}
	return c
}

// Update runs a rule that writes.
func (c *Caller) Update(rule func(*ledger.Tx) error) error {
	return c.scene.Ledger.Update(c.proposal, rule)
}

// Query runs a rule that reads.
func (c *Caller) Query(rule func(*ledger.Tx) error) error {
	return c.scene.Ledger.Query(c.proposal, rule)
}

// Simulate starts the caller's transaction at its own peer.
func (c *Caller) Simulate() *memledger.Simulation {
	return c.scene.Ledger.Simulate(c.proposal, c.proposal.Caller.MSP)
}

// Object returns the path of a serialised trade item under an organisation's
// company prefix.
func Object(msp, serial string) string {
	return "/01/" + digits("0"+Prefixes[msp]+"13435") + "/21/" + serial
}

// Pallet returns the path of a logistic unit under an organisation's prefix.
func Pallet(msp string, number int) string {
	return "/00/" + digits(fmt.Sprintf("1%s%09d", Prefixes[msp], number))
}

// GLN returns the path of an organisation as a party.
func GLN(msp string) string { return "/417/" + digits(Prefixes[msp]+"00001") }

// Site returns the path of a place of an organisation.
func Site(msp string) string { return "/414/" + digits(Prefixes[msp]+"00002") }

func digits(s string) string {
	check, err := gs1.CheckDigit(s)
	if err != nil {
		return s // an invalid key, which the test will meet
	}
	return s + string(check)
}

// Event is an ObjectEvent; zero fields are left out.
type Event struct {
	Action, BizStep, Disposition string
	Time                         time.Time // zero: the scene's Now
	EventID                      string
	EPCs                         []string // paths, or whole URIs
	Place, ReadPoint             string
	To, Owner, Location          string         // destinations: paths
	More                         map[string]any // further members; nil leaves one out
}

func uri(path string) string {
	if strings.HasPrefix(path, "/") {
		return gs1.Authority + path
	}
	return path
}

func (e Event) members(now time.Time) map[string]any {
	if e.Time.IsZero() {
		e.Time = now
	}
	epcs := []string{}
	for _, epc := range e.EPCs {
		epcs = append(epcs, uri(epc))
	}
	m := map[string]any{
		"type": "ObjectEvent", "eventTime": e.Time.Format(time.RFC3339Nano), "eventTimeZoneOffset": "+01:00",
		"action": e.Action, "epcList": epcs,
	}
	for name, value := range map[string]string{"bizStep": e.BizStep, "disposition": e.Disposition, "eventID": e.EventID} {
		if value != "" {
			m[name] = value
		}
	}
	for name, value := range map[string]string{"bizLocation": e.Place, "readPoint": e.ReadPoint} {
		if value != "" {
			m[name] = map[string]string{"id": uri(value)}
		}
	}
	var to []map[string]string
	for _, d := range [][2]string{{"possessing_party", e.To}, {"owning_party", e.Owner}, {"location", e.Location}} {
		if d[1] != "" {
			to = append(to, map[string]string{"type": d[0], "destination": uri(d[1])})
		}
	}
	if to != nil {
		m["destinationList"] = to
	}
	for name, value := range e.More {
		if m[name] = value; value == nil {
			delete(m, name)
		}
	}
	return m
}

// Document returns an EPCIS document of events.
func (s *Scene) Document(events ...Event) []byte {
	s.TB.Helper()
	list := []map[string]any{}
	for _, e := range events {
		list = append(list, e.members(s.Now))
	}
	text, err := json.Marshal(map[string]any{
		"@context": []any{"https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", map[string]string{"ex": "https://example.com/ns/"}},
		"type":     "EPCISDocument", "schemaVersion": "2.0", "creationDate": s.Now.Format(time.RFC3339),
		"epcisBody": map[string]any{"eventList": list},
	})
	s.must(err)
	return text
}

// Capture captures events for an organisation, a minute after what was before.
func (s *Scene) Capture(msp string, events ...Event) (shipment.CaptureResponse, error) {
	s.TB.Helper()
	s.Now = s.Now.Add(time.Minute)
	return s.CaptureDocument(msp, s.Document(events...))
}

// CaptureDocument captures a document for an organisation.
func (s *Scene) CaptureDocument(msp string, document []byte) (response shipment.CaptureResponse, err error) {
	err = s.As(msp, ledger.RoleOperator).With(shipment.TransientDocument, document).Update(func(tx *ledger.Tx) error {
		response, err = shipment.Capture(tx, shipment.CaptureRequest{})
		return err
	})
	return response, err
}

// MustCapture captures events that the test takes for granted.
func (s *Scene) MustCapture(msp string, events ...Event) shipment.CaptureResponse {
	s.TB.Helper()
	response, err := s.Capture(msp, events...)
	s.must(err)
	return response
}

// Commission is the event that begins objects.
func Commission(epcs ...string) Event {
	return Event{Action: "ADD", BizStep: "commissioning", Disposition: "active", EPCs: epcs}
}

// Ship is the event that offers objects to an organisation.
func Ship(to string, epcs ...string) Event {
	return Event{Action: "OBSERVE", BizStep: "shipping", Disposition: "in_transit", To: GLN(to), Location: Site(to), EPCs: epcs}
}

// Step is an OBSERVE of a business step.
func Step(bizStep string, epcs ...string) Event {
	return Event{Action: "OBSERVE", BizStep: bizStep, EPCs: epcs}
}

// Delete is the event that ends objects.
func Delete(bizStep string, epcs ...string) Event {
	return Event{Action: "DELETE", BizStep: bizStep, EPCs: epcs}
}

// Twin reads an object.
func (s *Scene) Twin(id string) product.View {
	s.TB.Helper()
	var twin product.View
	s.must(s.As(Regulator, ledger.RoleAuditor).Query(func(tx *ledger.Tx) (err error) {
		twin, err = product.ReadTwin(tx, product.ReadTwinRequest{ID: id})
		return err
	}))
	return twin
}

// History reads the first events of an object.
func (s *Scene) History(id string) []product.HistoryEntry {
	s.TB.Helper()
	var response product.ReadHistoryResponse
	s.must(s.As(Regulator, ledger.RoleAuditor).Query(func(tx *ledger.Tx) (err error) {
		response, err = product.ReadHistory(tx, product.ReadHistoryRequest{ID: id, Size: ledger.MaxPage})
		return err
	}))
	return response.Entries
}
