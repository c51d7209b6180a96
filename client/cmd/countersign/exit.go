package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/client"
)

// Exit codes.
const (
	exitGood         = 0
	exitBad          = 1 // refused, not verified, not valid, broken
	exitUsage        = 2 // wrong arguments, or a file that cannot be read
	exitUndetermined = 3 // readings do not say, or a peer could not be asked
)

// errBad says that the answer is no; the answer has been printed.
var errBad = errors.New("not verified or not valid")

// errUndetermined says that the answer is neither yes nor no; it has been printed.
var errUndetermined = errors.New("undetermined")

// exitError is an error that has an exit code of its own; any other is wrong usage.
type exitError struct {
	code  int
	cause error
}

func (e *exitError) Error() string { return e.cause.Error() }

func (e *exitError) Unwrap() error { return e.cause }

// unread says that a peer could not be asked.
func unread(err error) error {
	if err == nil {
		return nil
	}
	return &exitError{exitUndetermined, err}
}

// ofLedger gives an error of package client the exit code that it means: refused by
// the contract for good, or not shown by evidence, is a no; all else that can happen on
// the way to a ledger leaves the question open, and so does what was done and not spread. What else goes wrong is wrong usage, such as a
// connection profile that makes no sense.
func ofLedger(err error) error {
	var coded *exitError
	if err == nil || errors.Is(err, errBad) || errors.Is(err, errUndetermined) || errors.As(err, &coded) {
		return err
	}
	refused := ofType[*fault.Error](err) || ofType[*client.ProofError](err)
	switch {
	case ofType[*client.SpreadError](err):
		return &exitError{exitUndetermined, err}
	case refused && !ofType[*client.OutcomeUnknownError](err) && !problemOf(err).Retry:
		return &exitError{exitBad, err}
	case refused, onTheWay(err):
		return &exitError{exitUndetermined, err}
	}
	return err
}

// onTheWay tells of an error that has nothing to do with what was asked.
func onTheWay(err error) bool {
	return ofType[*client.Error](err) || ofType[*client.OutcomeUnknownError](err) || ofType[*client.AnswerError](err) ||
		ofType[*client.ConnectError](err) || ofType[*client.VersionError](err) ||
		ofType[*client.StreamError](err) || ofType[*client.BlocksError](err) ||
		errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}

func ofType[T error](err error) bool {
	var found T
	return errors.As(err, &found)
}

// exit prints the error that a command ended with, unless it has been printed, and
// returns the exit code.
func (s streams) exit(err error, asJSON bool) int {
	var coded *exitError
	switch {
	case err == nil:
		return exitGood
	case errors.Is(err, errBad):
		return exitBad
	case errors.Is(err, errUndetermined):
		return exitUndetermined
	}
	s.tell(err, asJSON)
	if errors.As(err, &coded) {
		return coded.code
	}
	return exitUsage
}

// tell prints an error, and where it is explained.
func (s streams) tell(err error, asJSON bool) {
	said := problemOf(err)
	if asJSON {
		if encode(s.err, said) == nil {
			return
		}
	}
	fmt.Fprintln(s.err, "countersign:", err)
	if said.Help != "" {
		fmt.Fprintln(s.err, "countersign: see", said.Help)
	}
}

// wantsJSON tells whether a command's errors are to be JSON, also when its flags could
// not be read up to --json.
func wantsJSON(c *cobra.Command, args []string) bool {
	flag := c.Flags().Lookup("json")
	return flag != nil && flag.Value.String() == "true" || slices.ContainsFunc(args, func(arg string) bool {
		return strings.TrimSuffix(arg, "=true") == "--json"
	})
}
