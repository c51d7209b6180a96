package condition_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"strconv"
	"testing"
	"time"

	"github.com/gowebpki/jcs"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
	"github.com/countersign-ledger/countersign/chaincode/personal"
)

func edKey(seed byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(append(make([]byte, 31), seed))
}

func (w *world) proposal(recording []byte) memledger.Proposal {
	return memledger.Proposal{
		Time: w.now, Caller: w.as(maker, ledger.RoleGateway).Caller,
		Transient: map[string][]byte{condition.TransientRecording: recording},
	}
}

func (w *world) statement(breach, meaning string) condition.Statement {
	return condition.Statement{ID: "decision-1", Breach: breach, Meaning: meaning, Reason: "Stability data cover it: 12 h < 24 h.", Time: evaluation.MomentOf(w.now)}
}

// signed is a decision as a person signs it.
func (w *world) signed(by person, s condition.Statement) condition.DecideRequest {
	message, err := condition.DecisionBytes(s)
	require.NoError(w, err)
	return condition.DecideRequest{Statement: s, Proof: w.signature(by, message)}
}

// signature signs a message as a person.
func (w *world) signature(by person, message []byte) personal.Proof {
	digest := sha256.Sum256(message)
	r, sigS, err := ecdsa.Sign(rand.Reader, by.key, digest[:])
	require.NoError(w, err)
	if n := by.key.Params().N; sigS.Cmp(new(big.Int).Rsh(n, 1)) > 0 {
		sigS.Sub(n, sigS)
	}
	return personal.Proof{Certificate: base64.StdEncoding.EncodeToString(by.Certificate), Signature: der(w, r, sigS)}
}

func der(t require.TestingT, r, s *big.Int) string {
	encoded, err := asn1.Marshal(struct{ R, S *big.Int }{r, s})
	require.NoError(t, err)
	return base64.StdEncoding.EncodeToString(encoded)
}

// decide signs and submits, the latter by an operator.
func (w *world) decide(by person, s condition.Statement, change func(*condition.DecideRequest)) (condition.DecideResponse, error) {
	req := w.signed(by, s)
	if change != nil {
		change(&req)
	}
	return call(w, w.as(carrier, ledger.RoleOperator), condition.Decide, req)
}

// breached is a world with an open breach.
func breached(t *testing.T) (*world, string) {
	w := watching(t)
	return w, w.record(0, 90, 10, 90, 20, 50).Lanes[0].Breach
}

func TestQualityReleasesWhatABreachHolds(t *testing.T) {
	w, id := breached(t)
	resp, err := w.decide(w.as(maker, ledger.RoleQuality), w.statement(id, condition.Release), nil)
	require.NoError(t, err)
	require.Equal(t, 3, resp.Released)
	require.Zero(t, w.twin(object(0)).Holds)
	breach := w.breach(id)
	require.Equal(t, condition.StateDecided, breach.State)
	require.Equal(t, resp.Decision, *breach.Decided)
	require.Equal(t, "CN=quality,O=ManufacturerMSP issued by CN=ca.ManufacturerMSP", breach.Decided.By.Subject)
	require.False(t, breach.Decided.Late)
	require.Equal(t, evaluation.Broken, w.watch().Verdict, "the fact stands")

	again := w.record(25, 90, 30, 60)
	require.True(t, again.Lanes[0].Opened, "more time out of range than allowed: a new breach")
	require.NotEqual(t, id, again.Lanes[0].Breach)
	require.Equal(t, 1, w.twin(object(0)).Holds)
}

func TestARejectedObjectStaysHeld(t *testing.T) {
	w, id := breached(t)
	resp, err := w.decide(w.as(maker, ledger.RoleQuality), w.statement(id, condition.Reject), nil)
	require.NoError(t, err)
	require.Zero(t, resp.Released)
	require.Equal(t, 1, w.twin(object(0)).Holds)
	require.Equal(t, condition.StateDecided, w.breach(id).State)
}

func TestADecisionIsRefused(t *testing.T) {
	release := func(w *world, id string) condition.Statement { return w.statement(id, condition.Release) }
	quality := func(w *world) person { return w.as(maker, ledger.RoleQuality) }
	same := func(*condition.DecideRequest) {}
	for name, c := range map[string]struct {
		by        func(*world) person
		statement func(*world, string) condition.Statement
		change    func(*condition.DecideRequest)
		want      error
	}{
		"by another organisation's quality": {func(w *world) person { return w.as(carrier, ledger.RoleQuality) }, release, same, fault.NotIndependent},
		"by an operator":                    {func(w *world) person { return w.as(maker, ledger.RoleOperator) }, release, same, fault.RoleRequired},
		"by a self-made certificate": {func(w *world) person {
			return w.certify(maker, ledger.RoleQuality, "quality", newKey(w), w.newAuthority(maker), origin.AddDate(1, 0, 0))
		}, release, same, fault.NotIndependent},
		"by an expired certificate": {func(w *world) person {
			return w.certify(maker, ledger.RoleQuality, "quality", newKey(w), w.authority(maker), origin)
		}, release, same, fault.BadSignature},
		"with another key": {func(w *world) person {
			p := w.as(maker, ledger.RoleQuality)
			p.key = newKey(w)
			return p
		}, release, same, fault.BadSignature},
		"with the other s": {quality, release, func(r *condition.DecideRequest) {
			raw, _ := base64.StdEncoding.DecodeString(r.Signature)
			var parsed struct{ R, S *big.Int }
			_, _ = asn1.Unmarshal(raw, &parsed)
			r.Signature = der(t, parsed.R, parsed.S.Sub(newKey(t).Params().N, parsed.S))
		}, fault.BadSignature},
		"changed to the contrary": {
			quality, func(w *world, id string) condition.Statement { return w.statement(id, condition.Reject) },
			func(r *condition.DecideRequest) { r.Statement.Meaning = condition.Release }, fault.BadSignature,
		},
		"with another reason":    {quality, release, func(r *condition.DecideRequest) { r.Statement.Reason += " " }, fault.BadSignature},
		"with another time":      {quality, release, func(r *condition.DecideRequest) { r.Statement.Time++ }, fault.BadSignature},
		"with another id":        {quality, release, func(r *condition.DecideRequest) { r.Statement.ID += "0" }, fault.BadSignature},
		"without a signature":    {quality, release, func(r *condition.DecideRequest) { r.Signature = "" }, fault.BadSignature},
		"without a certificate":  {quality, release, func(r *condition.DecideRequest) { r.Certificate = "" }, fault.InvalidRequest},
		"with a huge one":        {quality, release, func(r *condition.DecideRequest) { r.Certificate = string(make([]byte, 5000)) }, fault.LimitExceeded},
		"with many more":         {quality, release, func(r *condition.DecideRequest) { r.Intermediates = make([]string, 4) }, fault.LimitExceeded},
		"without a reason":       {quality, release, func(r *condition.DecideRequest) { r.Statement.Reason = "" }, fault.InvalidRequest},
		"without a meaning":      {quality, release, func(r *condition.DecideRequest) { r.Statement.Meaning = "maybe" }, fault.InvalidRequest},
		"of no breach":           {quality, func(w *world, id string) condition.Statement { return w.statement("00", condition.Release) }, same, fault.NotFound},
		"dated ahead":            {quality, later(15*time.Minute + time.Millisecond), same, fault.TimeAhead},
		"dated before the event": {quality, later(-15*time.Minute - time.Millisecond), same, fault.InvalidRequest},
	} {
		t.Run(name, func(t *testing.T) {
			w, id := breached(t)
			by, s := c.by(w), c.statement(w, id)
			before := w.ledger.Dump()
			_, err := w.decide(by, s, c.change)
			require.ErrorIs(t, err, c.want)
			require.Equal(t, before, w.ledger.Dump())
		})
	}
}

func later(d time.Duration) func(*world, string) condition.Statement {
	return func(w *world, id string) condition.Statement {
		s := w.statement(id, condition.Release)
		s.Time = evaluation.MomentOf(w.now.Add(d))
		return s
	}
}

func TestADecisionIsRecordedOnce(t *testing.T) {
	w, id := breached(t)
	quality := w.as(maker, ledger.RoleQuality)
	first, err := w.decide(quality, w.statement(id, condition.Reject), nil)
	require.NoError(t, err)
	_, err = w.decide(quality, w.statement(id, condition.Reject), nil)
	require.ErrorIs(t, err, fault.AlreadyRecorded)
	require.Equal(t, first.Decision.Transaction, fault.Of(err).Detail["transaction"])
	_, err = w.decide(quality, w.statement(id, condition.Release), nil)
	require.ErrorIs(t, err, fault.AlreadyExists)
	second := w.statement(id, condition.Release)
	second.ID = "decision-2"
	_, err = w.decide(quality, second, nil)
	require.ErrorIs(t, err, fault.Closed)
}

func TestWhoSubmittedTheReadingsDoesNotDecide(t *testing.T) {
	w := watching(t)
	quality := w.as(maker, ledger.RoleQuality)
	recording := w.seal(readings(0, 90, 10, 90, 20, 50), nil)
	w.now = origin.Add(20 * time.Minute)
	resp, err := w.submit(quality, recording.Bytes())
	require.NoError(t, err)
	id := resp.Lanes[0].Breach
	_, err = w.decide(quality, w.statement(id, condition.Release), nil)
	require.ErrorIs(t, err, fault.NotIndependent)

	renewed := w.certify(maker, ledger.RoleQuality, "quality", newKey(w), w.authority(maker), origin.AddDate(1, 0, 0))
	_, err = w.decide(renewed, w.statement(id, condition.Release), nil)
	require.ErrorIs(t, err, fault.NotIndependent, "the same person with a new certificate")
	renamed := w.certify(maker, ledger.RoleQuality, "other", quality.key, w.authority(maker), origin.AddDate(1, 0, 0))
	_, err = w.decide(renamed, w.statement(id, condition.Release), nil)
	require.ErrorIs(t, err, fault.NotIndependent, "the same key under another name")

	_, err = w.decide(w.named(maker, ledger.RoleQuality, "second"), w.statement(id, condition.Release), nil)
	require.NoError(t, err)
}

func TestNoSubmitterIsForgottenHoweverManyThereAre(t *testing.T) {
	w := watching(t)
	var ids []string
	for i := range int64(17) {
		recording := w.seal(readings(20*i, 90, 20*i+9, 95, 20*i+11, 90), nil)
		w.now = recording.Last().At()
		resp, err := w.submit(w.named(maker, ledger.RoleOperator, "operator-"+strconv.Itoa(int(i))), recording.Bytes())
		require.NoError(t, err)
		w.sequence, w.previous = w.sequence+1, recording.Root()
		ids = append(ids, resp.Lanes[0].Breach)
	}
	require.Equal(t, ids[0], ids[15])
	require.Len(t, w.breach(ids[0]).Submitters, 16)
	require.NotEqual(t, ids[0], ids[16], "the seventeenth has a breach of his own")
	require.Len(t, w.breach(ids[16]).Submitters, 1)
	require.Equal(t, 2, w.twin(object(0)).Holds)
}

func TestALateDecisionIsFlagged(t *testing.T) {
	w, id := breached(t)
	s := w.statement(id, condition.Release)
	w.now = w.now.Add(16 * time.Minute)
	resp, err := w.decide(w.as(maker, ledger.RoleQuality), s, nil)
	require.NoError(t, err)
	require.True(t, resp.Decision.Late)
}

func TestAnIntermediateLeadsToTheRoot(t *testing.T) {
	w, id := breached(t)
	between := w.authorityUnder(w.authority(maker))
	by := w.certify(maker, ledger.RoleQuality, "inspector", newKey(w), between, origin.AddDate(1, 0, 0))
	_, err := w.decide(by, w.statement(id, condition.Release), nil)
	require.ErrorIs(t, err, fault.NotIndependent)
	_, err = w.decide(by, w.statement(id, condition.Release), func(r *condition.DecideRequest) {
		r.Intermediates = []string{base64.StdEncoding.EncodeToString(between.certificate.Raw)}
	})
	require.NoError(t, err)
}

func TestTheBytesOfADecisionAreCanonical(t *testing.T) {
	s := condition.Statement{
		ID: "d-1", Breach: "00112233445566778899aabbccddeeff", Meaning: condition.Release,
		Reason: "a \"quoted\" <reason> & \u2028 é \n", Time: evaluation.MomentOf(origin),
	}
	got, err := condition.DecisionBytes(s)
	require.NoError(t, err)
	require.Equal(t, `{"breach":"00112233445566778899aabbccddeeff","id":"d-1","meaning":"release","reason":"a \"quoted\" <reason> & `+"\u2028"+` é \n","time":"2026-03-01T08:00:00.000Z","type":"countersign.decision.v1"}`, string(got))

	s.Reason = "\xff"
	_, err = condition.DecisionBytes(s)
	require.ErrorIs(t, err, fault.InvalidRequest)
}

func TestTheBytesOfADecisionAreThoseOfRFC8785(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := condition.Statement{
			ID: "d-1", Breach: rapid.StringN(1, 20, 60).Draw(t, "breach"), Meaning: condition.Reject,
			Reason: rapid.StringN(1, 50, 200).Draw(t, "reason"), Time: evaluation.MomentOf(origin),
		}
		got, err := condition.DecisionBytes(s)
		require.NoError(t, err)
		plain, err := json.Marshal(map[string]any{
			"type": "countersign.decision.v1", "id": s.ID, "breach": s.Breach, "meaning": s.Meaning, "reason": s.Reason, "time": s.Time,
		})
		require.NoError(t, err)
		want, err := jcs.Transform(plain)
		require.NoError(t, err)
		require.Equal(t, string(want), string(got))
	})
}
