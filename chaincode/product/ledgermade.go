package product

import (
	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// LedgerEvent makes the ObjectEvent by which the ledger changes objects after
// what a contract function decided: with an extension of that name in
// [Namespace], of named texts, empty ones left out. Whoever made it can add to it
// before [Batch.CloseMade].
func LedgerEvent(tx *ledger.Tx, twins []*Twin, bizStep, name string, pairs ...string) *epcis.Event {
	return ledgerEvent(tx, twins, bizStep, extension(name, pairs...))
}

// CloseMade records an event that the ledger made about twins of the batch, each
// changed by a function that says what became of it, and closes the batch. It
// returns the event's reference. It fails as [Batch.Close] and the function do.
func (b *Batch) CloseMade(event *epcis.Event, twins []*Twin, change func(*Twin) (Effect, []Flag, error)) (Ref, error) {
	made, err := Prepare(b.tx, event)
	if err != nil {
		return Ref{}, err
	}
	made.Record.LedgerMade, made.Ref.By = true, Ledger
	b.made = true
	for _, t := range twins {
		effect, flags, err := change(t)
		if err != nil {
			return Ref{}, err
		}
		b.Record(t, made, effect, flags...)
	}
	return made.Ref, b.Close([]*NewEvent{made})
}
