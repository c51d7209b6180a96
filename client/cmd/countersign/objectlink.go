package main

import (
	"bytes"
	"context"
	"io"

	"github.com/spf13/cobra"

	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/client"
)

// linkCommand hashes a document here: its content goes nowhere.
func (s streams) linkCommand() *cobra.Command {
	var file string
	c := send(s, "link", "Link a document to an object, lot, class or event, by its SHA-256", "product:LinkDocument",
		func(c *client.Client, ctx context.Context, link product.LinkDocumentRequest, options ...client.CallOption) (*client.LinkedDocument, error) {
			var content io.Reader
			if file != "" {
				text, err := s.read(file)
				if err != nil {
					return nil, err
				}
				content = bytes.NewReader(text)
			}
			return c.LinkDocument(ctx, link, content, options...)
		})
	c.Flags().StringVar(&file, "file", "", "the document, which is hashed here and sent nowhere; without it the request says its sha256")
	return c
}
