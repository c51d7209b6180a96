package confidential_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
	"github.com/countersign-ledger/countersign/chaincode/personal"
	"github.com/countersign-ledger/countersign/chaincode/selective"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
	"github.com/countersign-ledger/countersign/collections"
)

const canary = "CANARY-price-12.50"

var (
	subject = Object(Manufacturer, "V1")
	pair    = collections.Relation(Manufacturer, Retailer)
	trio    = collections.Relation(Manufacturer, Carrier, Retailer)
	land    = map[string]string{Manufacturer: "DE", Carrier: "NL", Retailer: "FR", Regulator: "DE"}
)

// world is a consortium whose members share collections by two and by three. The
// regulator has an authority for its persons.
type world struct {
	testing.TB
	*Scene
	authority *x509.Certificate
	signing   *ecdsa.PrivateKey
	number    int
}

func newWorld(t testing.TB) *world {
	t.Helper()
	trade := []string{Manufacturer, Carrier, Retailer}
	shared := []memledger.Collection{{Name: trio, Members: trade, MemberOnly: true}}
	for _, two := range [][]string{{Manufacturer, Carrier}, {Manufacturer, Retailer}, {Carrier, Retailer}} {
		shared = append(shared, memledger.Collection{Name: collections.Relation(two...), Members: two, MemberOnly: true})
	}
	w := &world{TB: t, Scene: &Scene{TB: t, Ledger: memledger.New("trade", shared...), Now: Begin}}
	w.signing = key(t)
	w.authority = w.certificate("ca", "", w.signing)
	founders := Founders()
	for i := range founders {
		founders[i].Country = land[founders[i].MSP]
		if founders[i].Reader {
			founders[i].IdentityRoots = []string{string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: w.authority.Raw}))}
		}
	}
	w.Found(founders...)
	w.MustCapture(Manufacturer, Commission(subject))
	return w
}

// outcome is what an endorsement shows of a run.
type outcome struct {
	response []byte
	results  memledger.Results
}

// public is all of it that others than the members see: the response, the event, and
// what was read and written but for private values and the names of their keys.
func (o outcome) public(t testing.TB) string {
	t.Helper()
	results := o.results
	results.Private, results.Hashes = nil, nil
	text, err := json.Marshal(results)
	require.NoError(t, err)
	for _, write := range results.Writes {
		text = append(append(text, write.Key...), write.Value...)
	}
	if results.Event != nil {
		text = append(text, results.Event.Payload...)
	}
	return string(o.response) + string(text)
}

// run runs a function at the peer of an organisation, and commits nothing.
func run[Req, Resp any](w *world, f api.Declared[Req, Resp], msp, role, peer string, req Req, transient []byte) (response Resp, o outcome, err error) {
	w.Helper()
	text, err := json.Marshal(req)
	require.NoError(w, err)
	p := memledger.Proposal{Time: w.Now, Caller: ledger.Caller{MSP: msp, Role: role, Subject: role}}
	if transient != nil {
		p.Transient = map[string][]byte{f.Transient: transient}
	}
	sim := w.Ledger.Simulate(p, peer)
	o.response, err = f.Execute(sim, text)
	o.results = sim.Results()
	if err == nil {
		require.NoError(w, json.Unmarshal(o.response, &response))
	}
	return response, o, err
}

// do runs a function at the caller's own peer and commits what it wrote.
func do[Req, Resp any](w *world, f api.Declared[Req, Resp], msp, role string, req Req, transient []byte) (Resp, error) {
	w.Helper()
	response, o, err := run(w, f, msp, role, msp, req, transient)
	if err == nil && (f.Kind == api.Update || f.Kind == api.Private) {
		w.commit(o)
	}
	return response, err
}

func must[Req, Resp any](w *world, f api.Declared[Req, Resp], msp, role string, req Req, transient []byte) Resp {
	w.Helper()
	response, err := do(w, f, msp, role, req, transient)
	require.NoError(w, err, f.FullName())
	return response
}

func (w *world) commit(o outcome) {
	w.Helper()
	w.number++
	codes := w.Ledger.Commit(memledger.Transaction{ID: fmt.Sprint("t", w.number), Results: o.results})
	require.Equal(w, []memledger.Code{memledger.Valid}, codes)
}

// commits reports whether an endorsed run is still valid.
func (w *world) commits(o outcome) bool {
	w.number++
	return w.Ledger.Commit(memledger.Transaction{ID: fmt.Sprint("t", w.number), Results: o.results})[0] == memledger.Valid
}

func salt(t testing.TB) string {
	t.Helper()
	text, err := selective.NewSalt(rand.Reader)
	require.NoError(t, err)
	return text
}

// draft is a record with a secret in it and a decoy.
func draft(t testing.TB) confidential.Draft {
	t.Helper()
	return confidential.Draft{
		V: 1, ID: salt(t), Kind: collections.KindTerms, Subjects: []string{subject},
		Fields: []selective.Field{{Name: "/notes", Value: canary, Salt: salt(t)}, {Salt: salt(t)}, {Name: "/price", Value: "12.50", Salt: salt(t)}},
	}
}

func encoded(t testing.TB, d any) []byte {
	t.Helper()
	text, err := json.Marshal(d)
	require.NoError(t, err)
	return text
}

var withRetailer = []string{Retailer}

// write has the manufacturer write a record for the retailer.
func (w *world) write(d confidential.Draft) (confidential.WriteResponse, error) {
	w.Helper()
	return do(w, api.WriteConfidential, Manufacturer, ledger.RoleOperator, confidential.WriteRequest{With: withRetailer}, encoded(w, d))
}

func (w *world) mustWrite(d confidential.Draft) confidential.WriteResponse {
	w.Helper()
	written, err := w.write(d)
	require.NoError(w, err)
	return written
}

func (w *world) read(id string) (confidential.ReadResponse, error) {
	w.Helper()
	return do(w, api.ReadConfidential, Manufacturer, ledger.RoleOperator, confidential.ReadRequest{With: withRetailer, ID: id}, nil)
}

// published writes a record and publishes it.
func (w *world) published(d confidential.Draft) confidential.Published {
	w.Helper()
	w.mustWrite(d)
	p, err := w.publish(d.ID)
	require.NoError(w, err)
	return p
}

func (w *world) publish(id string) (confidential.Published, error) {
	w.Helper()
	read, err := w.read(id)
	require.NoError(w, err)
	return do(w, api.PublishConfidential, Manufacturer, ledger.RoleOperator, confidential.PublishRequest{Manifest: read.Manifest}, nil)
}

func (w *world) purge(id string) error {
	w.Helper()
	_, err := do(w, api.PurgeConfidential, Manufacturer, ledger.RoleAdmin, confidential.PurgeRequest{With: withRetailer, ID: id}, nil)
	return err
}

func (w *world) standing(id string) confidential.Standing {
	w.Helper()
	return must(w, api.ConfidentialRecord, Regulator, ledger.RoleAuditor, confidential.RecordRequest{ID: id}, nil)
}

func key(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	return key
}

// certificate certifies a key; the first is the authority's own.
func (w *world) certificate(name, role string, of *ecdsa.PrivateKey) *x509.Certificate {
	w.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(int64(len(name))), Subject: pkix.Name{CommonName: name},
		NotBefore: Begin.Add(-time.Hour), NotAfter: Begin.AddDate(20, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature,
		ExtraExtensions: []pkix.Extension{{
			Id:    asn1.ObjectIdentifier{1, 2, 3, 4, 5, 6, 7, 8, 1},
			Value: fmt.Appendf(nil, `{"attrs":{%q:%q}}`, ledger.RoleAttribute, role),
		}},
	}
	issuer := w.authority
	if issuer == nil {
		template.IsCA, template.BasicConstraintsValid, template.KeyUsage = true, true, x509.KeyUsageCertSign
		issuer = template
	}
	der, err := x509.CreateCertificate(rand.Reader, template, issuer, of.Public(), w.signing)
	require.NoError(w, err)
	certificate, err := x509.ParseCertificate(der)
	require.NoError(w, err)
	return certificate
}

// sign signs a message as a person with a role, certified by the regulator.
func (w *world) sign(role string, message []byte) personal.Proof {
	w.Helper()
	of := key(w)
	digest := sha256.Sum256(message)
	r, s, err := ecdsa.Sign(rand.Reader, of, digest[:])
	require.NoError(w, err)
	if order := of.Params().N; s.Cmp(new(big.Int).Rsh(order, 1)) > 0 {
		s.Sub(order, s)
	}
	signature, err := asn1.Marshal(struct{ R, S *big.Int }{r, s})
	require.NoError(w, err)
	return personal.Proof{
		Certificate: base64.StdEncoding.EncodeToString(w.certificate(role+"@reader", role, of).Raw),
		Signature:   base64.StdEncoding.EncodeToString(signature),
	}
}

func (w *world) proposal(msp string) memledger.Proposal {
	return memledger.Proposal{Time: w.Now, Caller: ledger.Caller{MSP: msp, Role: ledger.RoleAdmin}}
}
