package examples

import (
	"context"
	"fmt"
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/client"
)

// RecallLot commissions three items of a lot, sells two of them on, and recalls
// the lot. A recall writes nothing to what it recalls: whoever reads an item, in
// whatever box it is by now, learns of it at once.
func RecallLot(ctx context.Context, t *Trade) error {
	lot := t.Lot(1)
	begin := object(epcis.Add, "commissioning", t.Items(3)...)
	begin.ILMD = epcis.Extensions{{Name: "cbvmda:lotNumber", Value: epcis.Text(lot[strings.LastIndex(lot, ".")+1:])}}
	shipping := object(epcis.Observe, "shipping", t.Items(2)...)
	shipping.DestinationList = to(RetailerGLN)
	if _, err := t.Manufacturer.CaptureEvents(ctx, []epcis.Event{begin, shipping}); err != nil {
		return err
	}
	if _, err := t.Retailer.CaptureEvents(ctx, []epcis.Event{object(epcis.Observe, "receiving", t.Item(1))}); err != nil {
		return err
	}

	// Nothing need be recalled yet to see what a recall would be about.
	tally, err := client.TallyScope(t.Manufacturer.Scope(ctx, lot))
	if err != nil {
		return err
	}
	t.tell("%d things, %d under way, %d with the retailer", tally.Things, tally.States[product.UnderWay], tally.Holders["RetailerMSP"])

	// A recall takes the licence of the key, and an admin or a quality person. Its
	// id is the recaller's: to repeat the call after a crash is safe.
	id := fmt.Sprintf("recall-%d", t.Run)
	if _, err := t.Admin.Recall(ctx, product.RecallRequest{ID: id, Subjects: []string{lot}, Reason: "leaking caps", Severity: "class-2"}); err != nil {
		return err
	}
	twin, err := t.Retailer.Twin(ctx, t.Item(1))
	if err != nil {
		return err
	}
	for _, recall := range twin.Recalls {
		t.tell("the retailer reads: recalled by %s", recall.By)
		if _, err := t.Retailer.AcknowledgeRecall(ctx, product.AcknowledgeRecallRequest{By: recall.By, ID: recall.ID, Done: product.Quarantined}); err != nil {
			return err
		}
	}
	for answer, err := range t.Admin.Acknowledgements(ctx, "ManufacturerMSP", id) {
		if err != nil {
			return err
		}
		t.tell("%s: %s", answer.MSP, answer.Done)
	}
	_, err = t.Admin.EndRecall(ctx, id, "all of it is back")
	return err
}

// LinkCertificate links the certificate of a lot to it. The file stays with the
// manufacturer; whoever is handed it checks that it is the one.
func LinkCertificate(ctx context.Context, t *Trade) error {
	lot, file := t.Lot(1), "%PDF-1.7 ..." // os.Open("certificate.pdf")
	if _, err := t.Manufacturer.LinkDocument(ctx, product.LinkDocumentRequest{
		Subject: lot, Kind: product.AnalysisDocument, MediaType: "application/pdf", Title: "Certificate of analysis",
	}, strings.NewReader(file)); err != nil {
		return err
	}
	for document, err := range t.Retailer.Documents(ctx, lot) {
		if err != nil {
			return err
		}
		if err := client.CheckDocument(strings.NewReader(file), document); err != nil {
			return err
		}
		t.tell("%s by %s: the file is the one", document.Title, document.Author)
	}
	return nil
}
