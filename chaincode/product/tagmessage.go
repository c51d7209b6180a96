package product

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math/big"
	"time"
)

// TagDomain begins what a tag signs, so that no other signature of its key can
// pass for an answer, and no answer for another signature.
const TagDomain = "countersign/tag/1"

// TagMessage returns what a tag signs to answer a challenge: each part behind its
// length in bytes (32 bits, big-endian),
//
//	"countersign/tag/1"
//	the name of the channel
//	the object, a canonical GS1 path such as /01/09506000134352/21/4711
//	the MSP id of the organisation that asks, the verifier
//	the time of the challenge, Unix milliseconds, 64 bits, big-endian
//	the nonce of the challenge, at least 16 random bytes
//	the tag's counter, 64 bits, big-endian, higher than in any answer before
//
// The challenge is all but the counter, which the tag itself adds. An ES256 key
// signs the SHA-256 of the message, an EdDSA key the message.
// testdata/tag.json has examples, whose signatures anybody can verify.
func TagMessage(channel, object, verifier string, at time.Time, nonce []byte, counter uint64) []byte {
	return framed(TagDomain, channel, object, verifier, eight(uint64(at.UnixMilli())), string(nonce), eight(counter))
}

func eight(n uint64) string { return string(binary.BigEndian.AppendUint64(nil, n)) }

// digest names an answer by what was signed: whoever has one signature can make
// others of the same message, but no other message.
func digest(message []byte) string {
	sum := sha256.Sum256(message)
	return hex.EncodeToString(sum[:])
}

// rawSize is the length of an ECDSA signature on P-256 as RFC 9053 has it.
const rawSize = 64

// verifies reports whether a signature of a message is a key's: Ed25519, or ECDSA
// on P-256 in ASN.1 (DER) or as the 64 bytes r and s, as secure elements differ.
func verifies(key any, message, signature []byte) bool {
	switch key := key.(type) {
	case ed25519.PublicKey:
		return ed25519.Verify(key, message, signature)
	case *ecdsa.PublicKey:
		hashed := sha256.Sum256(message)
		if len(signature) == rawSize {
			r, s := new(big.Int).SetBytes(signature[:rawSize/2]), new(big.Int).SetBytes(signature[rawSize/2:])
			return ecdsa.Verify(key, hashed[:], r, s)
		}
		return ecdsa.VerifyASN1(key, hashed[:], signature)
	}
	return false
}
