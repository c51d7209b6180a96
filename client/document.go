package client

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// LinkedDocument is the answer to [Client.LinkDocument] and
// [Client.WithdrawDocument].
type LinkedDocument struct {
	Receipt
	// Document is the record.
	Document product.Document
}

// LinkDocument links a document to an object, lot, class or event: the claim of
// the caller's organisation that it is about that. The content is read to its end
// and hashed here, and goes nowhere; with nil content, the link says its SHA-256.
// To repeat the call is safe: it fails with fault.AlreadyRecorded.
//
// A content that has not the SHA-256 that the link says fails with
// [ErrOtherDocument].
func (c *Client) LinkDocument(ctx context.Context, link product.LinkDocumentRequest, content io.Reader, options ...CallOption) (*LinkedDocument, error) {
	if content != nil {
		hash, err := hashDocument(content)
		if err != nil {
			return nil, err
		}
		if link.SHA256 != "" && link.SHA256 != hash {
			return nil, fmt.Errorf("%w: its SHA-256 is %s, the link says %s", ErrOtherDocument, hash, link.SHA256)
		}
		link.SHA256 = hash
	}
	response, receipt, err := Call(ctx, c, api.LinkDocument, link, options...)
	if err != nil {
		return nil, err
	}
	return &LinkedDocument{*receipt, response}, nil
}

// WithdrawDocument marks a document that the caller's organisation linked to a
// subject: it stands by it no longer.
func (c *Client) WithdrawDocument(ctx context.Context, withdrawal product.WithdrawDocumentRequest, options ...CallOption) (*LinkedDocument, error) {
	response, receipt, err := Call(ctx, c, api.WithdrawDocument, withdrawal, options...)
	if err != nil {
		return nil, err
	}
	return &LinkedDocument{*receipt, response}, nil
}

// Documents yields the documents that organisations linked to an object, lot,
// class or event, withdrawn ones included, by their hashes. Those about an
// object's lot and class are asked for by these.
func (c *Client) Documents(ctx context.Context, subject string) iter.Seq2[product.Document, error] {
	return pages(func(bookmark string) ([]product.Document, string, error) {
		page, err := query(ctx, c, api.Documents, product.ListDocumentsRequest{Subject: subject, Bookmark: bookmark})
		if err != nil {
			return nil, "", err
		}
		return page.Documents, page.Bookmark, nil
	})
}

// ErrOtherDocument: a content is not that of the document that a record names.
var ErrOtherDocument = errors.New("client: this is another document")

// CheckDocument reads a content to its end and holds it against a record of the
// ledger. It fails with [ErrOtherDocument] when a byte differs. What has been
// withdrawn, or is no longer valid, the record says; and that its author says the
// truth about it, nobody can check by a hash.
func CheckDocument(content io.Reader, record product.Document) error {
	hash, err := hashDocument(content)
	if err != nil {
		return err
	}
	if hash != record.SHA256 {
		return fmt.Errorf("%w: its SHA-256 is %s, that on the ledger %s", ErrOtherDocument, hash, record.SHA256)
	}
	return nil
}

func hashDocument(content io.Reader) (string, error) {
	digest := sha256.New()
	if _, err := io.Copy(digest, content); err != nil {
		return "", fmt.Errorf("client: read the document: %w", err)
	}
	return hex.EncodeToString(digest.Sum(nil)), nil
}
