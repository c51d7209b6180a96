package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"time"

	"github.com/spf13/cobra"

	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/deployment"
	"github.com/countersign-ledger/countersign/client/internal/plain"
	"github.com/countersign-ledger/countersign/collections"
)

// connecting is how the command reaches a peer.
type connecting struct {
	profile, msp string
	timeout      time.Duration
}

func (s streams) consortiumCheckCommand() *cobra.Command {
	var flags connecting
	var file string
	var asJSON bool
	c := &cobra.Command{
		Use:   "check --file FILE --profile FILE --msp DIR",
		Short: "Check what is deployed against a consortium's file, at a peer of one's own",
		Long: `Check asks a peer of your own organisation for the chaincode's committed definition
and for the channel's configuration, and says where they differ from the
consortium's file (drift), and where something can be read, written, forged or lost
that must not be (weakness). Policies are compared by their meaning. It changes
nothing.

Any user of the organisation will do; a reader's only where the channel's access
rules let readers ask.

Exit codes: 0 nothing found, 1 something found, 2 wrong usage or a file with
problems, 3 what is deployed could not be read.`,
		Example: `  countersign consortium check --file consortium.yaml \
      --profile connection.yaml --msp users/auditor/msp`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if flags.timeout <= 0 {
				return fmt.Errorf("--timeout %s: must be positive", flags.timeout)
			}
			consortium, err := s.readConsortium(file)
			if err != nil {
				return err
			}
			deployed, err := flags.read(c.Context(), consortium)
			if err != nil {
				return err
			}
			return s.reportDeployment(consortium, deployed, asJSON)
		},
	}
	c.Flags().StringVarP(&file, "file", "f", "", "the consortium's file, JSON or YAML (required)")
	c.Flags().StringVar(&flags.profile, "profile", "", "your organisation's connection profile (required)")
	c.Flags().StringVar(&flags.msp, "msp", "", "the MSP folder of a user of your organisation (required)")
	c.Flags().DurationVar(&flags.timeout, "timeout", 30*time.Second, "how long the peer may take")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return required(c, "file", "profile", "msp")
}

// read asks the peer. That the profile or the user's files cannot be read is wrong
// usage; that the peer cannot be asked is not.
func (f connecting) read(ctx context.Context, c collections.Consortium) (*deployment.Deployment, error) {
	for _, path := range []string{f.profile, f.msp} {
		if _, err := os.Stat(path); err != nil {
			return nil, err
		}
	}
	if ctx == nil {
		ctx = context.Background()
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()
	peer, err := client.Connect(ctx, client.WithProfile(f.profile), client.WithMSP(f.msp),
		client.WithChannel(c.Channel), client.WithChaincode(c.Chaincode))
	if err != nil {
		return nil, ofLedger(err)
	}
	deployed, err := deployment.Read(ctx, peer, c.Channel, c.Chaincode)
	if err := errors.Join(err, peer.Close()); err != nil {
		return nil, unread(fmt.Errorf("what is deployed could not be read: %w", err))
	}
	return deployed, nil
}

// deploymentReport is what check says, as --json gives it.
type deploymentReport struct {
	Channel   string               `json:"channel"`
	Chaincode string               `json:"chaincode"`
	Version   string               `json:"version"`
	Sequence  int64                `json:"sequence"`
	Findings  []deployment.Finding `json:"findings"`
	Notes     []string             `json:"notes"`
}

func (s streams) reportDeployment(c collections.Consortium, d *deployment.Deployment, asJSON bool) error {
	report := deploymentReport{
		Channel: c.Channel, Chaincode: c.Chaincode,
		Version: d.Definition.GetVersion(), Sequence: d.Definition.GetSequence(),
		Findings: append([]deployment.Finding{}, deployment.Check(d.Definition, d.Config, c)...),
		Notes:    []string{deployment.Implicit},
	}
	if asJSON {
		if err := encode(s.out, report); err != nil {
			return err
		}
	} else {
		s.printDeployment(report)
	}
	if len(report.Findings) > 0 {
		return errBad
	}
	return nil
}

// printDeployment shows the report to people. Names on the channel are others' to
// choose: none adds a line, or moves the terminal's cursor.
func (s streams) printDeployment(r deploymentReport) {
	fmt.Fprintf(s.out, "channel %s, chaincode %s version %s, sequence %d\n", r.Channel, r.Chaincode, plain.Text(r.Version), r.Sequence)
	for _, f := range r.Findings {
		fmt.Fprintf(s.out, "\n%s  %s  %s\n  found   %s\n  wanted  %s\n  means   %s\n  do      %s\n",
			f.Severity, f.Code, plain.Text(f.Where), plain.Text(f.Found), f.Wanted, f.Means, f.Do)
	}
	if len(r.Findings) > 0 {
		fmt.Fprintln(s.out)
	}
	fmt.Fprintf(s.out, "%d findings\n", len(r.Findings))
	for _, note := range r.Notes {
		fmt.Fprintf(s.out, "note: %s\n", note)
	}
}
