package story

import (
	"context"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/disclosure"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/examples/erp"
	"github.com/countersign-ledger/countersign/collections"
)

func (s *tale) releasePrivateData() {
	ctx := s.Context()
	record, err := client.NewRecord(collections.Origin{Commodity: "cocoa beans", Country: "CI", SupplierEmail: "office@example.com"})
	require.NoError(s, err)
	record.Transfer = &confidential.Transfer{Rule: "supply contract 7: EU only", Countries: []string{"DE", "FR", "NL"}}
	_, err = s.manufacturer.WriteConfidential(ctx, record, "CarrierMSP")
	require.NoError(s, err)
	s.once(func(ctx context.Context) error {
		_, err := s.manufacturer.PublishConfidential(ctx, record.ID, "CarrierMSP")
		return err
	})
	country, supplier := s.ask(record.ID, "country"), s.ask(record.ID, "supplierEmail")
	s.once(func(ctx context.Context) error {
		given, err := erp.ReleasePrivateData(ctx, s.admin, []string{"/commodity", "/country"})
		if err != nil {
			return err
		}
		if len(given) == 0 {
			return errNotYet
		}
		require.Equal(s, []string{country}, given)
		return nil
	})
	s.once(func(ctx context.Context) error {
		received, err := s.retailer.ReceivedDisclosure(ctx, country)
		if err != nil {
			return err
		}
		require.Len(s, received.Fields, 1)
		require.Equal(s, "CI", received.Fields[0].Value)
		return nil
	})
	s.once(func(ctx context.Context) error {
		status, err := s.retailer.Disclosure(ctx, supplier)
		if err == nil && status.State != disclosure.Refused {
			return errNotYet
		}
		return err
	})
}

// ask has the retailer ask for a field of a record, and returns the request once the
// owner knows of it.
func (s *tale) ask(record, field string) string {
	var request string
	s.once(func(ctx context.Context) error {
		asked, err := s.retailer.RequestDisclosure(ctx, disclosure.RequestRequest{Name: "erp-" + s.Run + "-" + field, Terms: disclosure.Terms{
			Record: record, Fields: []string{"/" + field}, Until: time.Now().AddDate(0, 3, 0).Truncate(time.Millisecond),
			Purpose:    disclosure.Purpose{Code: "quality", Text: "incoming goods"},
			LegalBasis: disclosure.LegalBasis{Code: "contract", Reference: "supply contract 7"},
		}})
		if err == nil {
			request = asked.ID
		}
		return err
	})
	s.once(func(ctx context.Context) error {
		_, err := s.admin.Disclosure(ctx, request)
		return err
	})
	return request
}
