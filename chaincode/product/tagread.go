package product

import (
	"encoding/base64"
	"fmt"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
)

const (
	// MaxTagAge is how far the time of a challenge may lie from ledger time,
	// either way: an answer is recorded at once or not at all.
	MaxTagAge = 15 * time.Minute
	// MinNonce and MaxNonce bound the nonce of a challenge, in bytes.
	MinNonce = 16
	MaxNonce = 64

	maxSignature = 80 // bytes: DER of ECDSA on P-256 takes at most 72
)

// TagReading is an answer of a tag. Its signature, over [TagMessage] with the
// channel's name, verifies with the key of the tag of that number.
type TagReading struct {
	// Tag is the number of the tag ([Tag.Number]).
	Tag int `json:"tag"`
	// Counter is what the tag answered with.
	Counter uint64 `json:"counter"`
	// Verifier is the MSP id of the organisation that asked.
	Verifier string `json:"verifier"`
	// Time is that of the challenge.
	Time time.Time `json:"time"`
	// Nonce of the challenge and Signature of the tag are base64.
	Nonce     string `json:"nonce"`
	Signature string `json:"signature"`
	// Recorded is the ledger time, and Transaction what recorded it.
	Recorded    time.Time `json:"recorded"`
	Transaction string    `json:"transaction"`
}

// tagRead is the record of a reading. Its key ends in the tag's number and the
// counter: a tag answers with each once.
type tagRead struct {
	V int `json:"v"`
	TagReading
}

func tagReadKey(path string, tag int, counter uint64) ledger.Key {
	return ledger.NewKey("tagread", path, ledger.Number(uint64(tag)), fmt.Sprintf("%016d", counter))
}

// AuthenticateRequest is the answer of an object's tag to a challenge of the
// caller's organisation.
type AuthenticateRequest struct {
	// ID is the object in any GS1 form.
	ID string `json:"id"`
	// Time is that of the challenge, at most 15 minutes from ledger time. What
	// is finer than milliseconds is left out.
	Time time.Time `json:"time"`
	// Nonce is that of the challenge: 16 to 64 random bytes, base64.
	Nonce string `json:"nonce"`
	// Counter is the tag's.
	Counter uint64 `json:"counter"`
	// Signature is the tag's over [TagMessage], base64.
	Signature string `json:"signature"`
}

// AuthenticateResponse says what the answer shows.
type AuthenticateResponse struct {
	// ID is the object, canonical.
	ID string `json:"id"`
	// Clone says that there are two that have the tag's key: its counter did
	// not rise. The object is suspected; which of the two is genuine, no
	// signature tells.
	Clone bool `json:"clone"`
	// State is where the object is in its life, Custodian who answers for it,
	// and Unproven and Suspected say what else is known of it: an answering tag
	// shows that this is the object, not that all is well with it.
	State     State  `json:"state"`
	Custodian string `json:"custodian"`
	Unproven  bool   `json:"unproven,omitempty"`
	Suspected bool   `json:"suspected,omitempty"`
	// Reading is what was recorded.
	Reading TagReading `json:"reading"`
}

// Authenticate records the answer of an object's tag to a challenge of the
// caller's organisation, and so that the tag was there. It takes an operator,
// admin or gateway of any organisation that writes. The twin is not changed: it
// is no event, and however often a tag is read, the custodian's transactions do
// not conflict with that.
//
// The counter rises with each answer. One that does not is recorded too, and the
// object suspected of having a clone, except when it was asked before the highest
// so far and its counter is not taken: then two verifiers were recorded in
// another order than they asked. A reading that an organisation replays, or that
// another does, is refused, so that nobody brings an object under suspicion with
// an answer that it has overheard. Two answers with one counter prove that there
// are two with the key; a lower counter does so as far as one believes the
// verifier that it asked when it says it did, and it stands on record who that is.
//
// Refusals: fault.NotParticipant, fault.ReaderOnly, fault.RoleRequired,
// fault.InvalidIdentifier, fault.Unsupported, fault.NotFound when the object is
// not on the ledger or has no tag in its present life, fault.InvalidRequest for a
// nonce that is too short and a time more than 15 minutes ago, fault.TimeAhead,
// fault.LimitExceeded, fault.BadSignature when it is not the tag's over this
// channel, object, verifier, time, nonce and counter, and fault.AlreadyRecorded
// with the first transaction as a detail.
func Authenticate(tx *ledger.Tx, req AuthenticateRequest) (AuthenticateResponse, error) {
	if _, err := participant.Require(tx, ledger.RoleOperator, ledger.RoleAdmin, ledger.RoleGateway); err != nil {
		return AuthenticateResponse{}, err
	}
	_, twin, err := present(tx, req.ID)
	if err != nil {
		return AuthenticateResponse{}, err
	}
	tag, found, err := ledger.Load[Tag](tx, tagKey(twin.ID))
	if err != nil {
		return AuthenticateResponse{}, err
	}
	if !found || tag.Life != twin.lives() {
		return AuthenticateResponse{}, fault.New(fault.NotFound, "no tag is bound to the object").About(twin.ID).At("/id")
	}
	reading, message, err := tag.check(tx, req)
	if err != nil {
		return AuthenticateResponse{}, fault.Of(err).About(twin.ID)
	}
	clone, err := tag.count(tx, reading, message)
	return AuthenticateResponse{
		ID: twin.ID, Clone: clone, State: twin.State, Custodian: twin.Custodian,
		Unproven: twin.Unproven, Suspected: twin.Suspected || clone, Reading: reading,
	}, err
}

// check verifies an answer, and returns it with what was signed.
func (t *Tag) check(tx *ledger.Tx, req AuthenticateRequest) (TagReading, []byte, error) {
	at := req.Time.UTC().Truncate(time.Millisecond)
	if req.Counter > MaxTagCounter {
		return TagReading{}, nil, fault.New(fault.LimitExceeded, "a counter is at most %d", uint64(MaxTagCounter)).At("/counter")
	}
	switch {
	case at.After(tx.Time().Add(MaxTagAge)):
		return TagReading{}, nil, fault.New(fault.TimeAhead, "the challenge lies more than %v ahead of the ledger", MaxTagAge).At("/time")
	case at.Before(tx.Time().Add(-MaxTagAge)):
		return TagReading{}, nil, fault.New(fault.InvalidRequest, "the challenge was more than %v ago: ask the tag again", MaxTagAge).At("/time")
	}
	nonce, err := bytesOf(req.Nonce, MinNonce, MaxNonce, "/nonce")
	if err != nil {
		return TagReading{}, nil, err
	}
	signature, err := bytesOf(req.Signature, 1, maxSignature, "/signature")
	if err != nil {
		return TagReading{}, nil, err
	}
	key, err := t.key()
	if err != nil {
		return TagReading{}, nil, fault.New(fault.Internal, "the tag's key: %w", err)
	}
	verifier := tx.Caller().MSP
	message := TagMessage(tx.Channel(), t.ID, verifier, at, nonce, req.Counter)
	if !verifies(key, message, signature) {
		return TagReading{}, nil, fault.New(fault.BadSignature, "the answer is not the tag's to this challenge").At("/signature")
	}
	return TagReading{
		Tag: t.Number, Counter: req.Counter, Verifier: verifier, Time: at, Nonce: base64.StdEncoding.EncodeToString(nonce),
		Signature: base64.StdEncoding.EncodeToString(signature), Recorded: tx.Time(), Transaction: tx.ID(),
	}, message, nil
}

// bytesOf reads base64 of least to most bytes.
func bytesOf(text string, least, most int, at string) ([]byte, error) {
	if len(text) > base64.StdEncoding.EncodedLen(most) {
		return nil, fault.New(fault.LimitExceeded, "this has at most %d bytes", most).At(at)
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || len(raw) < least || len(raw) > most {
		return nil, fault.New(fault.InvalidRequest, "this is %d to %d bytes in base64", least, most).At(at)
	}
	return raw, nil
}

// count records an answer by its counter, and reports whether that shows a clone.
func (t *Tag) count(tx *ledger.Tx, reading TagReading, message []byte) (clone bool, err error) {
	if reading.Counter > t.Counter {
		t.Counter, t.Read = reading.Counter, reading.Time
		if err := ledger.Store(tx, tagKey(t.ID), t); err != nil {
			return false, err
		}
		return false, ledger.Store(tx, tagReadKey(t.ID, t.Number, reading.Counter), tagRead{V: Version, TagReading: reading})
	}
	same, taken, err := ledger.Load[tagRead](tx, tagReadKey(t.ID, t.Number, reading.Counter))
	switch {
	case err != nil:
		return false, err
	case taken && same.sameAnswer(reading):
		return false, errRead(same.TagReading)
	case !taken && reading.Counter > t.Start && reading.Time.Before(t.Read):
		return false, ledger.Store(tx, tagReadKey(t.ID, t.Number, reading.Counter), tagRead{V: Version, TagReading: reading})
	}
	key := suspicionKey(t.ID, Counter, reading.Verifier, digest(message))
	before, found, err := ledger.Load[suspicion](tx, key)
	switch {
	case err != nil:
		return false, err
	case found:
		return false, errRead(*before.Reading)
	}
	return true, ledger.Store(tx, key, suspicion{V: Version, Since: tx.Time(), Reading: &reading})
}

// sameAnswer reports whether two answers with the same counter are one: their
// signatures may differ.
func (r *TagReading) sameAnswer(o TagReading) bool {
	return r.Verifier == o.Verifier && r.Time.Equal(o.Time) && r.Nonce == o.Nonce
}

func errRead(before TagReading) error {
	return fault.New(fault.AlreadyRecorded, "this answer of the tag is on record").With("transaction", before.Transaction)
}
