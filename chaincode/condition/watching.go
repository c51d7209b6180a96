package condition

import (
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// MaxWatching bounds the unfinished watches of one object: each gate that
// it passes folds all of them.
const MaxWatching = 16

// watching lists the watches of an object or container that have not been
// ended. It is read with everything that moves the object, and so it is one point
// record.
type watching struct {
	V       int      `json:"v"`
	Watches []string `json:"watches"`
}

// watchedBy says, under an object, that a watch is or was about it.
type watchedBy struct {
	V int `json:"v"`
}

func watchingKey(subject string) ledger.Key { return ledger.NewKey("watching", subject) }

func watchedKey(subject, watch string) ledger.Key { return ledger.NewKey("watched", subject, watch) }

// loadWatching returns the unfinished watches of subjects, in one trip; nil for
// those without.
func loadWatching(tx *ledger.Tx, subjects []string) ([]*watching, error) {
	keys := make([]ledger.Key, len(subjects))
	for i, subject := range subjects {
		keys[i] = watchingKey(subject)
	}
	return ledger.LoadMany[watching](tx, keys)
}

// enlist notes a watch under its subjects.
func (w *Watch) enlist(tx *ledger.Tx, subjects []string) error {
	lists, err := loadWatching(tx, subjects)
	if err != nil {
		return err
	}
	for i, list := range lists {
		if list == nil {
			list = &watching{V: Version}
		}
		if len(list.Watches) >= MaxWatching {
			return fault.New(fault.LimitExceeded, "%d watches of it have not been ended; end some first", len(list.Watches)).
				About(subjects[i]).At("/objects")
		}
		list.Watches = append(list.Watches, w.ID)
		if err := ledger.Store(tx, watchingKey(subjects[i]), list); err != nil {
			return err
		}
		if err := ledger.Store(tx, watchedKey(subjects[i], w.ID), watchedBy{V: Version}); err != nil {
			return err
		}
	}
	return nil
}

// delist takes an ended watch off its subjects.
func (w *Watch) delist(tx *ledger.Tx, subjects []string) error {
	lists, err := loadWatching(tx, subjects)
	if err != nil {
		return err
	}
	for i, list := range lists {
		if list == nil || !slices.Contains(list.Watches, w.ID) {
			continue
		}
		list.Watches = slices.DeleteFunc(list.Watches, func(id string) bool { return id == w.ID })
		if len(list.Watches) == 0 {
			err = tx.Delete(watchingKey(subjects[i]))
		} else {
			err = ledger.Store(tx, watchingKey(subjects[i]), list)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
