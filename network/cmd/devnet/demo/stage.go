package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/network"
)

// stage is where the story plays: the network, the actors, and what they did.
type stage struct {
	ctx     context.Context //nolint:containedctx // one run, one context
	network *network.Network
	input   *input
	out     io.Writer
	begun   time.Time
	clients map[string]*client.Client
	watchID string // of the watch over the goods, once started
	report  report
}

// report is what a run did, for --out.
type report struct {
	Events   string  `json:"events"`
	Readings string  `json:"readings"`
	Steps    []entry `json:"steps"`
}

// entry is one step of the report.
type entry struct {
	Actor       string `json:"actor"`
	What        string `json:"what"`
	Transaction string `json:"transaction,omitempty"`
	Block       uint64 `json:"block,omitempty"`
	// Refused is the fault's code, when being refused was the point.
	Refused fault.Code `json:"refused,omitempty"`
}

// msp returns the MSP id of a company.
func (s *stage) msp(name string) string {
	for _, o := range s.network.Topology().Organisations {
		if o.Name == name {
			return o.MSPID
		}
	}
	return ""
}

// traders returns the MSP ids of the trading companies.
func (s *stage) traders() []string {
	var msps []string
	for _, name := range traders {
		msps = append(msps, s.msp(name))
	}
	return msps
}

// as returns a user's client, connected when it is first asked for.
func (s *stage) as(company, user string) (*client.Client, error) {
	key := company + "/" + user
	if c, ok := s.clients[key]; ok {
		return c, nil
	}
	c, err := client.Connect(s.ctx,
		client.WithProfile(s.network.Profile(company)),
		client.WithMSP(s.network.MSPDir(company, user)))
	if err != nil {
		return nil, fmt.Errorf("connect as %s of the %s: %w", user, company, err)
	}
	s.clients[key] = c
	return c, nil
}

// close closes all clients.
func (s *stage) close() error {
	var all []error
	for _, c := range s.clients {
		all = append(all, c.Close())
	}
	s.clients = map[string]*client.Client{}
	return errors.Join(all...)
}

// chapter starts a part of the story.
func (s *stage) chapter(format string, args ...any) {
	fmt.Fprintf(s.out, "\n%s\n", fmt.Sprintf(format, args...))
}

// told shows and reports a step.
func (s *stage) told(e entry) {
	s.report.Steps = append(s.report.Steps, e)
	where := ""
	if e.Transaction != "" {
		where = fmt.Sprintf("  tx %.8s block %d", e.Transaction, e.Block)
	}
	fmt.Fprintf(s.out, "%6.1f s  %-12s  %s%s\n", time.Since(s.begun).Seconds(), e.Actor, e.What, where)
}

// says shows a step that is no transaction.
func (s *stage) says(actor, format string, args ...any) {
	s.told(entry{Actor: actor, What: fmt.Sprintf(format, args...)})
}

// call calls a function as a user of a company. An update is shown with its
// transaction under the given words.
func call[Req, Resp any](s *stage, company, user string, f api.Declared[Req, Resp], request Req, what string, options ...client.CallOption) (Resp, error) {
	var none Resp
	c, err := s.as(company, user)
	if err != nil {
		return none, err
	}
	response, receipt, err := client.Call(s.ctx, c, f, request, options...)
	if err != nil {
		return none, fmt.Errorf("%s: %s: %w", company, what, err)
	}
	if receipt != nil {
		s.told(entry{Actor: company, What: what, Transaction: receipt.Transaction, Block: receipt.Block})
	}
	return response, nil
}

// refused does something that must be refused with a code, and shows it.
func refused[Req, Resp any](s *stage, company, user string, f api.Declared[Req, Resp], request Req, what string, code fault.Code, options ...client.CallOption) error {
	c, err := s.as(company, user)
	if err != nil {
		return err
	}
	_, _, err = client.Call(s.ctx, c, f, request, options...)
	switch {
	case err == nil:
		return fmt.Errorf("%s: %s: must be refused with %s, and was not", company, what, string(code))
	case !errors.Is(err, code):
		return fmt.Errorf("%s: %s: must be refused with %s, not: %w", company, what, string(code), err)
	}
	s.told(entry{Actor: company, What: what + ": refused, " + string(code), Refused: code})
	return nil
}
