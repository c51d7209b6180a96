package client

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
)

// SigningStep is what a signature is asked for.
type SigningStep string

// The steps that ask for a signature.
const (
	// SignProposal: a call is proposed to endorsers. Signing it lets peers run it,
	// and changes nothing.
	SignProposal SigningStep = "proposal"
	// SignTransaction: what endorsers answered is to be put on the ledger. This is
	// the signature that commits.
	SignTransaction SigningStep = "transaction"
	// SignStatus: what became of a transaction is asked for.
	SignStatus SigningStep = "status"
	// SignBlocks: blocks are asked for.
	SignBlocks SigningStep = "blocks"
)

// Unsigned is a message that waits for its signature. It can be stored with
// [Unsigned.Encode] and carried to where the key is; whoever holds the key opens it
// with [OpenUnsigned], which checks that it is what it says, and reads what it is
// about from the very bytes that are signed.
//
// A proposal contains the call's transient values in clear, and so does the file.
type Unsigned struct {
	Step SigningStep
	// Channel, MSP and Subject are whose message it is, and where.
	Channel string
	MSP     string
	Subject string
	// Transaction is the transaction's id; empty of [SignBlocks].
	Transaction string
	// Chaincode, Function and Request are what is called; set of [SignProposal] and
	// [SignTransaction].
	Chaincode string
	Function  string
	Request   []byte
	// Transient names what is in the transient map; set of [SignProposal].
	Transient []string
	// Result is what the endorsers answered; set of [SignTransaction].
	Result []byte
	// From and To are the blocks that are asked for; set of [SignBlocks].
	From, To uint64

	content []byte // the message for a gateway
	asked   []byte // of SignTransaction: the proposal, as it was sent
	message []byte // what is signed
	creator []byte // msp.SerializedIdentity
	key     any    // *ecdsa.PublicKey or ed25519.PublicKey
}

// Message returns what is signed.
func (u *Unsigned) Message() []byte { return u.message }

// Digest returns what a signer of digests signs: the message's SHA-256 for an ECDSA
// key. An Ed25519 key signs the message itself, which is returned then.
func (u *Unsigned) Digest() []byte {
	if _, ok := u.key.(ed25519.PublicKey); ok {
		return u.message
	}
	sum := sha256.Sum256(u.message)
	return sum[:]
}

// Sign puts a signature to the message: in ASN.1 DER for ECDSA, with whichever S. It
// fails when the signature is not by the certificate's key over this message.
func (u *Unsigned) Sign(signature []byte) (*Signed, error) {
	switch key := u.key.(type) {
	case *ecdsa.PublicKey:
		lower, err := lowerS(key, signature)
		if err != nil {
			return nil, err
		}
		if !ecdsa.VerifyASN1(key, u.Digest(), lower) {
			return nil, ErrNotSigned
		}
		return &Signed{Unsigned: u, signature: lower}, nil
	case ed25519.PublicKey:
		if !ed25519.Verify(key, u.message, signature) {
			return nil, ErrNotSigned
		}
		return &Signed{Unsigned: u, signature: signature}, nil
	default:
		return nil, fmt.Errorf("client: Fabric takes no signatures with %T", key)
	}
}

// ErrNotSigned says that a signature is not by the certificate's key, or over
// something else.
var ErrNotSigned = errors.New("client: the signature is not by the certificate's key over this message")

// Signed is a message with its signature.
type Signed struct {
	*Unsigned
	signature []byte
}

// Signature returns the signature, in the form that Fabric takes.
func (s *Signed) Signature() []byte { return s.signature }

// stepFormat is the format of an encoded step, and its version.
const stepFormat = "countersign-signing/1"

// MaxStep bounds an encoded step, in bytes.
const MaxStep = 32 << 20

// stepFile is a step as it is stored.
type stepFile struct {
	Format    string      `json:"format"`
	Step      SigningStep `json:"step"`
	Content   []byte      `json:"content"`
	Asked     []byte      `json:"asked,omitempty"`
	Signature []byte      `json:"signature,omitempty"`
}

// Encode returns the message as a JSON text, to be stored or carried elsewhere.
func (u *Unsigned) Encode() ([]byte, error) { return u.encode(nil) }

// Encode returns the message and its signature as a JSON text.
func (s *Signed) Encode() ([]byte, error) { return s.encode(s.signature) }

func (u *Unsigned) encode(signature []byte) ([]byte, error) {
	text, err := json.Marshal(stepFile{Format: stepFormat, Step: u.Step, Content: u.content, Asked: u.asked, Signature: signature})
	if err != nil {
		return nil, fmt.Errorf("client: write a step: %w", err)
	}
	return text, nil
}

// OpenUnsigned reads what [Unsigned.Encode] wrote. It fails when the message is not of
// the step that it says, or is a transaction of another proposal than stands beside it
// ([ErrOtherTransaction]). Everything in what it returns comes from the message that
// is signed.
func OpenUnsigned(text []byte) (*Unsigned, error) {
	u, _, err := openStep(text)
	return u, err
}

// OpenSigned reads what [Signed.Encode] wrote, and checks the signature.
func OpenSigned(text []byte) (*Signed, error) {
	u, signature, err := openStep(text)
	if err != nil {
		return nil, err
	}
	return u.Sign(signature)
}

func openStep(text []byte) (*Unsigned, []byte, error) {
	if len(text) > MaxStep {
		return nil, nil, fmt.Errorf("client: the step has %d bytes; at most %d are read", len(text), MaxStep)
	}
	var file stepFile
	if err := json.Unmarshal(text, &file); err != nil {
		return nil, nil, fmt.Errorf("client: read a step: %w", err)
	}
	if file.Format != stepFormat {
		return nil, nil, fmt.Errorf("client: the step is of format %q; this version reads %s", file.Format, stepFormat)
	}
	u, err := newStep(file.Step, file.Content, file.Asked)
	return u, file.Signature, err
}
