package redaction

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
)

// All, as an entry of a list in [Fields], stands for every one.
const All = "*"

// Fields says what is private. A name that an event does not have hides nothing,
// and is no error, since the same Fields serve for many events: look at the
// disclosures to see what was hidden.
type Fields struct {
	// BizTransactions are types of business transactions, in any spelling of CBV
	// (po, urn:epcglobal:cbv:btt:po) or as URIs; "" is one without a type.
	BizTransactions []string `json:"bizTransactions,omitempty"`
	// ILMD are members of the ILMD, as the event writes them (ext:recipe) or in
	// full (https://ns.example.com/recipe). All leaves lot and expiry public.
	ILMD []string `json:"ilmd,omitempty"`
	// Owners are the sources and destinations of type owning_party. A shipment
	// redacted so passes on no title by the public record.
	Owners bool `json:"owners,omitempty"`
	// Extensions are event extensions, as in ILMD. All leaves those of our own
	// [Namespace] public.
	Extensions []string `json:"extensions,omitempty"`
	// Least is a number of commitments, up to [MaxCommitments], that the event has
	// at least. Those that are missing are to nothing, so that nobody sees how many
	// fields are hidden, nor whether any is.
	Least int `json:"least,omitempty"`
}

// public are members of the ILMD that rules read, by CBV 2.0, section 9, and the
// GS1 Web Vocabulary.
var public = map[string]bool{
	"urn:epcglobal:cbv:mda:lotNumber": true, "urn:epcglobal:cbv:mda:itemExpirationDate": true,
	"urn:epcglobal:cbv:mda:bestBeforeDate": true, "urn:epcglobal:cbv:mda:sellByDate": true,
	"https://ref.gs1.org/voc/hasBatchLotNumber": true, "https://ref.gs1.org/voc/expirationDate": true,
	"https://ref.gs1.org/voc/bestBeforeDate": true, "https://ref.gs1.org/voc/sellByDate": true,
}

// masterData begins the names of CBV's ILMD; the standard @context leaves out the
// last colon.
const masterData = "urn:epcglobal:cbv:mda"

func ruled(full string) bool {
	if rest, ok := strings.CutPrefix(full, masterData); ok {
		full = masterData + ":" + strings.TrimPrefix(rest, ":")
	}
	return public[full]
}

// selection is a Fields that has been checked against an event.
type selection struct {
	transactions, ilmd, extensions []string
	owners                         bool
}

func (f Fields) checked(names *namer) (selection, error) {
	if f.Least < 0 || f.Least > MaxCommitments {
		return selection{}, &LimitError{What: "commitments", Max: MaxCommitments}
	}
	for _, name := range f.Extensions {
		if name != All && names.ours(name) {
			return selection{}, &FieldError{Field: name, Reason: "extensions in the ledger's own namespace are read by its rules"}
		}
	}
	types, err := spelled(f.BizTransactions)
	return selection{transactions: types, ilmd: f.ILMD, extensions: f.Extensions, owners: f.Owners}, err
}

// spelled returns types of business transactions as a reader spells them: a type
// that is not recognised because of its spelling would stay public.
func spelled(types []string) ([]string, error) {
	var known []string
	e := &epcis.Event{Type: epcis.ObjectEvent, Action: epcis.Observe, EventTime: time.Unix(0, 0).UTC(), EventTimeZoneOffset: "+00:00", EPCList: []string{}}
	for _, name := range types {
		if name == All || name == "" {
			known = append(known, name)
			continue
		}
		e.BizTransactionList = []epcis.BizTransaction{{Type: name, ID: "urn:x-any:1"}}
		read, _, err := normal(e)
		if err != nil {
			return nil, &FieldError{Field: fmt.Sprintf("bizTransactionList of type %.100q", name), Reason: "there is no such type"}
		}
		known = append(known, read.BizTransactionList[0].Type)
	}
	return known, nil
}

// take removes what is private, and the commitments, from an event. Positions are
// those among its fellows without the commitments.
func (s selection) take(e *epcis.Event, names *namer) []Disclosure {
	var taken []Disclosure
	e.BizTransactionList = split(e.BizTransactionList,
		func(t epcis.BizTransaction) bool { return named(s.transactions, t.Type) },
		func(at int, t *epcis.BizTransaction) { taken = append(taken, Disclosure{At: at, BizTransaction: t}) })
	private := func(p epcis.Party) bool { return s.owners && owner(p) }
	e.SourceList = split(e.SourceList, private,
		func(at int, p *epcis.Party) { taken = append(taken, Disclosure{At: at, Source: p}) })
	e.DestinationList = split(e.DestinationList, private,
		func(at int, p *epcis.Party) { taken = append(taken, Disclosure{At: at, Destination: p}) })
	e.ILMD = split(e.ILMD,
		func(m epcis.Member) bool { return s.private(s.ilmd, m.Name, names, ruled) },
		func(at int, m *epcis.Member) { taken = append(taken, Disclosure{At: at, ILMD: m}) })
	strip(e, names)
	e.Extensions = split(e.Extensions,
		func(m epcis.Member) bool { return !names.ours(m.Name) && s.private(s.extensions, m.Name, names, nil) },
		func(at int, m *epcis.Member) { taken = append(taken, Disclosure{At: at, Extension: m}) })
	return taken
}

// private reports whether a member is among those wanted, as it is written or in
// full. What is spared is so from All only.
func (s selection) private(wanted []string, name string, names *namer, spared func(full string) bool) bool {
	if len(wanted) == 0 {
		return false
	}
	full := names.expand(name)
	if slices.Contains(wanted, name) || slices.Contains(wanted, full) {
		return true
	}
	return slices.Contains(wanted, All) && (spared == nil || !spared(full))
}

func named(wanted []string, name string) bool {
	return slices.Contains(wanted, name) || slices.Contains(wanted, All)
}

// strip removes the commitments.
func strip(e *epcis.Event, names *namer) {
	e.Extensions = split(e.Extensions,
		func(m epcis.Member) bool { return names.commitments(m.Name) }, func(int, *epcis.Member) {})
}

// split returns the items of a list that are not private, nil when none is left,
// and hands over the others with their positions.
func split[L ~[]T, T any](list L, private func(T) bool, hide func(at int, item *T)) L {
	var kept L
	for at := range list {
		if private(list[at]) {
			hide(at, &list[at])
		} else {
			kept = append(kept, list[at])
		}
	}
	if len(kept) == len(list) {
		return list // which may be empty, and present
	}
	return kept
}
