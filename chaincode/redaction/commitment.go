package redaction

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/selective"
)

const (
	// MaxCommitments bounds the commitments of an event.
	MaxCommitments = 64
	// MaxValue bounds one private value with its name, in bytes of canonical
	// JSON.
	MaxValue = 4 << 10

	// domain keeps these hashes apart from all others.
	domain      = "countersign redaction 1\n"
	owningParty = "owning_party"
)

// Check refuses an event whose commitments are not of the documented form. An event
// without any passes. It looks at the form alone: what a commitment is to, nobody
// can know.
//
// Refusals: fault.InvalidDocument with a JSON pointer below the event;
// fault.Internal for an event whose document's @context was not read yet.
func Check(event *epcis.Event) error {
	if !suspect(event) {
		return nil
	}
	names, err := newNamer(event)
	if err != nil {
		return fault.New(fault.Internal, "%w", err)
	}
	_, err = find(event, names)
	return err
}

// suspect reports whether an extension could be ours, without a look at its prefix.
func suspect(e *epcis.Event) bool {
	return slices.ContainsFunc(e.Extensions, func(m epcis.Member) bool { return strings.HasSuffix(m.Name, local) })
}

// Commitments returns what an event commits to, in the order in which it stands
// there; nil for an event that is not redacted. It fails as [Check] does.
func Commitments(event *epcis.Event) ([]string, error) {
	if err := Check(event); err != nil || !suspect(event) {
		return nil, err
	}
	names, err := newNamer(event)
	if err != nil {
		return nil, fault.New(fault.Internal, "%w", err)
	}
	return find(event, names)
}

// find returns the commitments of an event.
func find(e *epcis.Event, names *namer) ([]string, error) {
	var list []string
	for _, m := range e.Extensions {
		switch {
		case m.Name == Namespace+local:
			return nil, invalid(m.Name, "", "commitments are named by a prefix that the @context declares, not in full")
		case !names.commitments(m.Name):
			continue
		case list != nil:
			return nil, invalid(m.Name, "", "commitments stand there twice")
		}
		var err error
		if list, err = wellFormed(m); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// wellFormed returns the commitments in an extension. One alone may stand without
// an array, as it does when the event was XML; the hash is the same.
func wellFormed(m epcis.Member) ([]string, error) {
	items := m.Value.Items
	switch m.Value.Kind {
	case epcis.String:
		items = []epcis.Value{m.Value}
	case epcis.Array:
	default:
		return nil, invalid(m.Name, "", "commitments are an array of texts")
	}
	if len(items) == 0 || len(items) > MaxCommitments {
		return nil, invalid(m.Name, "", fmt.Sprintf("an event has 1 to %d commitments", MaxCommitments))
	}
	list := make([]string, len(items))
	for i, item := range items {
		at := "/" + strconv.Itoa(i)
		if m.Value.Kind == epcis.String {
			at = ""
		}
		if _, ok := selective.Decode(item.Text); !ok || item.Kind != epcis.String {
			return nil, invalid(m.Name, at, "a commitment is 32 bytes in base64url without padding")
		}
		list[i] = item.Text
		if i > 0 && list[i-1] >= list[i] {
			return nil, invalid(m.Name, at, "commitments are distinct and in byte order, so that their order tells nothing")
		}
	}
	return list, nil
}

var pointerEscape = strings.NewReplacer("~", "~0", "/", "~1")

func invalid(name, below, message string) error {
	return fault.New(fault.InvalidDocument, "%s", message).At("/" + pointerEscape.Replace(name) + below)
}

// core returns the hash of what can never be private, which binds a commitment to
// its event. The event stands alone and is in normal form.
func core(e *epcis.Event) ([]byte, error) {
	c := *e
	c.BizTransactionList, c.ILMD, c.Extensions = nil, nil, nil
	c.SourceList = slices.DeleteFunc(slices.Clone(c.SourceList), owner)
	c.DestinationList = slices.DeleteFunc(slices.Clone(c.DestinationList), owner)
	text, err := c.PreHash()
	if err != nil {
		return nil, fmt.Errorf("redaction: %w", err)
	}
	sum := sha256.Sum256([]byte(text))
	return sum[:], nil
}

func owner(p epcis.Party) bool { return p.Type == owningParty }

// commit returns the commitment that a disclosure of an event opens.
func commit(core, disclosure []byte) string {
	h := sha256.New()
	h.Write([]byte(domain))
	h.Write(core)
	h.Write(disclosure)
	return encoding.EncodeToString(h.Sum(nil))
}

// normal returns an event as it stands alone, on its own memory, and its text.
func normal(e *epcis.Event) (*epcis.Event, []byte, error) {
	if e == nil {
		return nil, nil, errors.New("redaction: there is no event")
	}
	text, err := e.MarshalJSON()
	if err != nil {
		return nil, nil, fmt.Errorf("redaction: %w", err)
	}
	alone, err := epcis.ReadEvent(text, epcis.Limits{})
	if err != nil {
		return nil, nil, fmt.Errorf("redaction: %w", err)
	}
	return alone, text, nil
}
