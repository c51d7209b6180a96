package condition_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

const (
	maker      = "ManufacturerMSP"
	carrier    = "CarrierMSP"
	reader     = "RegulatorMSP"
	prefix     = "9506000"
	deviceID   = "/8004/9506000LOGGER1"
	policyName = "vaccine"
	policyID   = maker + "/" + policyName
	watchName  = "shipment-1"
	watchID    = maker + "/" + watchName
)

var origin = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

// authority is a certificate authority of an organisation.
type authority struct {
	key         *ecdsa.PrivateKey
	certificate *x509.Certificate
}

// person is somebody with a certificate.
type person struct {
	key *ecdsa.PrivateKey
	ledger.Caller
}

// world is a ledger with two organisations that trade and one that reads.
type world struct {
	*testing.T
	ledger      *memledger.Ledger
	authorities map[string]authority
	people      map[string]person
	device      ed25519.PrivateKey
	now         time.Time
	previous    telemetry.Hash
	sequence    uint64
}

func newWorld(t *testing.T) *world { return newWorldOn(t, memledger.New("trade")) }

// newWorldOn is a world on some ledger.
func newWorldOn(t *testing.T, l *memledger.Ledger) *world {
	w := &world{
		T: t, ledger: l, authorities: map[string]authority{}, people: map[string]person{},
		device: ed25519.NewKeyFromSeed(bytes.Repeat([]byte{3}, 32)), now: origin,
	}
	organisation := func(msp string, licences ...participant.Licence) participant.Organisation {
		return participant.Organisation{
			MSP: msp, Name: msp, Reader: msp == reader, Licences: licences,
			IdentityRoots: []string{string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: w.authority(msp).certificate.Raw}))},
		}
	}
	var founding participant.ProposeResponse
	w.must(w.as(maker, ledger.RoleAdmin), func(tx *ledger.Tx) (err error) {
		founding, err = participant.Propose(tx, participant.Proposal{Organisations: []participant.Organisation{
			organisation(maker, participant.Licence{Prefix: prefix}), organisation(carrier), organisation(reader),
		}})
		return err
	})
	for _, msp := range []string{maker, carrier} {
		w.must(w.as(msp, ledger.RoleAdmin), func(tx *ledger.Tx) error {
			_, err := participant.Approve(tx, participant.ApproveRequest{Proposal: founding.Proposal})
			return err
		})
	}
	w.register(deviceID, w.device)
	return w
}

func (w *world) authority(msp string) authority {
	if known, ok := w.authorities[msp]; ok {
		return known
	}
	w.authorities[msp] = w.newAuthority(msp)
	return w.authorities[msp]
}

// newAuthority makes an authority that calls itself an organisation's.
func (w *world) newAuthority(msp string) authority {
	key := newKey(w)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "ca." + msp}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: origin.Add(-time.Hour), NotAfter: origin.AddDate(10, 0, 0), KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(w, err)
	certificate, err := x509.ParseCertificate(der)
	require.NoError(w, err)
	return authority{key, certificate}
}

func newKey(t require.TestingT) *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	return key
}

// as returns the person of an organisation with a role.
func (w *world) as(msp, role string) person { return w.named(msp, role, role) }

func (w *world) named(msp, role, name string) person {
	id := msp + "/" + name
	if known, ok := w.people[id]; ok {
		return known
	}
	w.people[id] = w.certify(msp, role, name, newKey(w), w.authority(msp), origin.AddDate(1, 0, 0))
	return w.people[id]
}

func (w *world) certify(msp, role, name string, key *ecdsa.PrivateKey, by authority, until time.Time) person {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name, Organization: []string{msp}},
		NotBefore: origin.Add(-time.Hour), NotAfter: until, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtraExtensions: []pkix.Extension{{
			Id:    asn1.ObjectIdentifier{1, 2, 3, 4, 5, 6, 7, 8, 1},
			Value: fmt.Appendf(nil, `{"attrs":{%q:%q}}`, ledger.RoleAttribute, role),
		}},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, by.certificate, key.Public(), by.key)
	require.NoError(w, err)
	return person{key, ledger.Caller{MSP: msp, Subject: name, Role: role, Certificate: der}}
}

// try runs a rule as somebody, now.
func (w *world) try(who person, rule func(*ledger.Tx) error) error {
	return w.ledger.Update(memledger.Proposal{Time: w.now, Caller: who.Caller}, rule)
}

func (w *world) must(who person, rule func(*ledger.Tx) error) {
	w.Helper()
	require.NoError(w, w.try(who, rule))
}

// call runs an updating rule and returns its response.
func call[Req, Resp any](w *world, who person, rule func(*ledger.Tx, Req) (Resp, error), req Req) (resp Resp, err error) {
	err = w.try(who, func(tx *ledger.Tx) (err error) {
		resp, err = rule(tx, req)
		return err
	})
	return resp, err
}

// ask runs a query.
func ask[Req, Resp any](w *world, rule func(*ledger.Tx, Req) (Resp, error), req Req) (resp Resp, err error) {
	err = w.ledger.Query(memledger.Proposal{Time: w.now, Caller: w.as(reader, ledger.RoleAuditor).Caller}, func(tx *ledger.Tx) (err error) {
		resp, err = rule(tx, req)
		return err
	})
	return resp, err
}

func (w *world) register(id string, key crypto.Signer) {
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	require.NoError(w, err)
	algorithm := participant.EdDSA
	if _, ok := key.(*ecdsa.PrivateKey); ok {
		algorithm = participant.ES256
	}
	_, err = call(w, w.as(maker, ledger.RoleOperator), participant.RegisterDevice, participant.RegisterDeviceRequest{
		ID: id, PublicKey: base64.StdEncoding.EncodeToString(der), Algorithm: algorithm,
		Measures: "Temperature", Unit: "CEL", Accuracy: "0.5", CalibratedUntil: origin.AddDate(0, 6, 0),
	})
	require.NoError(w, err)
}

func object(i int) string { return fmt.Sprintf("/01/09506000134352/21/V%04d", i) }

// commission puts objects on the ledger, of the manufacturer.
func (w *world) commission(n int, change func(*product.Twin)) []string {
	return w.commissionFrom(0, n, change)
}

// commissionFrom puts n objects on the ledger, from one of that number on.
func (w *world) commissionFrom(first, n int, change func(*product.Twin)) []string {
	var paths []string
	w.must(w.as(maker, ledger.RoleOperator), func(tx *ledger.Tx) error {
		event := &epcis.Event{Type: epcis.ObjectEvent, Action: epcis.Add, EventTime: w.now, EventTimeZoneOffset: "+00:00", BizStep: "commissioning"}
		var ids []gs1.ID
		for i := range n {
			id, err := gs1.Parse(object(first + i))
			require.NoError(w, err)
			ids, paths = append(ids, id), append(paths, id.Path())
			event.EPCList = append(event.EPCList, id.String())
		}
		made, err := product.Prepare(tx, event)
		require.NoError(w, err)
		batch, err := product.Open(tx, ids)
		require.NoError(w, err)
		for _, id := range ids {
			twin := &product.Twin{V: product.Version, ID: id.Path(), Facts: product.Facts{State: product.Active, Custodian: maker, Owner: maker}, CommissionedBy: maker, Commissioned: w.now}
			if change != nil {
				change(twin)
			}
			batch.Add(twin)
			batch.Record(twin, made, product.Commissioned)
		}
		return batch.Close([]*product.NewEvent{made})
	})
	return paths
}

// holds returns the holds of an object.
func (w *world) holds(path string) []product.Hold {
	view, err := ask(w, product.ReadTwin, product.ReadTwinRequest{ID: path})
	require.NoError(w, err)
	return view.Holds
}

func (w *world) twin(path string) *product.Twin {
	id, err := gs1.Parse(path)
	require.NoError(w, err)
	twins, err := ask(w, product.LoadTwins, []gs1.ID{id})
	require.NoError(w, err)
	return twins[0]
}

// held says that readings out of range hold objects.
func held() condition.Consequences { return condition.Consequences{Hold: condition.HoldAtSuspicion} }

func (w *world) definePolicy(change func(*condition.DefinePolicyRequest)) {
	req := condition.DefinePolicyRequest{Name: policyName, Version: 1, Terms: vaccine(w), Consequences: held()}
	if change != nil {
		change(&req)
	}
	_, err := call(w, w.as(maker, ledger.RoleQuality), condition.DefinePolicy, req)
	require.NoError(w, err)
}

// watching is a world with a watch over three objects.
func watching(t *testing.T) *world {
	w := newWorld(t)
	w.definePolicy(nil)
	_, err := w.startWatch(watchName, w.commission(3, nil))
	require.NoError(t, err)
	return w
}

func (w *world) startWatch(name string, objects []string) (condition.Watch, error) {
	return call(w, w.as(maker, ledger.RoleOperator), condition.StartWatch, condition.StartWatchRequest{
		Name: name, Policy: condition.PolicyRef{ID: policyID, Version: 1}, Objects: objects, Devices: []string{deviceID}, Start: origin,
	})
}

// readings takes minute after the origin and tenth of a degree, in turn.
func readings(pairs ...int64) []telemetry.Reading {
	run := at(pairs...)
	for i := range run {
		run[i].Time += origin.UnixMilli()
	}
	return run
}

// seal makes the device's next recording.
func (w *world) seal(run []telemetry.Reading, change func(*telemetry.Draft)) *telemetry.Recording {
	draft := telemetry.Draft{
		Device: deviceID, Sequence: w.sequence + 1, Previous: w.previous, Measurement: "Temperature", Unit: "CEL", Scale: -1, Readings: run,
	}
	if change != nil {
		change(&draft)
	}
	recording, err := telemetry.Seal(rand.Reader, w.device, draft)
	require.NoError(w, err)
	return recording
}

// submit sends a recording, and moves time to its last reading if it is before.
func (w *world) submit(who person, recording []byte) (resp condition.RecordResponse, err error) {
	err = w.ledger.Update(memledger.Proposal{
		Time: w.now, Caller: who.Caller, Transient: map[string][]byte{condition.TransientRecording: recording},
	}, func(tx *ledger.Tx) (err error) {
		resp, err = condition.Record(tx, condition.RecordRequest{})
		return err
	})
	return resp, err
}

// record seals and submits, by the gateway.
func (w *world) record(pairs ...int64) condition.RecordResponse {
	w.Helper()
	recording := w.seal(readings(pairs...), nil)
	if last := recording.Last().At(); last.After(w.now) {
		w.now = last
	}
	resp, err := w.submit(w.as(maker, ledger.RoleGateway), recording.Bytes())
	require.NoError(w, err)
	w.sequence, w.previous = w.sequence+1, recording.Root()
	return resp
}

func (w *world) watch() condition.ReadWatchResponse {
	w.Helper()
	resp, err := ask(w, condition.ReadWatch, condition.ReadWatchRequest{ID: watchID})
	require.NoError(w, err)
	return resp
}

func (w *world) breach(id string) condition.ReadBreachResponse {
	w.Helper()
	resp, err := ask(w, condition.ReadBreach, condition.ReadBreachRequest{Breach: id})
	require.NoError(w, err)
	return resp
}

// authorityUnder makes an authority that another certifies.
func (w *world) authorityUnder(root authority) authority {
	key := newKey(w)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(3), Subject: pkix.Name{CommonName: "between"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: origin.Add(-time.Hour), NotAfter: origin.AddDate(10, 0, 0), KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, root.certificate, key.Public(), root.key)
	require.NoError(w, err)
	certificate, err := x509.ParseCertificate(der)
	require.NoError(w, err)
	return authority{key, certificate}
}
