package determinism_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
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
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/personal"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
	"github.com/countersign-ledger/countersign/collections"
)

// world is a ledger on which nobody is on record yet, and those who will be.
type world struct {
	*testing.T
	scene     *Scene
	authority *x509.Certificate
	signing   *ecdsa.PrivateKey
	people    map[string]person
	number    int            // of transactions
	ran       map[string]int // by the function's full name
	notary    *notary
	device    ed25519.PrivateKey
	sequence  uint64
	previous  telemetry.Hash
}

type person struct {
	key *ecdsa.PrivateKey
	ledger.Caller
}

func newWorld(t *testing.T) *world {
	w := &world{T: t, people: map[string]person{}, ran: map[string]int{}, notary: newNotary(t)}
	var private []memledger.Collection
	consortium := collections.Consortium{Organisations: []collections.Organisation{{MSP: Manufacturer}, {MSP: Carrier}, {MSP: Retailer}, {MSP: Regulator, Reader: true}}}
	for _, c := range consortium.Collections() {
		private = append(private, memledger.Collection{Name: c.Name, Members: c.Members, MemberOnly: true})
	}
	w.scene = &Scene{TB: t, Ledger: memledger.New("trade", private...), Now: Begin}
	w.signing = newKey(t)
	w.authority = w.certificate("ca", "", w.signing, w.signing, nil)
	_, device, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	w.device = device
	return w
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	return key
}

// certificate certifies a key; without an issuer it is an authority's own.
func (w *world) certificate(name, role string, key, by *ecdsa.PrivateKey, issuer *x509.Certificate) *x509.Certificate {
	w.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
		NotBefore: Begin.Add(-time.Hour), NotAfter: Begin.AddDate(1, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature,
		ExtraExtensions: []pkix.Extension{{
			Id:    asn1.ObjectIdentifier{1, 2, 3, 4, 5, 6, 7, 8, 1},
			Value: fmt.Appendf(nil, `{"attrs":{"other":"x",%q:%q}}`, ledger.RoleAttribute, role),
		}},
	}
	if issuer == nil {
		template.IsCA, template.BasicConstraintsValid, template.KeyUsage = true, true, x509.KeyUsageCertSign
		issuer = template
	}
	der, err := x509.CreateCertificate(rand.Reader, template, issuer, key.Public(), by)
	require.NoError(w, err)
	certificate, err := x509.ParseCertificate(der)
	require.NoError(w, err)
	return certificate
}

// as returns the person of an organisation with a role.
func (w *world) as(msp, role string) person {
	w.Helper()
	if known, ok := w.people[msp+role]; ok {
		return known
	}
	key := newKey(w.T)
	certificate := w.certificate(role+"@"+msp, role, key, w.signing, w.authority)
	p := person{key, ledger.Caller{MSP: msp, Subject: "CN=" + role + "@" + msp, Role: role, Certificate: certificate.Raw}}
	w.people[msp+role] = p
	return p
}

// founders are the organisations of the scene, with roots for decisions.
func (w *world) founders() []participant.Organisation {
	founders := Founders()
	for i := range founders {
		founders[i].IdentityRoots = []string{string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: w.authority.Raw}))}
	}
	return founders
}

// seal makes the next recording of the device, of tenths of a degree a minute
// apart, and lets the time go by.
func (w *world) seal(id string, tenths ...int64) []byte {
	w.Helper()
	draft := telemetry.Draft{Device: id, Sequence: w.sequence + 1, Previous: w.previous, Measurement: "Temperature", Unit: "CEL", Scale: -1}
	for _, value := range tenths {
		draft.Readings = append(draft.Readings, telemetry.Reading{Time: w.scene.Now.UnixMilli(), Value: value})
		w.scene.Now = w.scene.Now.Add(time.Minute)
	}
	recording, err := telemetry.Seal(rand.Reader, w.device, draft)
	require.NoError(w, err)
	w.sequence, w.previous = recording.Header().Sequence, recording.Root()
	return recording.Bytes()
}

// decide signs a statement.
func (w *world) decide(by person, statement condition.Statement) condition.DecideRequest {
	w.Helper()
	message, err := condition.DecisionBytes(statement)
	require.NoError(w, err)
	return condition.DecideRequest{Statement: statement, Proof: w.signed(by, message)}
}

// signed signs a message as a person.
func (w *world) signed(by person, message []byte) personal.Proof {
	w.Helper()
	digest := sha256.Sum256(message)
	r, s, err := ecdsa.Sign(rand.Reader, by.key, digest[:])
	require.NoError(w, err)
	order := by.key.Params().N
	if s.Cmp(new(big.Int).Rsh(order, 1)) > 0 {
		s.Sub(order, s)
	}
	signature, err := asn1.Marshal(struct{ R, S *big.Int }{r, s})
	require.NoError(w, err)
	return personal.Proof{
		Certificate: base64.StdEncoding.EncodeToString(by.Certificate),
		Signature:   base64.StdEncoding.EncodeToString(signature),
	}
}

func randomText(t *testing.T) string {
	t.Helper()
	raw := make([]byte, 32)
	_, err := rand.Read(raw)
	require.NoError(t, err)
	return base64.RawURLEncoding.EncodeToString(raw)
}
