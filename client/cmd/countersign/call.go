package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/client"
)

func (s streams) functionsCommand() *cobra.Command {
	var show output
	c := &cobra.Command{
		Use: "functions", Short: "List every contract function, for 'call' and 'attest call'", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			for _, f := range api.Functions() {
				if !show.asJSON {
					fmt.Fprintf(s.out, "%-42s %-13s %s\n", f.FullName(), f.Kind, f.Summary)
					continue
				}
				described := struct {
					Name    string   `json:"name"`
					Kind    api.Kind `json:"kind"`
					Summary string   `json:"summary"`
				}{f.FullName(), f.Kind, f.Summary}
				if err := show.item(s.out, described); err != nil {
					return err
				}
			}
			return nil
		},
	}
	show.add(c)
	return c
}

func (s streams) callCommand() *cobra.Command {
	l := &onLedger{streams: s}
	var by []string
	var transient string
	c := &cobra.Command{
		Use:   "call FUNCTION REQUEST",
		Short: "Call any contract function: what has no command of its own",
		Long: `Call evaluates a query, and submits anything else and waits until it is on the
ledger. 'countersign functions' lists the functions, docs/contract their requests
and answers. REQUEST is a JSON object, a file that holds one, or - for standard
input.`,
		Example: `  countersign call product:Twin '{"id":"urn:epc:id:sgtin:0614141.107346.2017"}'`,
		Args:    cobra.ExactArgs(2), ValidArgsFunction: completeFunctions(func(api.Kind) bool { return true }),
	}
	c.Flags().StringSliceVar(&by, "endorsed-by", nil, "whose peers are asked, MSP ids, and no others'")
	c.Flags().StringVar(&transient, "transient", "", "the file that travels in the transient map; - for standard input")
	return l.add(c, func(ctx context.Context, c *client.Client, args []string) error {
		call, err := s.invocation(args[0], args[1], by)
		if err != nil {
			return err
		}
		if transient != "" {
			if call.Function.Transient == "" {
				return fmt.Errorf("%s takes nothing in the transient map", args[0])
			}
			text, err := s.read(transient)
			if err != nil {
				return err
			}
			call.Transient = map[string][]byte{call.Function.Transient: text}
		}
		if call.Function.Kind == api.Query || call.Function.Kind == api.PrivateQuery {
			result, err := c.Evaluate(ctx, call)
			if err != nil {
				return err
			}
			return l.one(l.out, json.RawMessage(result))
		}
		result, receipt, err := c.Submit(ctx, call)
		if err != nil {
			return err
		}
		return l.one(l.out, struct {
			Transaction string          `json:"transaction"`
			Block       uint64          `json:"block"`
			Result      json.RawMessage `json:"result"`
		}{receipt.Transaction, receipt.Block, result})
	})
}

// invocation reads a call from arguments.
func (s streams) invocation(function, arg string, by []string) (client.Invocation, error) {
	f, known := api.Lookup(function)
	if !known {
		return client.Invocation{}, fmt.Errorf("there is no function %q; 'countersign functions' lists them", function)
	}
	text := []byte(arg)
	if !strings.HasPrefix(strings.TrimSpace(arg), "{") {
		var err error
		if text, err = s.read(arg); err != nil {
			return client.Invocation{}, err
		}
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, text); err != nil || !bytes.HasPrefix(compact.Bytes(), []byte("{")) {
		return client.Invocation{}, errors.Join(errors.New("the request is not one JSON object"), err)
	}
	return client.Invocation{Function: f, Request: compact.Bytes(), EndorsingOrganisations: by}, nil
}

// completeFunctions completes the first argument with the functions of some kinds.
func completeFunctions(of func(api.Kind) bool) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveDefault
		}
		var names []cobra.Completion
		for _, f := range api.Functions() {
			if of(f.Kind) {
				names = append(names, cobra.CompletionWithDesc(f.FullName(), f.Summary))
			}
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	}
}
