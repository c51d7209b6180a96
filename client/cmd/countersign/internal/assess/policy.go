package assess

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/gowebpki/jcs"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/client/profiles"
)

// Policy is what readings are judged by.
type Policy struct {
	// Name is what the file or profile calls it; may be empty.
	Name  string
	Terms evaluation.Terms
}

// PolicyError says what is wrong with a policy file.
type PolicyError struct {
	// Pointer is the member, as a JSON pointer; empty for the file.
	Pointer string
	Reason  string
	cause   error
}

func (e *PolicyError) Error() string {
	text := "policy: "
	if e.Pointer != "" {
		text += e.Pointer + ": "
	}
	text += e.Reason
	if e.cause != nil {
		text += ": " + e.cause.Error()
	}
	return text
}

func (e *PolicyError) Unwrap() error { return e.cause }

// policyFile is a request to define a policy, or a policy as the ledger has it.
type policyFile struct {
	condition.DefinePolicyRequest
	V           int       `json:"v"`
	ID          string    `json:"id"`
	Owner       string    `json:"owner"`
	Defined     time.Time `json:"defined"`
	Transaction string    `json:"transaction"`
}

// ReadPolicy reads a policy in JSON: the terms alone, a request to define a policy,
// or a policy as the ledger answers it. Members that it does not know, written
// otherwise, or that stand twice, are refused: they would not be judged by. It fails with a
// [*PolicyError].
func ReadPolicy(text []byte) (Policy, error) {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	if _, err := jcs.Transform(text); err != nil {
		return Policy{}, &PolicyError{Reason: "it is not JSON in which each member stands once", cause: err}
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(text, &members); err != nil {
		return Policy{}, &PolicyError{Reason: "it is not a JSON object", cause: err}
	}
	var policy Policy
	prefix := ""
	if _, whole := members["terms"]; whole {
		var file policyFile
		if err := strict(text, &file); err != nil {
			return Policy{}, err
		}
		policy.Name, policy.Terms, prefix = file.Name, file.Terms, "/terms"
		if file.ID != "" {
			policy.Name = file.ID
		}
		if file.Version > 0 && policy.Name != "" {
			policy.Name = fmt.Sprintf("%s, version %d", policy.Name, file.Version)
		}
	} else if err := strict(text, &policy.Terms); err != nil {
		return Policy{}, err
	}
	return policy, check(policy.Terms, prefix)
}

// FindProfile returns a ready-made policy. It fails with a [*PolicyError].
func FindProfile(name string) (Policy, error) {
	profile, found := profiles.Find(name)
	if !found {
		return Policy{}, &PolicyError{Reason: fmt.Sprintf("there is no profile %q; 'countersign condition profiles' lists them", name)}
	}
	return Policy{Name: "profile " + name, Terms: profile.Terms}, check(profile.Terms, "")
}

func strict(text []byte, into any) error {
	if unknown := unwritten(text, into); unknown != "" {
		return &PolicyError{Reason: fmt.Sprintf("there is no member %q", unknown)}
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) && wrong.Value == "number" {
			return &PolicyError{Reason: "write limits as decimal numbers in quotes, such as \"-2.5\"", cause: err}
		}
		return &PolicyError{Reason: "it is not as a policy is written", cause: err}
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return &PolicyError{Reason: "something stands after the policy"}
	}
	return nil
}

func check(terms evaluation.Terms, prefix string) error {
	if pointer, text := terms.Check(); text != "" {
		return &PolicyError{Pointer: prefix + pointer, Reason: text}
	}
	if _, known := gs1.UnitByCode(terms.Unit); !known {
		return &PolicyError{Pointer: prefix + "/unit", Reason: fmt.Sprintf("%q is no unit of UN/ECE Rec 20 that is known here; degrees Celsius are CEL", terms.Unit)}
	}
	return nil
}
