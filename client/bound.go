package client

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
)

// bound checks that a transaction (a common.Payload) is what gateways make of a
// peer.Proposal, and nothing else: under the same header, one action by the same
// creator, of the same chaincode, function and arguments, without transient values, and
// with the endorsers' hash of all that. It returns what the chaincode did, a
// peer.ChaincodeAction. The timestamp is left to the endorsers: it is in the hash that
// they sign, and one that differs from what they saw makes the transaction invalid.
//
// Messages are taken apart and not decoded, which would copy each as often as it is
// nested; the largest transactions have megabytes. A message that has exactly the fields
// asked for, each once, says the same to every reader; any other is refused.
func bound(proposal, transaction []byte) (action []byte, err error) {
	q, err := questionOf(proposal)
	if err != nil {
		return nil, err
	}
	header, data, ok := two(transaction)
	channel, creator, isHeader := two(header)
	switch {
	case !ok || !isHeader:
		return nil, other("form is not a transaction's")
	case !bytes.Equal(creator, q.creator):
		return nil, other("creator or nonce differs")
	case !bytes.Equal(channel, q.channel) && !bytes.Equal(timeless(channel), timeless(q.channel)):
		return nil, other("channel header differs")
	}
	only, ok := one(data)
	if !ok {
		return nil, other("actions are not one")
	}
	by, done, ok := two(only)
	if !ok || !bytes.Equal(by, creator) {
		return nil, other("action has another creator")
	}
	kept, endorsed, ok := two(done)
	if called, plain := one(kept); !ok || !plain || !bytes.Equal(called, q.input) {
		return nil, other("chaincode, function or arguments differ, or transient values are in it, which would be on the ledger")
	}
	answer, ok := first(endorsed)
	hash, action, isAnswer := two(answer)
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
	header, payload, ok := two(proposal)
	var isHeader, isPayload bool
	q.channel, q.creator, isHeader = two(header)
	q.input, isPayload = first(payload) // transient values are behind it
	if !ok || !isHeader || !isPayload {
		return q, errors.New("client: the proposal is not in the form in which proposals are made")
	}
	return q, nil
}

func other(what string) error { return fmt.Errorf("%w: its %s", ErrOtherTransaction, what) }

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

// one is the content of a message that has field 1 alone, once.
func one(message []byte) (content []byte, ok bool) {
	content, rest, ok := take(message, 1)
	return content, ok && len(rest) == 0
}

// two are the contents of a message that has fields 1 and 2 alone, each once.
func two(message []byte) (a, b []byte, ok bool) {
	a, rest, found := take(message, 1)
	b, rest, ok = take(rest, 2)
	return a, b, found && ok && len(rest) == 0
}

// first is field 1 of a message that has it once, and behind it fields 2 alone.
func first(message []byte) (content []byte, ok bool) {
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

// definedVersion is the version in the chaincode's definition, as a
// peer.ChaincodeAction names it.
func definedVersion(action []byte) (string, error) {
	var id peer.ChaincodeID
	for len(action) > 0 {
		number, kind, n := protowire.ConsumeField(action)
		if n < 0 {
			return "", other("answer cannot be read")
		}
		if field := action[:n]; number == 4 && kind == protowire.BytesType {
			content, _, _ := take(field, 4)
			if err := proto.Unmarshal(content, &id); err != nil {
				return "", other("answer cannot be read")
			}
		}
		action = action[n:]
	}
	return id.GetVersion(), nil
}
