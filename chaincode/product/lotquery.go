package product

import (
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// ReadLotRequest names a lot, or a class of which quantities are counted.
type ReadLotRequest struct {
	// ID is the lot or class in any GS1 form.
	ID string `json:"id"`
	// Size is the number of accounts wanted, 1 to 500; 0 stands for 100.
	Size int `json:"size,omitempty"`
	// Bookmark is that of the page before; absent for the first.
	Bookmark string `json:"bookmark,omitempty"`
}

// ReadLotResponse is a lot and a page of the accounts of it.
type ReadLotResponse struct {
	Lot
	// Class is the class that the lot belongs to; absent for a class.
	Class string `json:"class,omitempty"`
	// Accounts are those of the page, in the order of the organisations' MSP
	// ids.
	Accounts []Account `json:"accounts"`
	// Totals sum up the accounts of the page, unit by unit: all of the lot when
	// there is but one page. They are absent when a sum is larger than an
	// amount can be.
	Totals []Total `json:"totals,omitempty"`
	// Bookmark asks for the next page; absent on the last.
	Bookmark string `json:"bookmark,omitempty"`
}

// ReadLot returns what is on record of a lot, and what each organisation did with
// it. Anyone may. It fails with fault.NotFound, fault.InvalidIdentifier,
// fault.Unsupported, and fault.LimitExceeded for a size out of range.
func ReadLot(tx *ledger.Tx, req ReadLotRequest) (ReadLotResponse, error) {
	lot, _, err := presentLot(tx, req.ID)
	if err != nil {
		return ReadLotResponse{}, err
	}
	if req.Size == 0 {
		req.Size = 100
	}
	entries, next, err := tx.Page(ledger.NewKey("account", lot.ID), req.Size, req.Bookmark)
	if err != nil {
		return ReadLotResponse{}, err
	}
	response := ReadLotResponse{Lot: *lot, Accounts: make([]Account, len(entries)), Bookmark: next}
	if class := lot.class(); class != lot.ID {
		response.Class = class
	}
	var all Account
	whole := true
	for i, e := range entries {
		account, err := ledger.Decode[Account](e.Key, e.Value)
		if err != nil {
			return ReadLotResponse{}, err
		}
		response.Accounts[i] = account
		for _, t := range account.Totals {
			whole = whole && all.total(t.Unit).add(t) == nil
		}
	}
	if whole {
		response.Totals = all.Totals
	}
	return response, nil
}

// presentLot reads the record of a lot.
func presentLot(tx *ledger.Tx, text string) (*Lot, gs1.ID, error) {
	id, err := ParseLot(text)
	if err != nil {
		return nil, id, fault.Of(err).At("/id")
	}
	lot, found, err := ledger.Load[Lot](tx, classDataKey(id.Path()))
	if err == nil && !found {
		err = fault.New(fault.NotFound, "nothing of it is on the ledger").About(id.Path()).At("/id")
	}
	return &lot, id, err
}

// ReadHoldingsRequest asks for a page of who has how much of a lot.
type ReadHoldingsRequest struct {
	// ID is the lot or class in any GS1 form.
	ID string `json:"id"`
	// Kind asks for one kind: "at", "offer" or "in"; absent for all.
	Kind HoldingKind `json:"kind,omitempty" jsonschema:"enum=at,enum=offer,enum=in"`
	// Custodian asks for what one organisation, by its MSP id, has at hand
	// itself; Party, "/417/...", for what it has for that party outside of the
	// channel. The kind is then "at".
	Custodian string `json:"custodian,omitempty"`
	Party     string `json:"party,omitempty"`
	// Size is the number wanted, 1 to 500; 0 stands for 100.
	Size int `json:"size,omitempty"`
	// Bookmark is that of the page before; absent for the first.
	Bookmark string `json:"bookmark,omitempty"`
}

// ReadHoldingsResponse is a page of who has how much of a lot.
type ReadHoldingsResponse struct {
	// ID is the lot or class, canonical.
	ID string `json:"id"`
	// Holdings are in no order that means anything but that each kind stands
	// together.
	Holdings []Holding `json:"holdings"`
	// Bookmark asks for the next page; absent on the last.
	Bookmark string `json:"bookmark,omitempty"`
}

// ReadHoldings lists who has how much of a lot: at hand, on shipments, and in
// containers. Anyone may. It fails with fault.InvalidIdentifier,
// fault.Unsupported, fault.InvalidRequest for a kind that does not go with a
// custodian, and fault.LimitExceeded for a size out of range. Of a lot that is not
// on the ledger, nobody has anything.
func ReadHoldings(tx *ledger.Tx, req ReadHoldingsRequest) (ReadHoldingsResponse, error) {
	id, err := ParseLot(req.ID)
	if err != nil {
		return ReadHoldingsResponse{}, fault.Of(err).At("/id")
	}
	prefix, err := req.prefix(id.Path())
	if err != nil {
		return ReadHoldingsResponse{}, err
	}
	if req.Size == 0 {
		req.Size = 100
	}
	entries, next, err := tx.Page(prefix, req.Size, req.Bookmark)
	if err != nil {
		return ReadHoldingsResponse{}, err
	}
	page := ReadHoldingsResponse{ID: id.Path(), Holdings: make([]Holding, len(entries)), Bookmark: next}
	for i, e := range entries {
		if page.Holdings[i], err = ledger.Decode[Holding](e.Key, e.Value); err != nil {
			return ReadHoldingsResponse{}, err
		}
	}
	return page, nil
}

func (r *ReadHoldingsRequest) prefix(lot string) (ledger.Key, error) {
	switch {
	case r.Custodian == "" && r.Party != "":
		return "", fault.New(fault.InvalidRequest, "name the organisation that has it for the party").At("/custodian")
	case r.Custodian != "" && r.Kind != "" && r.Kind != StockAtHand:
		return "", fault.New(fault.InvalidRequest, "what a custodian has at hand is of kind %q", StockAtHand).At("/kind")
	case r.Custodian != "":
		return holdingsOf(lot, StockAtHand, r.Custodian+r.Party), nil
	case r.Kind == "":
		return ledger.NewKey("holding", lot), nil
	case r.Kind != StockAtHand && r.Kind != StockOnOffer && r.Kind != StockInside:
		return "", fault.New(fault.InvalidRequest, "a kind is %q, %q or %q", StockAtHand, StockOnOffer, StockInside).At("/kind")
	}
	return ledger.NewKey("holding", lot, string(r.Kind)), nil
}

// ReadLotHistoryRequest asks for a stretch of what one organisation did with a
// lot.
type ReadLotHistoryRequest struct {
	// ID is the lot or class in any GS1 form.
	ID string `json:"id"`
	// Organisation is its MSP id.
	Organisation string `json:"organisation"`
	// From is the number of the first event wanted; 0 stands for 1, the oldest.
	From uint64 `json:"from,omitempty"`
	// Size is the number wanted, 1 to 500; 0 stands for 100.
	Size int `json:"size,omitempty"`
}

// ReadLotHistoryResponse is a stretch of what one organisation did with a lot.
type ReadLotHistoryResponse struct {
	// ID is the lot or class, canonical, Organisation the MSP id.
	ID           string `json:"id"`
	Organisation string `json:"organisation"`
	// Events is the number of events in the whole account.
	Events uint64 `json:"events"`
	// Entries are in the order of the ledger.
	Entries []LotHistoryEntry `json:"entries"`
	// Next is From of the next stretch; absent at the end.
	Next uint64 `json:"next,omitempty"`
}

// LotHistoryEntry is one event in an organisation's account of a lot.
type LotHistoryEntry struct {
	// Number counts the events of the account from 1.
	Number uint64 `json:"number"`
	// Record is of the event.
	Record EventRecord `json:"record"`
	// Declaration is the hash of the error declaration that this entry is of;
	// absent for an event that declares none.
	Declaration string `json:"declaration,omitempty"`
	// Effect is what the event did.
	Effect Effect `json:"effect"`
	// Moves are what went from where to where, in the order in which it did.
	Moves []LotMovement `json:"moves,omitempty"`
	// Totals are those of the account after it.
	Totals []Total `json:"totals,omitempty"`
	// Latest is the latest event time in the account up to here.
	Latest time.Time `json:"latest"`
	// Flags mark what is implausible about it.
	Flags []Flag `json:"flags,omitempty"`
}

// LotMovement is an amount that went from one holding to another.
type LotMovement struct {
	// From is absent for what began, To for what ended.
	From   *Stock `json:"from,omitempty"`
	To     *Stock `json:"to,omitempty"`
	Amount Amount `json:"amount"`
}

// ReadLotHistory returns a stretch of what an organisation did with a lot, by
// point reads: any stretch costs the same. Anyone may. It fails with
// fault.NotFound when the organisation did nothing with it,
// fault.InvalidIdentifier, fault.Unsupported, and fault.LimitExceeded for a size
// out of range.
func ReadLotHistory(tx *ledger.Tx, req ReadLotHistoryRequest) (ReadLotHistoryResponse, error) {
	id, err := ParseLot(req.ID)
	if err != nil {
		return ReadLotHistoryResponse{}, fault.Of(err).At("/id")
	}
	account, found, err := ledger.Load[Account](tx, accountKey(id.Path(), req.Organisation))
	switch {
	case err != nil:
		return ReadLotHistoryResponse{}, err
	case !found:
		return ReadLotHistoryResponse{}, fault.New(fault.NotFound, "the organisation has no account of it").About(id.Path()).At("/organisation")
	}
	if req.Size == 0 {
		req.Size = 100
	}
	if req.Size < 1 || req.Size > ledger.MaxPage {
		return ReadLotHistoryResponse{}, fault.New(fault.LimitExceeded, "a stretch has 1 to %d events, not %d", ledger.MaxPage, req.Size).At("/size")
	}
	response := ReadLotHistoryResponse{ID: account.Lot, Organisation: account.Organisation, Events: account.Events, Entries: []LotHistoryEntry{}}
	from := max(req.From, 1)
	if from > account.Events {
		return response, nil
	}
	last := account.Events
	if left := account.Events - from; left >= uint64(req.Size) {
		last = from + uint64(req.Size) - 1
		response.Next = last + 1
	}
	response.Entries, err = newBatch(tx).loadLotHistory(account.Lot, account.Organisation, from, last)
	return response, err
}

func (b *Batch) loadLotHistory(lot, msp string, from, last uint64) ([]LotHistoryEntry, error) {
	var numbers []uint64
	for n := from; n <= last; n++ {
		numbers = append(numbers, n)
	}
	entries, err := b.lotEntries(lot, msp, numbers)
	if err != nil {
		return nil, err
	}
	refs := make([]Ref, len(entries))
	for i, e := range entries {
		refs[i] = e.ref()
	}
	records, err := LoadEvents(b.tx, refs)
	if err != nil {
		return nil, err
	}
	history := make([]LotHistoryEntry, len(entries))
	for i, e := range entries {
		if records[i] == nil {
			return nil, fault.New(fault.Internal, "the ledger lacks event %s", refs[i].Hash).About(lot)
		}
		history[i] = LotHistoryEntry{
			Number: numbers[i], Record: *records[i], Declaration: e.Declaration, Effect: e.Effect, Totals: e.Totals,
			Latest: time.UnixMilli(e.Occurred).UTC(), Flags: e.Flags,
		}
		for _, m := range e.Moves {
			history[i].Moves = append(history[i].Moves, LotMovement(m))
		}
	}
	return history, nil
}
