package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/countersign-ledger/countersign/client/evidence"
	"github.com/countersign-ledger/countersign/client/verify"
)

func (s streams) verifyCommand() *cobra.Command {
	var roots, policy, at string
	sequence := int64(newestConfiguration)
	var asJSON bool
	c := &cobra.Command{
		Use:   "verify --roots FILE [--policy '2 of AMSP,BMSP,CMSP'] [--at TIME] EVIDENCE",
		Short: "Verify evidence, offline",
		Long: `Verify checks that enough organisations have signed exactly what the evidence
shows, and prints each check with its outcome. Of fields that are shown of a private
record it also checks that each opens a public commitment of that very record, and
says whether the record has been replaced or its content purged.

The roots file names the organisations that you trust and their certificate
authorities (see 'countersign roots'), or is a trust file, which follows them through
the channel's configurations (see 'countersign roots pin'). Get it on a way that the
sender of the evidence does not control. Without --policy its default policy applies.
Evidence by an organisation or authority that the channel no longer has verifies
under the --configuration that had it, if it is of that time.

Certificates are judged at the present time, or at --at: when you know that the
evidence existed then.

Exit codes: 0 verified, 1 not verified, 2 wrong usage, 3 it cannot be decided: the
file is of a format or kind that a later version may know, or was endorsed also by an
organisation that the roots do not know ('countersign roots follow').`,
		Example: `  countersign verify --roots roots.json evidence.json
  countersign verify --roots roots.json --policy '2 of ManufacturerMSP,RetailerMSP' --at 2026-03-01T12:00:00Z evidence.json`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			when, err := s.time(at)
			if err != nil {
				return err
			}
			report, err := s.verify(roots, sequence, policy, args[0], when)
			if err != nil {
				return err
			}
			return s.printReport(report, asJSON)
		},
	}
	c.Flags().StringVar(&roots, "roots", "", "the roots file (required)")
	c.Flags().Int64Var(&sequence, "configuration", newestConfiguration, "of a trust file: this configuration, by its number (default the newest)")
	c.Flags().StringVar(&policy, "policy", "", "which endorsements are enough, such as '2 of AMSP,BMSP,CMSP'")
	c.Flags().StringVar(&at, "at", "", "the time at which to judge certificates, RFC 3339 (default now)")
	c.Flags().BoolVar(&asJSON, "json", false, "print the report as JSON")
	if err := c.MarkFlagRequired("roots"); err != nil {
		c.RunE = func(*cobra.Command, []string) error { return err }
	}
	return c
}

func (s streams) time(at string) (time.Time, error) {
	if at == "" {
		return s.now(), nil
	}
	when, err := time.Parse(time.RFC3339, at)
	if err != nil {
		return when, fmt.Errorf("--at takes a time such as 2026-03-01T12:00:00Z, not %q", at)
	}
	return when, nil
}

// verify returns a report also of a file that is no evidence: its first check
// then fails. An error is about roots, policy or access to files.
func (s streams) verify(rootsFile string, sequence int64, policyText, evidenceFile string, at time.Time) (*verify.Report, error) {
	policy, verifier, err := s.verifier(rootsFile, sequence, policyText)
	if err != nil {
		return nil, err
	}
	text, err := s.read(evidenceFile)
	if err != nil {
		return nil, err
	}
	found, err := evidence.Decode(text)
	if err != nil {
		return verify.Malformed(err, policy, at), nil
	}
	return verifier.Verify(found, policy, at), nil
}

// verifier reads roots, and the policy to verify by: theirs when none is given.
func (s streams) verifier(rootsFile string, sequence int64, policyText string) (policy verify.Policy, v *verify.Verifier, err error) {
	roots, err := s.readRoots(rootsFile, sequence)
	if err != nil {
		return policy, nil, err
	}
	policy = roots.Policy
	if policyText != "" {
		if policy, err = verify.ParsePolicy(policyText); err != nil {
			return policy, nil, err
		}
	}
	if policy.Required == 0 {
		return policy, nil, errors.New("the roots file has no default policy: say which endorsements are enough with --policy")
	}
	v, err = verify.New(roots)
	return policy, v, err
}

func (s streams) printReport(report *verify.Report, asJSON bool) error {
	if err := s.print(report, asJSON); err != nil {
		return err
	}
	switch {
	case report.Verified():
		return nil
	case report.Undecided():
		return errUndetermined
	}
	return errBad
}

// print shows a value as its text, or as JSON.
func (s streams) print(value fmt.Stringer, asJSON bool) error {
	if !asJSON {
		_, err := fmt.Fprint(s.out, value)
		return err
	}
	encoder := json.NewEncoder(s.out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}
