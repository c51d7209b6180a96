package events

import (
	"context"
	"fmt"
	"math/rand/v2"

	fabric "github.com/hyperledger/fabric-gateway/pkg/client"
)

// submit is a submission as fabric-gateway's documentation shows it, to the commit.
func submit(ctx context.Context, contract *fabric.Contract, function string, options ...fabric.ProposalOption) error {
	proposal, err := contract.NewProposal(function, options...)
	if err != nil {
		return err
	}
	transaction, err := proposal.EndorseWithContext(ctx)
	if err != nil {
		return err
	}
	commit, err := transaction.SubmitWithContext(ctx)
	if err != nil {
		return err
	}
	status, err := commit.StatusWithContext(ctx)
	if err != nil {
		return err
	}
	if !status.Successful {
		return fmt.Errorf("transaction %s: %s", status.TransactionID, status.Code)
	}
	return nil
}

// noise is text that no database compresses to nothing.
func noise(size int) []byte {
	const digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_"
	text := make([]byte, size)
	for i := range text {
		text[i] = digits[rand.IntN(len(digits))]
	}
	return text
}
