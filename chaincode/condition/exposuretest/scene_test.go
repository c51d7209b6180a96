package exposuretest_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"strings"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// World is a consortium with devices.
type World struct {
	*shipmenttest.Scene
	people  map[string]*person
	devices map[string]*logger
}

// logger is a device with its chain of recordings.
type logger struct {
	key      ed25519.PrivateKey
	sequence uint64
	previous telemetry.Hash
}

// Start returns a consortium of manufacturer, carrier, retailer and regulator whose
// certificates come from authorities on record.
func Start(tb shipmenttest.TB) *World {
	tb.Helper()
	s := &World{Scene: shipmenttest.Empty(tb), people: map[string]*person{}, devices: map[string]*logger{}}
	founders := shipmenttest.Founders()
	for i := range founders {
		root, err := s.quality(founders[i].MSP)
		s.Must(err)
		founders[i].IdentityRoots = []string{string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.root}))}
	}
	s.Found(founders...)
	return s
}

// Must fails the test on an error.
func (s *World) Must(err error) {
	s.TB.Helper()
	if err != nil {
		s.TB.Fatalf("%v", err)
	}
}

// Call runs a rule that writes, a minute after what was before.
func Call[Req, Resp any](s *World, msp, role string, rule func(*ledger.Tx, Req) (Resp, error), req Req) (resp Resp, err error) {
	s.Now = s.Now.Add(time.Minute)
	err = s.As(msp, role).Update(func(tx *ledger.Tx) (err error) {
		resp, err = rule(tx, req)
		return err
	})
	return resp, err
}

// Ask runs a query of the regulator's.
func Ask[Req, Resp any](s *World, rule func(*ledger.Tx, Req) (Resp, error), req Req) (resp Resp, err error) {
	err = s.As(shipmenttest.Regulator, ledger.RoleAuditor).Query(func(tx *ledger.Tx) (err error) {
		resp, err = rule(tx, req)
		return err
	})
	return resp, err
}

// Between2And8 are terms that any reading out of 2 to 8 degrees breaks, with
// readings every 15 minutes at least.
func Between2And8() evaluation.Terms {
	low, high, none := evaluation.Amount(2_000_000_000), evaluation.Amount(8_000_000_000), int64(0)
	return evaluation.Terms{
		Measurement: "Temperature", Unit: "CEL", LargestGapMs: 15 * 60_000, Between: evaluation.Hold,
		Bands: []evaluation.Band{{Name: "2-8", Lower: &low, Upper: &high, LongestExcursionMs: &none}},
	}
}

// Policy defines a policy of an organisation, [Between2And8], with what follows.
func (s *World) Policy(msp, name string, then condition.Consequences) condition.PolicyRef {
	s.TB.Helper()
	policy, err := Call(s, msp, ledger.RoleQuality, condition.DefinePolicy, condition.DefinePolicyRequest{
		Name: name, Version: 1, Terms: Between2And8(), Consequences: then,
	})
	s.Must(err)
	return policy.PolicyRef
}

// Logger registers a device of an organisation and returns its path.
func (s *World) Logger(msp string, number int) string {
	s.TB.Helper()
	path := fmt.Sprintf("/8004/%sLOGGER%d", shipmenttest.Prefixes[msp], number)
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{byte(len(s.devices) + 1)}, ed25519.SeedSize))
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	s.Must(err)
	_, err = Call(s, msp, ledger.RoleOperator, participant.RegisterDevice, participant.RegisterDeviceRequest{
		ID: path, PublicKey: base64.StdEncoding.EncodeToString(der), Algorithm: participant.EdDSA,
		Measures: "Temperature", Unit: "CEL", Accuracy: "0.5",
		CalibratedFrom: s.Now.Add(-24 * time.Hour), CalibratedUntil: s.Now.AddDate(1, 0, 0),
	})
	s.Must(err)
	s.devices[path] = &logger{key: key}
	return path
}

// Watch starts a watch from now on, by its organisation's operator.
func (s *World) Watch(msp, name string, policy condition.PolicyRef, device string, objects ...string) condition.Watch {
	s.TB.Helper()
	watch, err := s.TryWatch(msp, condition.StartWatchRequest{Name: name, Policy: policy, Devices: []string{device}, Objects: objects})
	s.Must(err)
	return watch
}

// TryWatch starts a watch, or fails.
func (s *World) TryWatch(msp string, req condition.StartWatchRequest) (condition.Watch, error) {
	return Call(s, msp, ledger.RoleOperator, condition.StartWatch, req)
}

// Read is a reading, in tenths of a degree.
func Read(at time.Time, tenths int64) telemetry.Reading {
	return telemetry.Reading{Time: at.UnixMilli(), Value: tenths}
}

// Every is readings of one value from a time to another, both included.
func Every(step time.Duration, from, to time.Time, tenths int64) []telemetry.Reading {
	var run []telemetry.Reading
	for at := from; !at.After(to); at = at.Add(step) {
		run = append(run, Read(at, tenths))
	}
	return run
}

// Record submits readings of a device, by a gateway of any organisation; time goes
// on to the last of them.
func (s *World) Record(msp, device string, readings ...telemetry.Reading) condition.RecordResponse {
	s.TB.Helper()
	d := s.devices[device]
	recording, err := telemetry.Seal(rand.Reader, d.key, telemetry.Draft{
		Device: device, Sequence: d.sequence + 1, Previous: d.previous, Measurement: "Temperature", Unit: "CEL", Scale: -1, Readings: readings,
	})
	s.Must(err)
	s.Now = s.Now.Add(time.Minute)
	if last := recording.Last().At(); last.After(s.Now) {
		s.Now = last
	}
	var response condition.RecordResponse
	s.Must(s.As(msp, ledger.RoleGateway).With(condition.TransientRecording, recording.Bytes()).Update(func(tx *ledger.Tx) (err error) {
		response, err = condition.Record(tx, condition.RecordRequest{})
		return err
	}))
	d.sequence, d.previous = d.sequence+1, recording.Root()
	return response
}

// Spread goes on with a breach until all that it affects has been found, and
// returns in how many transactions.
func (s *World) Spread(msp, breach string) (n int) {
	s.TB.Helper()
	for n = 1; ; n++ {
		response, err := Call(s, msp, ledger.RoleOperator, condition.SpreadBreach, condition.SpreadBreachRequest{Breach: breach})
		s.Must(err)
		if response.Done {
			return n
		}
	}
}

// Held reports whether an object cannot ship for a hold on it, or on something
// around it.
func (s *World) Held(path string) bool {
	s.TB.Helper()
	id, err := gs1.Parse(path)
	s.Must(err)
	twins, err := Ask(s, product.LoadTwins, []gs1.ID{id})
	s.Must(err)
	return twins[0].HeldBy() != nil
}

// HeldOf returns those of objects that are held.
func (s *World) HeldOf(paths ...string) []string {
	s.TB.Helper()
	held := []string{}
	for _, path := range paths {
		if s.Held(path) {
			held = append(held, path)
		}
	}
	return held
}

// FlagsOf returns the flags of an object's last event, and the event's bizStep.
func (s *World) FlagsOf(path string) (flags []product.Flag, bizStep string) {
	s.TB.Helper()
	history := s.History(path)
	last := history[len(history)-1]
	return last.Flags, strings.TrimPrefix(last.BizStep, "urn:epcglobal:cbv:bizstep:")
}
