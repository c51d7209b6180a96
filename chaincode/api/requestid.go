package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// MemberRequestID is the member of a request with which a caller names it, if it
// likes, so that it can be made again safely: what has been done under a name is not
// done again. Names belong to the caller's organisation, whoever of it asks.
//
// A request of the same function and content as the first under its name fails with
// fault.AlreadyRecorded, which names the first transaction; another one with
// fault.RequestIDConflict. One that was refused leaves its name free.
//
// Every [Update] takes it that does not take events or recordings, which have an
// identity of their own.
const MemberRequestID = "requestId"

// MaxRequestID bounds a request id, in characters. It has at least one, each of them
// printable ASCII and no space. Everybody on the channel can read it.
const MaxRequestID = 64

// requestVersion is the schema version of what is kept of a named request.
const requestVersion = 1

// request is what is kept of a named request, under (requestid, MSP, id).
type request struct {
	V int `json:"v"`
	// Hash is SHA-256 over the function's full name, a line feed and the request
	// without its name, members in the order of their names and without white space;
	// in hexadecimal.
	Hash string `json:"hash"`
	// Transaction is the first's id.
	Transaction string `json:"transaction"`
}

// namedRequest is a request that its caller has named; the zero value has no name.
type namedRequest struct {
	key  ledger.Key
	hash string
}

// named takes the name off a request, and refuses what has been done under it.
func (f *Function) named(tx *ledger.Tx, text []byte) (namedRequest, []byte, error) {
	if !f.RequestID || len(text) > MaxRequest || !bytes.Contains(text, []byte(`"`+MemberRequestID+`"`)) {
		return namedRequest{}, text, nil // decode sees to whatever else it may be
	}
	id, rest, err := takeOff(text)
	if err != nil || rest == nil {
		return namedRequest{}, text, err
	}
	if !ValidRequestID(id) {
		return namedRequest{}, nil, fault.New(fault.InvalidRequest, "a request id has 1 to %d printable ASCII characters and no space", MaxRequestID).At("/" + MemberRequestID)
	}
	digest := sha256.Sum256(append([]byte(f.FullName()+"\n"), rest...))
	n := namedRequest{ledger.NewKey("requestid", tx.Caller().MSP, id), hex.EncodeToString(digest[:])}
	before, found, err := ledger.Load[request](tx, n.key)
	switch {
	case err != nil:
		return namedRequest{}, nil, err
	case !found:
		return n, rest, nil
	case before.Hash != n.hash:
		return namedRequest{}, nil, fault.New(fault.RequestIDConflict, "%s has made another request %q, in transaction %s", tx.Caller().MSP, id, before.Transaction).
			At("/"+MemberRequestID).With("transaction", before.Transaction).With(MemberRequestID, id)
	}
	return namedRequest{}, nil, fault.New(fault.AlreadyRecorded, "request %q was carried out in transaction %s", id, before.Transaction).
		With("transaction", before.Transaction).With(MemberRequestID, id)
}

// keep puts the name on the ledger.
func (n namedRequest) keep(tx *ledger.Tx) error {
	if n.key == "" {
		return nil
	}
	return ledger.Store(tx, n.key, request{V: requestVersion, Hash: n.hash, Transaction: tx.ID()})
}

// takeOff parts a request from its name. rest is nil when it has none.
func takeOff(text []byte) (id string, rest []byte, err error) {
	if err := unambiguous(json.NewDecoder(bytes.NewReader(text))); err != nil {
		return "", nil, err
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(text, &members); err != nil {
		return "", nil, fault.New(fault.InvalidRequest, "the request is not JSON: %w", err)
	}
	name, ok := members[MemberRequestID]
	if !ok {
		return "", nil, nil
	}
	if err := json.Unmarshal(name, &id); err != nil || name[0] != '"' {
		return "", nil, fault.New(fault.InvalidRequest, "a request id is a string").At("/" + MemberRequestID)
	}
	delete(members, MemberRequestID)
	rest, err = json.Marshal(members) // in the order of their names, without white space
	if err != nil {
		return "", nil, fmt.Errorf("part a request from its name: %w", err)
	}
	return id, rest, nil
}

// ValidRequestID tells whether a text can name a request.
func ValidRequestID(id string) bool {
	for _, b := range []byte(id) {
		if b <= ' ' || b > '~' {
			return false
		}
	}
	return id != "" && len(id) <= MaxRequestID
}
