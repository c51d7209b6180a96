package verify

import (
	"fmt"
	"maps"
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/chaincode/shipment"
)

func init() { maps.Copy(listings, productListings) }

// productListings has the functions of packages product and shipment that list.
var productListings = lists{
	api.Contents.FullName(): listing(100, func(r product.ReadContentsRequest, l *list, _ string) (err error) {
		l.prefix, err = pathKey("inside", r.ID)
		l.free = 1 // the container's epoch
		return err
	}, all(
		func(r *product.ReadContentsResponse) []product.Contained { return r.Objects },
		func(c *product.Contained) (ledger.Key, []string) { return "", []string{c.ID} },
	)),
	api.Witnesses.FullName(): listing(100, under(func(r product.ReadWitnessesRequest) (ledger.Key, error) {
		return pathKey("witness", r.ID)
	}), all(
		func(r *product.ReadWitnessesResponse) []product.Witness { return r.Witnesses },
		func(w *product.Witness) (ledger.Key, []string) {
			return "", []string{digits(w.Record.Event), w.Record.RecordedBy}
		},
	)),
	api.Lot.FullName(): listing(100, under(func(r product.ReadLotRequest) (ledger.Key, error) {
		return lotKey("account", r.ID)
	}), all(
		func(r *product.ReadLotResponse) []product.Account { return r.Accounts },
		func(a *product.Account) (ledger.Key, []string) { return "", []string{a.Organisation} },
	)),
	api.Holdings.FullName(): listing(100, holdingsUnder, func(r *product.ReadHoldingsResponse, l *list) {
		_, parts := l.prefix.Parts()
		for _, h := range r.Holdings {
			key := append([]string{string(h.Kind)}, anyParts(5)...)
			l.add("", key[len(parts)-1:]...)
		}
	}),
	api.LotHolds.FullName(): listing(100, under(func(r product.ReadLotHoldsRequest) (ledger.Key, error) {
		if r.Organisation != "" {
			return lotKey("lothold", r.ID, r.Organisation)
		}
		return lotKey("lothold", r.ID)
	}), func(r *product.ReadLotHoldsResponse, l *list) {
		_, parts := l.prefix.Parts()
		for _, h := range r.Holds {
			l.add("", []string{h.Organisation, h.ID}[len(parts)-1:]...)
		}
	}),
	api.Recalls.FullName(): listing(product.MaxRecallPage, under(func(r product.ListRecallsRequest) (ledger.Key, error) {
		return pathKey("recalled", r.Subject)
	}), all(
		func(r *product.ListRecallsResponse) []product.Recall { return r.Recalls },
		func(r *product.Recall) (ledger.Key, []string) {
			return ledger.NewKey("recall", r.By, r.ID), []string{anyPart, r.By, r.ID}
		},
	)),
	api.RecallStatus.FullName(): listing(product.MaxRecallPage, under(func(r product.ReadRecallRequest) (ledger.Key, error) {
		return ledger.NewKey("acknowledged", r.By, r.ID), nil
	}), all(
		func(r *product.ReadRecallResponse) []product.Acknowledgement { return r.Acknowledgements },
		func(a *product.Acknowledgement) (ledger.Key, []string) { return "", []string{a.MSP} },
	)),
	api.RecallScope.FullName(): listing(product.MaxRecallPage, scopeUnder, scopeEntries),
	api.Flags.FullName(): listing(100, under(func(r product.ListFlagsRequest) (ledger.Key, error) {
		return ledger.NewKey("flag", r.Day), nil
	}), all(
		func(r *product.ListFlagsResponse) []product.FlaggedEvent { return r.Events },
		func(e *product.FlaggedEvent) (ledger.Key, []string) {
			return "", []string{digits(e.Record.Event), anyPart}
		},
	)),
	api.Documents.FullName(): listing(100, under(func(r product.ListDocumentsRequest) (ledger.Key, error) {
		if hash, err := product.EventHash(r.Subject); err == nil {
			return ledger.NewKey("document", product.EventURI(hash)), nil
		}
		return pathKey("document", r.Subject)
	}), all(
		func(r *product.ListDocumentsResponse) []product.Document { return r.Documents },
		func(d *product.Document) (ledger.Key, []string) { return "", []string{d.SHA256, d.Author} },
	)),
	api.Declarations.FullName(): listing(100, func(r product.ListDeclarationsRequest, l *list, _ string) error {
		hash, err := product.EventHash(r.Event)
		l.prefix = ledger.NewKey("event", hash)
		l.counts = func(parts []string) bool { return len(parts) > 0 && parts[0] != "" }
		return err
	}, all(
		func(r *product.ListDeclarationsResponse) []product.EventRecord { return r.Declarations },
		func(e *product.EventRecord) (ledger.Key, []string) {
			if e.Declaration == nil {
				return "", nil
			}
			return "", []string{e.Declaration.Hash, anyPart}
		},
	)),
	api.TagReadings.FullName(): listing(100, under(func(r product.ListTagReadingsRequest) (ledger.Key, error) {
		return pathKey("tagread", r.ID)
	}), all(
		func(r *product.ListTagReadingsResponse) []product.TagReading { return r.Readings },
		func(t *product.TagReading) (ledger.Key, []string) {
			return "", []string{ledger.Number(uint64(max(t.Tag, 0))), fmt.Sprintf("%016d", t.Counter)} //nolint:gosec // not negative
		},
	)),
	api.Suspicions.FullName(): listing(100, under(func(r product.ListSuspicionsRequest) (ledger.Key, error) {
		return pathKey("suspect", r.ID)
	}), all(
		func(r *product.ListSuspicionsResponse) []product.Suspicion { return r.Suspicions },
		func(s *product.Suspicion) (ledger.Key, []string) { return "", []string{anyPart, s.By, anyPart} },
	)),
	api.Offers.FullName(): listing(100, under(func(r shipment.ListOffersRequest) (ledger.Key, error) {
		return ledger.NewKey("offer"+r.Direction, r.Organisation), nil
	}), all(
		func(r *shipment.ListOffersResponse) []product.Offer { return r.Offers },
		func(o *product.Offer) (ledger.Key, []string) {
			return product.OfferKey(product.Ref{Hash: o.Event, By: o.By}), []string{anyPart, o.Event, o.By}
		},
	)),
	api.Discrepancies.FullName(): listing(100, discrepanciesUnder, all(
		func(r *shipment.ListDiscrepanciesResponse) []shipment.Discrepancy { return r.Discrepancies },
		func(d *shipment.Discrepancy) (ledger.Key, []string) {
			return ledger.NewKey("discrepancy", d.ID), []string{anyPart, d.ID}
		},
	)),
}

// digits are those of an event's hash, in keys.
func digits(event string) string {
	hash, _ := product.EventHash(event) // what is none matches no key
	return hash
}

func holdingsUnder(r product.ReadHoldingsRequest, l *list, _ string) (err error) {
	switch {
	case r.Custodian != "":
		l.prefix, err = lotKey("holding", r.ID, string(product.StockAtHand), r.Custodian+r.Party)
	case r.Kind != "":
		l.prefix, err = lotKey("holding", r.ID, string(r.Kind))
	default:
		l.prefix, err = lotKey("holding", r.ID)
	}
	return err
}

func discrepanciesUnder(r shipment.ListDiscrepanciesRequest, l *list, _ string) error {
	switch {
	case r.Unsettled:
		l.prefix = ledger.NewKey("discrepancyopen", r.Organisation)
	case r.Organisation != "":
		l.prefix = ledger.NewKey("discrepancyof", r.Organisation)
	default:
		hash, err := product.EventHash(r.Shipment)
		l.prefix, l.free = ledger.NewKey("discrepancyin", hash), 1 // the first recorder is not named in keys
		return err
	}
	return nil
}

// scopeUnder finds the one of several indices that a page of a recall's scope is
// read from: its bookmark begins with the name of it.
func scopeUnder(r product.ReadRecallScopeRequest, l *list, _ string) error {
	name, from, _ := strings.Cut(l.from, ":")
	l.from = from
	if stage, next, found := strings.Cut(l.next, ":"); found {
		l.next, l.more = next, stage != name && next == ""
	}
	if r.Subject == "" {
		l.prefix = ledger.NewKey("recallsubject", r.By, r.ID)
		return nil
	}
	id, err := gs1.Parse(r.Subject)
	kinds := map[string]string{"lots": "lotof", "stocks": "holding", "uses": "use", "ended": "account"}
	if name == "" {
		name = "objects"
		if id.IsClass() {
			name = "lots"
		}
	}
	if l.prefix = ledger.NewKey(kinds[name], id.Path()); name == "objects" && err == nil {
		l.prefix = product.MembersKey(id)
	}
	return err
}

func scopeEntries(r *product.ReadRecallScopeResponse, l *list) {
	kind, class := l.prefix.Parts()
	switch kind {
	case "oflot":
		for _, a := range r.Affected {
			l.add(product.TwinKey(a.ID), a.ID)
		}
	case "twin":
		for _, a := range r.Affected {
			_, steps := product.TwinKey(a.ID).Parts()
			l.add("", steps[min(len(class), len(steps)):]...)
		}
	default:
		l.loose = true // lots and amounts stand for several keys, or for none
	}
}
