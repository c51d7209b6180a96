package main

import (
	"errors"
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/client"
)

// problem is an error as --json shows it.
type problem struct {
	Error string `json:"error"`
	// Help is the section of docs/errors.md that says what it means and what to do;
	// wrong usage has none.
	Help        string `json:"help,omitempty"`
	Code        string `json:"code,omitempty"`
	Stage       string `json:"stage,omitempty"`
	Transaction string `json:"transaction,omitempty"`
	// Event is the index of the event in its document, from 0.
	Event *int   `json:"event,omitempty"`
	EPC   string `json:"epc,omitempty"`
	Field string `json:"field,omitempty"`
	// Detail is what a program needs to go on, such as the transaction that recorded
	// an event first.
	Detail        map[string]string     `json:"detail,omitempty"`
	Validation    string                `json:"validation,omitempty"`
	Organisations []organisationProblem `json:"organisations,omitempty"`
	// Retry tells that the same command may succeed later.
	Retry bool `json:"retry,omitempty"`
	// Unknown tells that the transaction may be on the ledger, or come to be.
	Unknown bool `json:"outcomeUnknown,omitempty"`
}

type organisationProblem struct {
	MSP     string `json:"msp"`
	Code    string `json:"code,omitempty"`
	Message string `json:"message"`
}

func problemOf(err error) problem {
	p := problem{Error: err.Error(), Help: helpOn(err)}
	var refused *fault.Error
	if errors.As(err, &refused) {
		p.Code, p.EPC, p.Field, p.Detail = string(refused.Code), refused.EPC, refused.Field, refused.Detail
		if index, ok := refused.EventIndex(); ok {
			p.Event = &index
		}
	}
	var failed *client.Error
	if errors.As(err, &failed) {
		p.Stage, p.Transaction, p.Validation, p.Retry = string(failed.Stage), failed.Transaction, failed.Validation, failed.Retry
		for _, o := range failed.ByOrganisation {
			said := organisationProblem{MSP: o.MSP, Message: o.Message}
			if o.Fault != nil {
				said.Code, said.Message = string(o.Fault.Code), o.Fault.Error()
			}
			p.Organisations = append(p.Organisations, said)
		}
	}
	var unknown *client.OutcomeUnknownError
	if errors.As(err, &unknown) {
		p.Transaction, p.Unknown = unknown.Transaction, true
	}
	if ofType[*client.SpreadError](err) {
		p.Retry = false // the same command has been carried out
	}
	return p
}

// helpOn is where an error is explained; empty for one that no section is about.
func helpOn(err error) string {
	if page := client.Help(err); strings.Contains(page, "#") {
		return page
	}
	return ""
}
