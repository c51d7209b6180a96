package client

import (
	"slices"
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/disclosure"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/chaincode/shipment"
)

// Kind is a kind of item.
type Kind string

// The kinds of items, with the type of [Followed.Record] in each.
const (
	// KindEvent: an event was recorded, by a party or the ledger.
	// *product.RecordedEvent
	KindEvent Kind = "event"
	// KindBreach: a breach was opened, or something became of it.
	// *condition.BreachChange
	KindBreach Kind = "breach"
	// KindAffected: a breach was found to affect objects. *condition.AffectedBy
	KindAffected Kind = "affected"
	// KindDiscrepancy: something was claimed of a shipment, or answered.
	// *shipment.Discrepancy
	KindDiscrepancy Kind = "discrepancy"
	// KindRecall: a recall began, ended or was answered. *product.RecallChange
	KindRecall Kind = "recall"
	// KindDisclosure: fields of a private record were asked for, consented to,
	// refused, delivered, acknowledged, revoked or erased. What was delivered is
	// private: see [Client.FollowDeliveries]. *disclosure.Change
	KindDisclosure Kind = "disclosure"
)

// kind is how the items of a kind are read.
type kind struct {
	// read reads the nth write of a transaction; nil when it is not of the kind.
	read func(done *ledger.Committed, n int) (any, error)
	// about tells what an item is about, by canonical paths, and of whom, by MSP
	// ids: what [About] and [By] ask.
	about func(record any, done *ledger.Committed) ([]string, error)
	of    func(record any) []string
}

var kinds = map[Kind]kind{
	KindEvent: {
		reading(product.StoredEvent),
		of(func(e *product.RecordedEvent, _ *ledger.Committed) ([]string, error) { return e.Things() }),
		by(func(e *product.RecordedEvent) []string { return []string{e.RecordedBy} }),
	},
	KindBreach: {reading(condition.StoredBreach), of(aboutBreach), by(partiesOfBreach)},
	KindAffected: {
		reading(condition.StoredAffected),
		of(func(a *condition.AffectedBy, _ *ledger.Committed) ([]string, error) { return a.Objects, nil }),
		by(func(*condition.AffectedBy) []string { return nil }),
	},
	KindDiscrepancy: {
		reading(shipment.StoredDiscrepancy),
		of(func(d *shipment.Discrepancy, _ *ledger.Committed) ([]string, error) {
			return append([]string{d.Lot}, d.Objects...), nil
		}),
		by(func(d *shipment.Discrepancy) []string { return []string{d.Claimant, d.Other} }),
	},
	KindRecall: {
		reading(product.StoredRecall),
		of(func(r *product.RecallChange, _ *ledger.Committed) ([]string, error) { return r.Subjects, nil }),
		by(func(r *product.RecallChange) []string {
			if r.Acknowledgement != nil {
				return []string{r.By, r.Acknowledgement.MSP}
			}
			return []string{r.By}
		}),
	},
	KindDisclosure: {
		reading(disclosure.StoredChange),
		of(func(*disclosure.Change, *ledger.Committed) ([]string, error) { return nil, nil }),
		by(partiesOfDisclosure),
	},
}

// kindOrder is the order in which a write is looked at; it is of one kind at most.
var kindOrder = []Kind{KindEvent, KindBreach, KindAffected, KindDiscrepancy, KindRecall, KindDisclosure}

func reading[T any](read func(*ledger.Committed, int) (*T, error)) func(*ledger.Committed, int) (any, error) {
	return func(done *ledger.Committed, n int) (any, error) {
		record, err := read(done, n)
		if record == nil || err != nil {
			return nil, err
		}
		return record, nil
	}
}

func of[T any](about func(*T, *ledger.Committed) ([]string, error)) func(any, *ledger.Committed) ([]string, error) {
	return func(record any, done *ledger.Committed) ([]string, error) {
		typed, ok := record.(*T)
		if !ok {
			return nil, nil
		}
		return about(typed, done)
	}
}

func by[T any](parties func(*T) []string) func(any) []string {
	return func(record any) []string {
		if typed, ok := record.(*T); ok {
			return parties(typed)
		}
		return nil
	}
}

// aboutBreach is what the same transaction found the breach to affect, too.
func aboutBreach(b *condition.BreachChange, done *ledger.Committed) ([]string, error) {
	paths := []string{b.Object}
	for n := range done.Writes() {
		found, err := condition.StoredAffected(done, n)
		if err != nil {
			return nil, err
		}
		if found != nil && found.Breach == b.ID {
			paths = append(paths, found.Objects...)
		}
	}
	return paths, nil
}

func partiesOfBreach(b *condition.BreachChange) []string {
	parties := append([]string{b.Quality}, b.Disputers...)
	for _, p := range b.Submitters {
		parties = append(parties, p.MSP)
	}
	for _, s := range b.Became {
		parties = append(parties, s.By.MSP)
	}
	return parties
}

func partiesOfDisclosure(d *disclosure.Change) []string {
	parties := []string{d.Act().By.MSP}
	if d.Asked != nil {
		parties = append(append(parties, d.Asked.Owner, d.Asked.Recipient, d.Asked.Carrier), d.Asked.Voters...)
	}
	if d.Vote != nil {
		parties = append(parties, d.Vote.MSP)
	}
	return parties
}

// within tells whether a path is one of the wanted, or of what belongs to one.
func within(paths, wanted []string) bool {
	return slices.ContainsFunc(paths, func(path string) bool {
		return slices.ContainsFunc(wanted, func(w string) bool {
			return path == w || strings.HasPrefix(path, w+"/")
		})
	})
}
