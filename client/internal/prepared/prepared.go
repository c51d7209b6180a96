// Package prepared holds the transaction that a gateway has prepared against the
// proposal that it was sent: a client signs it, and a gateway could have put anything
// in its place.
package prepared

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
)

// ErrOther says that a transaction is another than the one that was proposed: to the
// client's callers it is client.ErrOtherTransaction.
var ErrOther = errors.New("client: the gateway returned another transaction than it was asked for, and nothing was signed")

// Check checks that a transaction (a common.Payload) is what gateways make of a
// peer.Proposal, and nothing else: under the same header, one action by the same
// creator, of the same chaincode, function and arguments, without transient values, and
// with the endorsers' hash of all that. It returns what the chaincode did, a
// peer.ChaincodeAction. It fails with [ErrOther].
//
// The timestamp is left to the endorsers: it is in the hash that they sign, and one that
// differs from what they saw makes the transaction invalid. As many of them as the policy
// asks for can move it together, as they can write together what they like.
//
// Messages are taken apart and not decoded, which would copy each as often as it is
// nested; the largest transactions have megabytes. A message that has exactly the fields
// asked for, each once, says the same to every reader; any other is refused.
func Check(proposal, transaction []byte) (action []byte, err error) {
	q, err := questionOf(proposal)
	if err != nil {
		return nil, err
	}
	header, data, ok := pair(transaction)
	channel, creator, isHeader := pair(header)
	switch {
	case !ok || !isHeader:
		return nil, other("form is not a transaction's")
	case !bytes.Equal(creator, q.creator):
		return nil, other("creator or nonce differs")
	case !bytes.Equal(channel, q.channel) && !bytes.Equal(timeless(channel), timeless(q.channel)):
		return nil, other("channel header differs")
	}
	only, ok := single(data)
	if !ok {
		return nil, other("actions are not one")
	}
	by, done, ok := pair(only)
	if !ok || !bytes.Equal(by, creator) {
		return nil, other("action has another creator")
	}
	kept, endorsed, ok := pair(done)
	if called, plain := single(kept); !ok || !plain || !bytes.Equal(called, q.input) {
		return nil, other("chaincode, function or arguments differ, or transient values are in it, which would be on the ledger")
	}
	answer, ok := head(endorsed)
	hash, action, isAnswer := pair(answer)
	if !ok || !isAnswer {
		return nil, other("endorsements are of no answer")
	}
	sum := sha256.New()
	sum.Write(channel)
	sum.Write(creator)
	sum.Write(kept)
	if !bytes.Equal(sum.Sum(nil), hash) {
		return nil, other("endorsements are of another proposal")
	}
	return action, nil
}

// question is what a proposal asks: where, who, and which call of the chaincode.
type question struct{ channel, creator, input []byte }

func questionOf(proposal []byte) (q question, err error) {
	header, payload, ok := pair(proposal)
	var isHeader, isPayload bool
	q.channel, q.creator, isHeader = pair(header)
	q.input, isPayload = head(payload) // transient values are behind it
	if !ok || !isHeader || !isPayload {
		return q, fmt.Errorf("%w: the proposal is not in the form in which proposals are made", ErrOther)
	}
	return q, nil
}

// Version is the version in the chaincode's definition, as a peer.ChaincodeAction names
// it. It fails with [ErrOther] for what is none.
func Version(action []byte) (string, error) {
	var id []byte
	for len(action) > 0 {
		number, kind, n := protowire.ConsumeField(action)
		if n < 0 || number == 4 && (kind != protowire.BytesType || id != nil) {
			return "", other("answer cannot be read")
		}
		if number == 4 {
			id, _, _ = take(action, 4)
		}
		action = action[n:]
	}
	var definition peer.ChaincodeID
	if proto.Unmarshal(id, &definition) != nil {
		return "", other("answer cannot be read")
	}
	return definition.GetVersion(), nil
}

func other(what string) error { return fmt.Errorf("%w: its %s", ErrOther, what) }

// take takes a field of bytes from the front of a message.
func take(message []byte, number protowire.Number) (content, rest []byte, ok bool) {
	found, kind, n := protowire.ConsumeTag(message)
	if n < 0 || found != number || kind != protowire.BytesType {
		return nil, nil, false
	}
	content, size := protowire.ConsumeBytes(message[n:])
	if size < 0 {
		return nil, nil, false
	}
	return content, message[n+size:], true
}

// single is the content of a message that has field 1 alone, once.
func single(message []byte) (content []byte, ok bool) {
	content, rest, ok := take(message, 1)
	return content, ok && len(rest) == 0
}

// pair are the contents of a message that has fields 1 and 2 alone, each once.
func pair(message []byte) (a, b []byte, ok bool) {
	a, rest, found := take(message, 1)
	b, rest, ok = take(rest, 2)
	return a, b, found && ok && len(rest) == 0
}

// head is field 1 of a message that has it once, and behind it fields 2 alone.
func head(message []byte) (content []byte, ok bool) {
	content, rest, ok := take(message, 1)
	for ok && len(rest) > 0 {
		_, rest, ok = take(rest, 2)
	}
	return content, ok
}

// timeless is a common.ChannelHeader without its timestamp.
func timeless(header []byte) (rest []byte) {
	for len(header) > 0 {
		number, _, n := protowire.ConsumeField(header)
		if n < 0 {
			return append(rest, header...)
		}
		if number != 3 {
			rest = append(rest, header[:n]...)
		}
		header = header[n:]
	}
	return rest
}
