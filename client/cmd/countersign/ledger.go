package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"os/signal"
	"reflect"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/client"
)

// defaultItems is how many items a list shows when nobody says how many.
const defaultItems = 1000

// onLedger is what every command takes that asks a ledger or writes on it.
type onLedger struct {
	streams
	output

	named     string
	msp       string
	channel   string
	chaincode string
	timeout   time.Duration
	settings  settings
}

// add adds the flags to a command, and what it does to it: with a client, which is
// closed in the end.
func (l *onLedger) add(c *cobra.Command, do func(ctx context.Context, c *client.Client, args []string) error) *cobra.Command {
	l.output.add(c)
	flags := c.Flags()
	flags.StringVar(&l.named, "profile", "", "a saved profile (see 'countersign profile'), or a Fabric connection profile; by default "+profileVariable+", or the default profile")
	flags.StringVar(&l.msp, "msp", "", "the MSP folder of the user as whom to act; by default the saved profile's")
	flags.StringVar(&l.channel, "channel", "", "the channel")
	flags.StringVar(&l.chaincode, "chaincode", "", "the chaincode's name")
	flags.DurationVar(&l.timeout, "timeout", time.Minute, "how long all of it may take; 0 for no limit")
	if err := c.RegisterFlagCompletionFunc("profile", completeProfiles); err != nil {
		c.RunE = func(*cobra.Command, []string) error { return err }
		return c
	}
	c.RunE = func(c *cobra.Command, args []string) error { return l.run(c.Context(), args, do) }
	return c
}

func (l *onLedger) run(ctx context.Context, args []string, do func(context.Context, *client.Client, []string) error) (err error) {
	if l.settings, err = profile(l.named); err != nil {
		return err
	}
	set(&l.settings.MSP, l.msp)
	set(&l.settings.Channel, l.channel)
	set(&l.settings.Chaincode, l.chaincode)
	if l.settings.MSP == "" {
		return errors.New("say as whom: --msp with the MSP folder of a user")
	}
	for _, path := range []string{l.settings.Connection, l.settings.MSP} {
		if _, err := os.Stat(path); err != nil {
			return err
		}
	}
	if ctx == nil {
		ctx = context.Background()
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	if l.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, l.timeout)
		defer cancel()
	}
	connected, err := client.Connect(ctx, l.options()...)
	if err != nil {
		return ofLedger(err)
	}
	defer func() { err = errors.Join(err, connected.Close()) }()
	return ofLedger(do(ctx, connected, args))
}

func (l *onLedger) options() []client.Option {
	options := []client.Option{client.WithProfile(l.settings.Connection), client.WithMSP(l.settings.MSP)}
	if l.settings.Channel != "" {
		options = append(options, client.WithChannel(l.settings.Channel))
	}
	if l.settings.Chaincode != "" {
		options = append(options, client.WithChaincode(l.settings.Chaincode))
	}
	return options
}

func set(to *string, value string) {
	if value != "" {
		*to = value
	}
}

// done shows an answer, also one beside an error: what has been done, though what was
// to follow has failed.
func (l *onLedger) done(answer any, err error) error {
	if v := reflect.ValueOf(answer); err != nil && (!v.IsValid() || v.IsZero()) {
		return err
	}
	return errors.Join(err, l.one(l.out, answer))
}

// note tells what is no error on standard error.
func (l *onLedger) note(text string) error {
	if l.asJSON {
		return encode(l.err, map[string]string{"note": text})
	}
	_, err := fmt.Fprintln(l.err, "countersign:", text)
	return err
}

// ask is a command that asks one question, with arguments as its use names them.
func ask[T any](s streams, use, short string, question func(ctx context.Context, c *client.Client, args []string) (T, error)) *cobra.Command {
	l := &onLedger{streams: s}
	c := &cobra.Command{Use: use, Short: short, Args: cobra.ExactArgs(strings.Count(use, " "))}
	return l.add(c, func(ctx context.Context, c *client.Client, args []string) error {
		answer, err := question(ctx, c, args)
		return l.done(answer, err)
	})
}

// askOf is [ask] for a question about one thing.
func askOf[T any](s streams, use, short string, question func(*client.Client, context.Context, string) (T, error)) *cobra.Command {
	return ask(s, use, short, func(ctx context.Context, c *client.Client, args []string) (T, error) {
		return question(c, ctx, args[0])
	})
}

// list is a command that lists, page by page, up to --limit items.
func list[T any](s streams, use, short string, items func(ctx context.Context, c *client.Client, args []string) iter.Seq2[T, error]) *cobra.Command {
	l := &onLedger{streams: s}
	var limit int
	c := &cobra.Command{Use: use, Short: short, Args: cobra.ExactArgs(strings.Count(use, " "))}
	c.Flags().IntVar(&limit, "limit", defaultItems, "how many items to show; 0 for all")
	return l.add(c, func(ctx context.Context, c *client.Client, args []string) error {
		shown := 0
		for item, err := range items(ctx, c, args) {
			if err != nil {
				return err
			}
			if limit > 0 && shown == limit {
				return l.note(fmt.Sprintf("there is more than %d; --limit 0 shows all", limit))
			}
			if err := l.item(l.out, item); err != nil {
				return err
			}
			shown++
		}
		return nil
	})
}

// listOf is [list] of what belongs to one thing.
func listOf[T any](s streams, use, short string, items func(*client.Client, context.Context, string) iter.Seq2[T, error]) *cobra.Command {
	return list(s, use, short, func(ctx context.Context, c *client.Client, args []string) iter.Seq2[T, error] {
		return items(c, ctx, args[0])
	})
}

// send is a command that writes what a request says: a JSON object, a file with one, or
// "-" for standard input.
func send[Req, Resp any](s streams, use, short, function string, write func(*client.Client, context.Context, Req, ...client.CallOption) (Resp, error)) *cobra.Command {
	l := &onLedger{streams: s}
	c := &cobra.Command{
		Use: use + " REQUEST", Short: short, Args: cobra.ExactArgs(1),
		Long: short + `.

REQUEST is a JSON object, a file that holds one, or - for standard input; its members
are those of the request of ` + function + ` in docs/contract.`,
	}
	var id string
	if f, known := api.Lookup(function); known && f.RequestID {
		c.Flags().StringVar(&id, "request-id", "", "a name for the request, with which it can be sent again safely")
	}
	if example, ok := examples[function]; ok {
		c.Long += " Such as:\n\n  '" + example + "'"
	}
	return l.add(c, func(ctx context.Context, c *client.Client, args []string) error {
		var request Req
		if err := s.request(args[0], &request); err != nil {
			return err
		}
		var options []client.CallOption
		if id != "" {
			options = append(options, client.WithRequestID(id))
		}
		answer, err := write(c, ctx, request, options...)
		return l.done(answer, err)
	})
}

// argument is a JSON object that stands in an argument, or in the file that it names.
func (s streams) argument(arg string) ([]byte, error) {
	if strings.HasPrefix(strings.TrimSpace(arg), "{") {
		return []byte(arg), nil
	}
	return s.read(arg)
}

// request reads a JSON object strictly.
func (s streams) request(arg string, into any) error {
	text, err := s.argument(arg)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("the request is not the JSON object that it must be: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("the request is followed by something")
	}
	return nil
}
