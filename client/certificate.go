package client

import (
	"context"
	"iter"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/participant"
)

// RevokedCertificate is the answer to [Client.RevokeCertificate].
type RevokedCertificate struct {
	Receipt
	Certificate participant.RevokedCertificate
}

// RevokeCertificate puts on record that nothing counts any longer that is signed
// with a certificate of a person of one's own organisation.
func (c *Client) RevokeCertificate(ctx context.Context, revocation participant.RevokeCertificateRequest, options ...CallOption) (*RevokedCertificate, error) {
	response, receipt, err := Call(ctx, c, api.RevokeCertificate, revocation, options...)
	if err != nil {
		return nil, err
	}
	return &RevokedCertificate{*receipt, response}, nil
}

// RevokedCertificates yields the certificates that an organisation has revoked.
func (c *Client) RevokedCertificates(ctx context.Context, msp string) iter.Seq2[participant.RevokedCertificate, error] {
	return pages(func(bookmark string) ([]participant.RevokedCertificate, string, error) {
		page, err := query(ctx, c, api.RevokedCertificates, participant.ListRevokedCertificatesRequest{MSP: msp, Bookmark: bookmark})
		if err != nil {
			return nil, "", err
		}
		return page.Certificates, page.Bookmark, nil
	})
}
