package product_test

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// chip is a tag: it counts, and signs whatever it is asked.
type chip struct {
	key     ed25519.PrivateKey
	counter uint64
}

func newChip(seed byte) *chip {
	return &chip{key: ed25519.NewKeyFromSeed(append(make([]byte, 31), seed))}
}

func (c *chip) public() string {
	der, err := x509.MarshalPKIXPublicKey(c.key.Public())
	if err != nil {
		panic(err)
	}
	return base64.StdEncoding.EncodeToString(der)
}

// question is a challenge, of which a test may change what it likes.
type question struct {
	channel, object, verifier string
	at                        time.Time
	nonce                     []byte
}

func ask(s *Scene, object, verifier string) question {
	nonce := make([]byte, 16)
	for i := range nonce {
		nonce[i] = byte(rand.Uint32()) //nolint:gosec // of a test
	}
	return question{channel: "trade", object: object, verifier: verifier, at: s.Now, nonce: nonce}
}

// answer counts on and signs.
func (c *chip) answer(q question) product.AuthenticateRequest {
	c.counter++
	message := product.TagMessage(q.channel, q.object, q.verifier, q.at, q.nonce, c.counter)
	return product.AuthenticateRequest{
		ID: q.object, Time: q.at, Nonce: base64.StdEncoding.EncodeToString(q.nonce), Counter: c.counter,
		Signature: base64.StdEncoding.EncodeToString(ed25519.Sign(c.key, message)),
	}
}

func bind(s *Scene, msp string, req product.BindTagRequest) (tag product.Tag, err error) {
	s.Now = s.Now.Add(time.Minute)
	err = s.As(msp, ledger.RoleOperator).Update(func(tx *ledger.Tx) error {
		tag, err = product.BindTag(tx, req)
		return err
	})
	return tag, err
}

func authenticate(s *Scene, msp string, req product.AuthenticateRequest) (response product.AuthenticateResponse, err error) {
	err = s.As(msp, ledger.RoleGateway).Update(func(tx *ledger.Tx) error {
		response, err = product.Authenticate(tx, req)
		return err
	})
	return response, err
}

func read[Req, Resp any](t *testing.T, s *Scene, rule func(*ledger.Tx, Req) (Resp, error), req Req) (response Resp) {
	t.Helper()
	require.NoError(t, s.As(Regulator, ledger.RoleAuditor).Query(func(tx *ledger.Tx) (err error) {
		response, err = rule(tx, req)
		return err
	}))
	return response
}

func tagged(t *testing.T) (*Scene, *chip) {
	t.Helper()
	s, c := New(t), newChip(1)
	s.MustCapture(Manufacturer, Commission(a))
	_, err := bind(s, Manufacturer, product.BindTagRequest{ID: a, PublicKey: c.public(), Algorithm: "EdDSA"})
	require.NoError(t, err)
	return s, c
}

func TestATagAnswersWhoeverAsksIt(t *testing.T) {
	s, c := tagged(t)
	s.MustCapture(Manufacturer, Ship(Retailer, a))
	before := s.Twin(a)
	for i, verifier := range []string{Retailer, Carrier, Manufacturer} {
		got, err := authenticate(s, verifier, c.answer(ask(s, a, verifier)))
		require.NoError(t, err)
		require.False(t, got.Clone)
		require.Equal(t, product.Active, got.State)
		require.Equal(t, Manufacturer, got.Custodian)
		require.EqualValues(t, i+1, got.Reading.Counter)
		s.Now = s.Now.Add(time.Second)
	}
	require.Equal(t, before, s.Twin(a), "a reading is no event")
	tag := read(t, s, product.ReadTag, product.ReadTagRequest{ID: a})
	require.True(t, tag.Valid)
	require.EqualValues(t, 3, tag.Counter)
	readings := read(t, s, product.ListTagReadings, product.ListTagReadingsRequest{ID: a}).Readings
	require.Len(t, readings, 3)
	require.Equal(t, Carrier, readings[1].Verifier)
}

func TestAnAnswerToAnythingElseIsRefused(t *testing.T) {
	for name, change := range map[string]func(*question){
		"another channel":  func(q *question) { q.channel = "other" },
		"another object":   func(q *question) { q.object = b },
		"another verifier": func(q *question) { q.verifier = Carrier },
		"another time":     func(q *question) { q.at = q.at.Add(time.Millisecond) },
		"another nonce":    func(q *question) { q.nonce = append([]byte{q.nonce[0] ^ 1}, q.nonce[1:]...) },
	} {
		t.Run(name, func(t *testing.T) {
			s, c := tagged(t)
			asked := ask(s, a, Retailer)
			other := asked
			change(&other)
			request := c.answer(other)
			request.ID, request.Time, request.Nonce = asked.object, asked.at, base64.StdEncoding.EncodeToString(asked.nonce)
			before := s.Ledger.Dump()
			_, err := authenticate(s, Retailer, request)
			require.ErrorIs(t, err, fault.BadSignature)
			require.Equal(t, before, s.Ledger.Dump())
		})
	}
	s, c := tagged(t)
	request := c.answer(ask(s, a, Retailer))
	request.Counter++
	_, err := authenticate(s, Retailer, request)
	require.ErrorIs(t, err, fault.BadSignature, "another counter")
	_, err = authenticate(s, Retailer, newChip(2).answer(ask(s, a, Retailer)))
	require.ErrorIs(t, err, fault.BadSignature, "another tag")
}

func TestAReplayNeverRaisesASuspicion(t *testing.T) {
	s, c := tagged(t)
	first := c.answer(ask(s, a, Retailer))
	done, err := authenticate(s, Retailer, first)
	require.NoError(t, err)
	s.Now = s.Now.Add(time.Minute)
	_, err = authenticate(s, Retailer, c.answer(ask(s, a, Retailer)))
	require.NoError(t, err)
	_, err = authenticate(s, Retailer, first)
	require.ErrorIs(t, err, fault.AlreadyRecorded)
	require.Equal(t, done.Reading.Transaction, fault.Of(err).Detail["transaction"])
	_, err = authenticate(s, Carrier, first)
	require.ErrorIs(t, err, fault.BadSignature)
	s.Now = s.Now.Add(product.MaxTagAge)
	_, err = authenticate(s, Retailer, first)
	require.ErrorIs(t, err, fault.InvalidRequest)
	early := ask(s, a, Retailer)
	early.at = s.Now.Add(product.MaxTagAge + time.Millisecond)
	_, err = authenticate(s, Retailer, c.answer(early))
	require.ErrorIs(t, err, fault.TimeAhead)
	require.Empty(t, s.Twin(a).Suspicions)
}

func TestACloneIsFoundByItsCounter(t *testing.T) {
	s, c := tagged(t)
	_, err := authenticate(s, Retailer, c.answer(ask(s, a, Retailer)))
	require.NoError(t, err)
	clone := *c // somebody has read the key out
	for range 3 {
		s.Now = s.Now.Add(time.Minute)
		_, err = authenticate(s, Retailer, c.answer(ask(s, a, Retailer)))
		require.NoError(t, err)
	}
	s.Now = s.Now.Add(time.Minute)
	request := clone.answer(ask(s, a, Carrier)) // counter 2, which is taken
	got, err := authenticate(s, Carrier, request)
	require.NoError(t, err, "it is put on record")
	require.True(t, got.Clone)
	require.True(t, got.Suspected)
	_, err = authenticate(s, Carrier, request)
	require.ErrorIs(t, err, fault.AlreadyRecorded)
	got, err = authenticate(s, Carrier, clone.answer(ask(s, a, Carrier)))
	require.NoError(t, err)
	require.True(t, got.Clone)

	found := s.Twin(a).Suspicions
	require.Len(t, found, 2)
	for _, f := range found {
		require.Equal(t, product.Counter, f.Why)
		require.Equal(t, Carrier, f.By)
		require.Equal(t, f.By, f.Reading.Verifier)
		require.Empty(t, f.Event)
	}
	require.EqualValues(t, 4, read(t, s, product.ReadTag, product.ReadTagRequest{ID: a}).Counter)
	require.Equal(t, Manufacturer, s.Twin(a).Custodian)
	s.MustCapture(Manufacturer, Ship(Retailer, a)) // it blocks nothing
}

func TestVerifiersThatAreRecordedInAnotherOrderFindNoClone(t *testing.T) {
	s, c := tagged(t)
	early := c.answer(ask(s, a, Carrier)) // 1
	s.Now = s.Now.Add(time.Minute)
	_, err := authenticate(s, Retailer, c.answer(ask(s, a, Retailer))) // 2
	require.NoError(t, err)
	got, err := authenticate(s, Carrier, early)
	require.NoError(t, err)
	require.False(t, got.Clone)
	_, err = authenticate(s, Carrier, early)
	require.ErrorIs(t, err, fault.AlreadyRecorded)
	require.Empty(t, s.Twin(a).Suspicions)
	late := &chip{key: c.key} // has not counted: asked after the answer with 2
	s.Now = s.Now.Add(time.Minute)
	late.counter = 1
	got, err = authenticate(s, Carrier, late.answer(ask(s, a, Carrier)))
	require.NoError(t, err)
	require.True(t, got.Clone)
}

func TestACounterFromBeforeItWasBoundShowsAClone(t *testing.T) {
	s := New(t)
	c := newChip(1)
	c.counter = 100
	s.MustCapture(Manufacturer, Commission(a))
	_, err := bind(s, Manufacturer, product.BindTagRequest{ID: a, PublicKey: c.public(), Algorithm: "EdDSA", Counter: 100})
	require.NoError(t, err)
	old := &chip{key: c.key, counter: 49}
	got, err := authenticate(s, Retailer, old.answer(ask(s, a, Retailer)))
	require.NoError(t, err)
	require.True(t, got.Clone)
	got, err = authenticate(s, Retailer, c.answer(ask(s, a, Retailer)))
	require.NoError(t, err)
	require.False(t, got.Clone)
}

func TestWhoBindsATag(t *testing.T) {
	s := New(t)
	c := newChip(1)
	request := product.BindTagRequest{ID: a, PublicKey: c.public(), Algorithm: "EdDSA"}
	refuse := func(code fault.Code, msp string, req product.BindTagRequest) {
		t.Helper()
		before := s.Ledger.Dump()
		_, err := bind(s, msp, req)
		require.ErrorIs(t, err, code)
		require.Equal(t, before, s.Ledger.Dump())
	}
	refuse(fault.NotFound, Manufacturer, request)
	s.MustCapture(Retailer, Event{Action: "ADD", BizStep: "stock_taking", EPCs: []string{b}})
	refuse(fault.NotLicensee, Retailer, product.BindTagRequest{ID: b, PublicKey: c.public(), Algorithm: "EdDSA"})
	refuse(fault.NotCustodian, Manufacturer, product.BindTagRequest{ID: b, PublicKey: c.public(), Algorithm: "EdDSA"})
	s.MustCapture(Manufacturer, Commission(a))
	refuse(fault.NotLicensee, Retailer, request)
	refuse(fault.ReaderOnly, Regulator, request)
	refuse(fault.NotParticipant, Outsider, request)
	refuse(fault.InvalidRequest, Manufacturer, product.BindTagRequest{ID: a, PublicKey: c.public(), Algorithm: "ES256"})
	refuse(fault.InvalidRequest, Manufacturer, product.BindTagRequest{ID: a, PublicKey: "AAAA", Algorithm: "EdDSA"})
	refuse(fault.LimitExceeded, Manufacturer, product.BindTagRequest{ID: a, PublicKey: c.public(), Algorithm: "EdDSA", Counter: product.MaxTagCounter + 1})
	refuse(fault.Unsupported, Manufacturer, product.BindTagRequest{ID: "/01/09506000134352", PublicKey: c.public(), Algorithm: "EdDSA"})

	_, err := bind(s, Manufacturer, request)
	require.NoError(t, err)
	refuse(fault.AlreadyExists, Manufacturer, request)
	s.MustCapture(Manufacturer, Ship(Retailer, a))
	s.MustCapture(Retailer, Step("receiving", a))
	other := newChip(2)
	refuse(fault.NotLicensee, Retailer, product.BindTagRequest{ID: a, PublicKey: other.public(), Algorithm: "EdDSA"})
	_, err = bind(s, Manufacturer, product.BindTagRequest{ID: a, PublicKey: other.public(), Algorithm: "EdDSA", Counter: 5})
	require.NoError(t, err, "it broke, and is replaced where it is")
	tag := read(t, s, product.ReadTag, product.ReadTagRequest{ID: a})
	require.Equal(t, 2, tag.Number)
	require.Len(t, tag.Earlier, 1)
	require.Equal(t, c.public(), tag.Earlier[0].PublicKey)
	_, err = authenticate(s, Retailer, c.answer(ask(s, a, Retailer)))
	require.ErrorIs(t, err, fault.BadSignature, "the old one counts no longer")
	s.MustCapture(Retailer, Delete("retail_selling", a))
	refuse(fault.ObjectEnded, Manufacturer, request)
	other.counter = 5
	got, err := authenticate(s, Carrier, other.answer(ask(s, a, Carrier)))
	require.NoError(t, err, "it answers after it was sold")
	require.Equal(t, product.Ended, got.State)
}

func TestATagIsOfOneLife(t *testing.T) {
	s := New(t)
	c := newChip(1)
	pallet := Pallet(Manufacturer, 1)
	s.MustCapture(Manufacturer, Commission(pallet))
	_, err := bind(s, Manufacturer, product.BindTagRequest{ID: pallet, PublicKey: c.public(), Algorithm: "EdDSA"})
	require.NoError(t, err)
	s.MustCapture(Manufacturer, Delete("decommissioning", pallet))
	s.Now = s.Now.AddDate(1, 0, 1)
	s.MustCapture(Manufacturer, Commission(pallet))
	_, err = authenticate(s, Retailer, c.answer(ask(s, pallet, Retailer)))
	require.ErrorIs(t, err, fault.NotFound)
	require.False(t, read(t, s, product.ReadTag, product.ReadTagRequest{ID: pallet}).Valid)
	_, err = bind(s, Manufacturer, product.BindTagRequest{ID: pallet, PublicKey: c.public(), Algorithm: "EdDSA", Counter: c.counter})
	require.NoError(t, err)
}

func TestRequestsThatAreNoAnswersAreRefused(t *testing.T) {
	s, c := tagged(t)
	for name, test := range map[string]struct {
		change func(*product.AuthenticateRequest)
		code   fault.Code
		field  string
	}{
		"a short nonce": {func(r *product.AuthenticateRequest) { r.Nonce = base64.StdEncoding.EncodeToString(make([]byte, 15)) }, fault.InvalidRequest, "/nonce"},
		"a long nonce":  {func(r *product.AuthenticateRequest) { r.Nonce = base64.StdEncoding.EncodeToString(make([]byte, 67)) }, fault.LimitExceeded, "/nonce"},
		"no base64":     {func(r *product.AuthenticateRequest) { r.Nonce = "!" }, fault.InvalidRequest, "/nonce"},
		"no signature":  {func(r *product.AuthenticateRequest) { r.Signature = "" }, fault.InvalidRequest, "/signature"},
		"a long signature": {func(r *product.AuthenticateRequest) {
			r.Signature = base64.StdEncoding.EncodeToString(make([]byte, 100))
		}, fault.LimitExceeded, "/signature"},
		"garbage": {func(r *product.AuthenticateRequest) {
			r.Signature = base64.StdEncoding.EncodeToString(make([]byte, 64))
		}, fault.BadSignature, "/signature"},
		"a counter too far": {func(r *product.AuthenticateRequest) { r.Counter = product.MaxTagCounter + 1 }, fault.LimitExceeded, "/counter"},
		"an untagged thing": {func(r *product.AuthenticateRequest) { r.ID = b }, fault.NotFound, "/id"},
	} {
		request := c.answer(ask(s, a, Retailer))
		test.change(&request)
		_, err := authenticate(s, Retailer, request)
		require.ErrorIs(t, err, test.code, name)
		require.Equal(t, test.field, fault.Of(err).Field, name)
	}
	_, err := authenticate(s, Regulator, c.answer(ask(s, a, Regulator)))
	require.ErrorIs(t, err, fault.ReaderOnly)
}

// The published examples are answers that the ledger takes.
func TestTheVectorsOfTagAnswersHold(t *testing.T) {
	raw, err := os.ReadFile("testdata/tag.json")
	require.NoError(t, err)
	var vectors []struct {
		Algorithm, PublicKey, Channel, Object, Verifier, Nonce, Message, Signature string
		Time                                                                       time.Time
		Counter                                                                    uint64
	}
	require.NoError(t, json.Unmarshal(raw, &vectors))
	require.Len(t, vectors, 3)
	for _, v := range vectors {
		nonce, err := base64.StdEncoding.DecodeString(v.Nonce)
		require.NoError(t, err)
		require.Equal(t, v.Message, hex.EncodeToString(product.TagMessage(v.Channel, v.Object, v.Verifier, v.Time, nonce, v.Counter)))
		s := New(t)
		s.MustCapture(Manufacturer, Commission(v.Object))
		_, err = bind(s, Manufacturer, product.BindTagRequest{ID: v.Object, PublicKey: v.PublicKey, Algorithm: v.Algorithm})
		require.NoError(t, err)
		got, err := authenticate(s, v.Verifier, product.AuthenticateRequest{ID: v.Object, Time: v.Time, Nonce: v.Nonce, Counter: v.Counter, Signature: v.Signature})
		require.NoError(t, err)
		require.False(t, got.Clone)
	}
}
