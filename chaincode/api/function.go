package api

import (
	"encoding/json"
	"reflect"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// Kind says what a function may do.
type Kind string

const (
	// Query reads. It may be evaluated at one peer, or endorsed by several as
	// an attested statement; it is never submitted.
	Query Kind = "query"
	// Update reads and writes public state, under the chaincode's endorsement
	// policy.
	Update Kind = "update"
	// Private writes to one private data collection and nothing else. It is
	// endorsed by the collection's members only, whom the client names.
	Private Kind = "private"
	// PrivateQuery reads a private data collection. It is evaluated at the
	// caller's own peer and never endorsed or submitted, because an answer that
	// is submitted stands on the ledger for all to read.
	PrivateQuery Kind = "private-query"
)

// Function is one declared contract function.
type Function struct {
	// Contract and Name make the transaction name, "contract:Name".
	Contract, Name string
	// Summary says what it is for, in a sentence.
	Summary string
	Kind    Kind
	// Transient names the entry of the transient map that the function takes;
	// empty when it takes none.
	Transient string
	// RequestID tells that a caller may name its requests; see [MemberRequestID].
	RequestID bool

	request, response reflect.Type
	run               func(*ledger.Tx, []byte) (any, error)
	events            bool // what it takes has an identity of its own
}

// Declared is a [Function] that knows its types: what the client's typed calls
// are made from.
type Declared[Req, Resp any] struct{ *Function }

// FullName returns the transaction name, "contract:Name".
func (f *Function) FullName() string { return f.Contract + ":" + f.Name }

// Request returns the type of the request.
func (f *Function) Request() reflect.Type { return f.request }

// Response returns the type of the response.
func (f *Function) Response() reflect.Type { return f.response }

// Execute runs the function as one transaction of a ledger: it decodes the
// request strictly, runs the rule, writes what the rule wrote and encodes the
// response. Every error is a [*fault.Error].
func (f *Function) Execute(backend ledger.Backend, request []byte) (response []byte, err error) {
	defer func() {
		// A rule never panics; should one do so all the same, it must refuse
		// this transaction and not end the organisation's chaincode server.
		if p := recover(); p != nil {
			response, err = nil, fault.New(fault.Internal, "%s failed: %v", f.FullName(), p)
		}
	}()
	tx := ledger.BeginQuery(backend)
	if f.Kind == Update || f.Kind == Private {
		tx = ledger.Begin(backend)
	}
	named, request, err := f.named(tx, request)
	if err != nil {
		return nil, fault.Of(err)
	}
	result, err := f.run(tx, request)
	if err != nil {
		return nil, fault.Of(err)
	}
	if err := named.keep(tx); err != nil {
		return nil, fault.Of(err)
	}
	response, err = json.Marshal(result)
	if err != nil {
		return nil, fault.New(fault.Internal, "encode the response of %s: %w", f.FullName(), err)
	}
	if err := tx.Flush(); err != nil {
		return nil, fault.Of(err)
	}
	return response, nil
}

var functions []*Function

// Functions returns every declared function, contract by contract.
func Functions() []*Function { return functions }

// Lookup returns the function with a full name, exactly as declared.
func Lookup(fullName string) (*Function, bool) {
	for _, f := range functions {
		if f.FullName() == fullName {
			return f, true
		}
	}
	return nil, false
}

// option refines a declaration.
type option func(*Function)

func transient(name string) option { return func(f *Function) { f.Transient = name } }

// events says that a function takes events or recordings: each is known by its own
// content, wherever it comes from, and so needs no request id.
func events() option { return func(f *Function) { f.events = true } }

func declare[Req, Resp any](kind Kind, contract, name, summary string, rule func(*ledger.Tx, Req) (Resp, error), options ...option) Declared[Req, Resp] {
	f := &Function{
		Contract: contract, Name: name, Summary: summary, Kind: kind,
		request: reflect.TypeFor[Req](), response: reflect.TypeFor[Resp](),
		run: func(tx *ledger.Tx, request []byte) (any, error) {
			var req Req
			if err := decode(request, &req); err != nil {
				return nil, err
			}
			return rule(tx, req)
		},
	}
	for _, o := range options {
		o(f)
	}
	f.RequestID = kind == Update && !f.events
	functions = append(functions, f) //determinism:ok declarations are package-level variables: all of this is before any transaction
	return Declared[Req, Resp]{f}
}

func query[Req, Resp any](contract, name, summary string, rule func(*ledger.Tx, Req) (Resp, error), options ...option) Declared[Req, Resp] {
	return declare(Query, contract, name, summary, rule, options...)
}

func update[Req, Resp any](contract, name, summary string, rule func(*ledger.Tx, Req) (Resp, error), options ...option) Declared[Req, Resp] {
	return declare(Update, contract, name, summary, rule, options...)
}

func private[Req, Resp any](contract, name, summary string, rule func(*ledger.Tx, Req) (Resp, error), options ...option) Declared[Req, Resp] {
	return declare(Private, contract, name, summary, rule, options...)
}

func privateQuery[Req, Resp any](contract, name, summary string, rule func(*ledger.Tx, Req) (Resp, error), options ...option) Declared[Req, Resp] {
	return declare(PrivateQuery, contract, name, summary, rule, options...)
}
