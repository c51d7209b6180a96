package disclosure_test

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"slices"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/disclosure"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/selective"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
	"github.com/countersign-ledger/countersign/collections"
)

const (
	channel = "trade"
	canary  = "CANARY-12.50-EUR"
)

// tb is what both *testing.T and *rapid.T have.
type tb interface {
	require.TestingT
	Helper()
	Fatalf(format string, args ...any)
}

// world is a consortium in which the manufacturer shares records with the retailer,
// and can disclose to all others.
type world struct {
	*Scene
	t      tb
	roots  map[string]*authority
	serial int64
}

func newWorld(t tb) *world {
	t.Helper()
	var private []memledger.Collection
	for _, pair := range [][]string{{Manufacturer, Retailer}, {Manufacturer, Carrier}} {
		private = append(private, memledger.Collection{Name: collections.Relation(pair...), Members: pair, MemberOnly: true})
	}
	for _, to := range []string{Carrier, Retailer, Regulator} {
		private = append(private, memledger.Collection{Name: collections.Disclosure(Manufacturer, to), Members: []string{Manufacturer, to}, MemberOnly: true})
	}
	w := &world{t: t, Scene: &Scene{TB: t, Ledger: memledger.New(channel, private...), Now: Begin}, roots: map[string]*authority{}}
	founders := Founders()
	for i, country := range []string{"DE", "NL", "FR", "DE"} {
		msp := founders[i].MSP
		w.roots[msp] = newAuthority(t, msp)
		founders[i].Country = country
		founders[i].IdentityRoots = []string{string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: w.roots[msp].certificate.Raw}))}
	}
	w.Found(founders...)
	return w
}

// result is what an endorsement shows, and the private writes.
type result[Resp any] struct {
	memledger.Results
	Response Resp
	id       string
}

// simulate runs a rule for a person at the peer of an organisation.
func simulate[Req, Resp any](w *world, msp, role, peer string, transient []byte, rule func(*ledger.Tx, Req) (Resp, error), req Req) (result[Resp], error) {
	w.t.Helper()
	p := memledger.Proposal{Time: w.Now, Caller: ledger.Caller{MSP: msp, Role: role, Subject: "CN=" + role + "@" + msp}}
	if transient != nil {
		p.Transient = map[string][]byte{disclosure.TransientDelivery: transient}
	}
	sim := w.Ledger.Simulate(p, peer)
	tx := ledger.Begin(sim)
	response, err := rule(tx, req)
	if err == nil {
		err = tx.Flush()
	}
	return result[Resp]{sim.Results(), response, sim.Info().ID}, err
}

// call runs a rule at the caller's own peer and commits what it wrote.
func call[Req, Resp any](w *world, msp, role string, rule func(*ledger.Tx, Req) (Resp, error), req Req) (Resp, error) {
	w.t.Helper()
	return with(w, msp, role, nil, rule, req)
}

func with[Req, Resp any](w *world, msp, role string, transient []byte, rule func(*ledger.Tx, Req) (Resp, error), req Req) (Resp, error) {
	w.t.Helper()
	r, err := simulate(w, msp, role, msp, transient, rule, req)
	if err == nil {
		w.commit(r.id, r.Results)
	}
	return r.Response, err
}

func (w *world) commit(id string, results memledger.Results) {
	w.t.Helper()
	require.Equal(w.t, []memledger.Code{memledger.Valid}, w.Ledger.Commit(memledger.Transaction{ID: id, Results: results}))
}

// must is call of what is not refused.
func must[Req, Resp any](w *world, msp, role string, rule func(*ledger.Tx, Req) (Resp, error), req Req) Resp {
	w.t.Helper()
	response, err := call(w, msp, role, rule, req)
	require.NoError(w.t, err)
	return response
}

// query runs a query at the caller's own peer.
func query[Req, Resp any](w *world, msp string, rule func(*ledger.Tx, Req) (Resp, error), req Req) (response Resp, err error) {
	w.t.Helper()
	p := memledger.Proposal{Time: w.Now, Caller: ledger.Caller{MSP: msp, Role: ledger.RoleAuditor, Subject: "CN=auditor"}}
	err = w.Ledger.Query(p, func(tx *ledger.Tx) error {
		response, err = rule(tx, req)
		return err
	})
	return response, err
}

func (w *world) status(id string) disclosure.Status {
	w.t.Helper()
	s, err := query(w, Regulator, disclosure.ReadStatus, disclosure.RefRequest{Request: id})
	require.NoError(w.t, err)
	return s
}

// record is a published record, and the secret of it.
type record struct {
	confidential.Manifest
	fields []selective.Field
}

// publish puts a record into the relation of manufacturer and retailer, and its
// manifest on the ledger.
func (w *world) publish(change ...func(*confidential.Manifest)) record {
	w.t.Helper()
	r := record{Manifest: confidential.Manifest{
		V: 1, ID: salt(w.t), Kind: "terms", Owner: Manufacturer, Members: []string{Manufacturer, Retailer}, Version: 1,
		Sensitivity: confidential.Standard, Written: w.Now,
	}}
	for _, name := range []string{"/currency", "/price", "/quantity"} {
		r.fields = append(r.fields, selective.Field{Name: name, Value: canary + name, Salt: salt(w.t)})
	}
	for _, f := range append(slices.Clone(r.fields), selective.Field{Salt: salt(w.t)}) {
		commitment, err := selective.Commit(r.ID, f)
		require.NoError(w.t, err)
		r.Commitments = append(r.Commitments, commitment)
	}
	slices.Sort(r.Commitments)
	for _, c := range change {
		c(&r.Manifest)
	}
	content, err := json.Marshal(r.fields)
	require.NoError(w.t, err)
	relation := collections.Relation(r.Members...)
	require.NoError(w.t, w.As(Manufacturer, ledger.RoleOperator).Update(func(tx *ledger.Tx) error {
		return tx.PutPrivate(relation, ledger.NewKey("content", r.ID), content)
	}))
	digest := sha256.Sum256(content)
	require.NoError(w.t, w.As(Manufacturer, ledger.RoleOperator).Update(func(tx *ledger.Tx) error {
		return ledger.Store(tx, ledger.NewKey("record", r.ID), confidential.Published{
			V: 1, Manifest: r.Manifest, Collection: relation, Hash: hex.EncodeToString(digest[:]), By: Manufacturer, Recorded: w.Now,
		})
	}))
	return r
}

// purge takes the content of a record away.
func (w *world) purge(r record) {
	w.t.Helper()
	require.NoError(w.t, w.As(Manufacturer, ledger.RoleAdmin).Update(func(tx *ledger.Tx) error {
		return tx.Purge(collections.Relation(r.Members...), ledger.NewKey("content", r.ID))
	}))
}

// terms ask for the price of a record, for a month.
func (w *world) terms(r record) disclosure.Terms {
	return disclosure.Terms{
		Record: r.ID, Fields: []string{"/currency", "/price"}, Purpose: disclosure.Purpose{Code: "audit"},
		LegalBasis: disclosure.LegalBasis{Code: "contract", Reference: "framework contract 7"}, Until: w.Now.AddDate(0, 1, 0),
	}
}

// ask has the carrier ask for the price of a record, and returns the request's id.
func (w *world) ask(r record, name string) string {
	w.t.Helper()
	return must(w, Carrier, ledger.RoleOperator, disclosure.Request, disclosure.RequestRequest{Name: name, Terms: w.terms(r)}).ID
}

func (w *world) vote(msp, id string, approve bool) error {
	w.t.Helper()
	reason := ""
	if !approve {
		reason = "not yours to know"
	}
	_, err := call(w, msp, ledger.RoleQuality, disclosure.Vote, disclosure.VoteRequest{Request: id, Approve: approve, Reason: reason})
	return err
}

// draft is what the owner delivers of a record.
func (w *world) draft(r record, names ...string) []byte {
	w.t.Helper()
	d := disclosure.Draft{V: 1}
	for _, f := range r.fields {
		if slices.Contains(names, f.Name) {
			d.Fields = append(d.Fields, f)
		}
	}
	text, err := json.Marshal(d)
	require.NoError(w.t, err)
	return text
}

func (w *world) deliver(r record, id string) error {
	w.t.Helper()
	_, err := with(w, Manufacturer, ledger.RoleOperator, w.draft(r, "/currency", "/price"), disclosure.Deliver, disclosure.RefRequest{Request: id})
	return err
}

// delivered brings a request to the state delivered.
func (w *world) delivered(r record, name string) string {
	w.t.Helper()
	id := w.ask(r, name)
	for _, msp := range w.status(id).Missing {
		require.NoError(w.t, w.vote(msp, id, true))
	}
	require.NoError(w.t, w.deliver(r, id))
	must(w, Manufacturer, ledger.RoleOperator, disclosure.RecordDelivery, disclosure.RefRequest{Request: id})
	return id
}

func salt(t require.TestingT) string {
	text, err := selective.NewSalt(rand.Reader)
	require.NoError(t, err)
	return text
}

// commits reports whether a transaction is still valid.
func (w *world) commits(id string, results memledger.Results) bool {
	return w.Ledger.Commit(memledger.Transaction{ID: id, Results: results})[0] == memledger.Valid
}

// collection is where the manufacturer puts what it discloses.
func (w *world) collection(to string) string { return collections.Disclosure(Manufacturer, to) }

// move has an organisation put another country on record.
func (w *world) move(msp, country string) {
	w.t.Helper()
	known, err := query(w, Regulator, participant.ReadOrganisation, participant.ReadOrganisationRequest{MSP: msp})
	require.NoError(w.t, err)
	known.Country = country
	proposed := must(w, msp, ledger.RoleAdmin, participant.Propose, participant.Proposal{Organisations: []participant.Organisation{known.Organisation}})
	for _, voter := range []string{Manufacturer, Carrier, Retailer} {
		_, err := call(w, voter, ledger.RoleAdmin, participant.Approve, participant.ApproveRequest{Proposal: proposed.Proposal})
		if err != nil {
			require.ErrorIs(w.t, err, fault.Closed)
		}
	}
}

func hexHash(value []byte) string {
	digest := sha256.Sum256(value)
	return hex.EncodeToString(digest[:])
}
