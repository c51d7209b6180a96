package main

import (
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // for --zone on machines that have no list of time zones

	"github.com/spf13/cobra"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/client/cmd/countersign/internal/assess"
)

func (s streams) conditionCommand() *cobra.Command {
	offline := []*cobra.Command{s.evaluateCommand(), s.plotCommand(), s.profilesCommand()}
	return group("condition", "Judge readings by a policy, draw them, and ask a ledger how goods were kept", append(offline, s.onLedgerConditions()...)...)
}

// aboutReadings says what can be read; evaluate and plot share it.
const aboutReadings = `The policy file is JSON: the terms alone, or a policy as it is put on the ledger
or as the ledger answers it. --profile takes a ready-made one instead (see
'countersign condition profiles').

READINGS are files, told apart by their content: a logger's CSV, SenML (JSON or
CBOR), EPCIS events with sensor reports, or recordings, one or several one after
another. "-" is standard input. Files of one device are one run: readings that
stand in several are taken once. Recordings must follow one another; their
signatures are checked with the device's public key, --key.

The columns of a CSV file are found by their names, or named with --time (twice,
when date and time are apart) and --value. Times without a zone need --zone, dates
such as 03/04/2026 --date-order. A file that does not say its unit is taken to be in
the policy's, unless --unit names another (UN/ECE Rec 20: CEL, FAH, KEL, P1, ...).

Without --from and --to the window is from the first to the last reading.`

func (s streams) evaluateCommand() *cobra.Command {
	var flags judgeFlags
	var asJSON bool
	c := &cobra.Command{
		Use:   "evaluate (--policy FILE | --profile NAME) READINGS...",
		Short: "Judge readings by a policy, offline, as the ledger does",
		Long: `Evaluate says whether readings kept a policy: kept, broken or undetermined, and
why. It runs the very code that runs on the ledger.

` + aboutReadings + `

Exit codes: 0 kept, 1 broken, 2 wrong usage or a file that cannot be read,
3 undetermined.`,
		Example: `  countersign condition evaluate --profile refrigerated-2-8 logger.csv
  countersign condition evaluate --policy policy.json --zone Europe/Berlin --date-order dmy --json logger.csv`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			report, _, err := s.judge(flags, args)
			if err != nil {
				return err
			}
			if err := s.print(report, asJSON); err != nil {
				return err
			}
			return outcome(report)
		},
	}
	flags.add(c)
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// outcome turns a verdict into an exit code.
func outcome(report *assess.Report) error {
	switch report.Verdict {
	case evaluation.Kept:
		return nil
	case evaluation.Broken:
		return errBad
	}
	return errUndetermined
}

// judgeFlags say by what, what and how to judge.
type judgeFlags struct {
	policy, profile  string
	from, to, now    string
	device, unit     string
	keys             []string
	times            []string
	deviceColumn     string
	overlap          bool
	value            string
	zone, order, sep string
	decimalComma     bool
	listed, places   int
}

func (f *judgeFlags) add(c *cobra.Command) {
	flags := c.Flags()
	flags.StringVar(&f.policy, "policy", "", "the policy file")
	flags.StringVar(&f.profile, "profile", "", "a ready-made policy instead")
	flags.StringVar(&f.from, "from", "", "the start of the window, RFC 3339 (default the first reading)")
	flags.StringVar(&f.to, "to", "", "the end of the window, RFC 3339 (default the last reading)")
	flags.StringVar(&f.device, "device", "", "take this device's readings only")
	flags.StringVar(&f.unit, "unit", "", "the unit of readings whose file does not say, a UN/ECE Rec 20 code")
	flags.StringVar(&f.now, "now", "", "SenML: the time that relative times count from, RFC 3339: when the pack arrived")
	flags.StringArrayVar(&f.keys, "key", nil, "a file with the device's public key, PEM or DER, to verify recordings with")
	flags.StringArrayVar(&f.times, "time", nil, "CSV: the column of the time; twice for date and time")
	flags.StringVar(&f.value, "value", "", "CSV: the column of the value")
	flags.StringVar(&f.zone, "zone", "", "CSV: the zone of times that carry none: UTC, +02:00, Europe/Berlin, ...")
	flags.StringVar(&f.order, "date-order", "", "CSV: the order of dates that are not year-month-day: dmy or mdy")
	flags.StringVar(&f.sep, "separator", "", "CSV: what separates columns (default found out), 'tab' for a tab")
	flags.StringVar(&f.deviceColumn, "device-column", "", "CSV: the column of the device")
	flags.BoolVar(&f.overlap, "overlap", false, "CSV: rows are in order where clocks were put back, so that times of that hour can be told apart")
	flags.IntVar(&f.places, "places", 0, "CSV, SenML: round values to so many decimals, 1 to 9 (default not at all)")
	flags.BoolVar(&f.decimalComma, "decimal-comma", false, "CSV: values have a comma for the decimal point")
	flags.IntVar(&f.listed, "list", 20, "how many excursions of a band, and gaps, to list")
	c.MarkFlagsMutuallyExclusive("policy", "profile")
	c.MarkFlagsOneRequired("policy", "profile")
}

// readPolicy reads the policy that the flags name.
func (s streams) readPolicy(f judgeFlags) (assess.Policy, error) {
	if f.profile != "" {
		return assess.FindProfile(f.profile)
	}
	text, err := s.read(f.policy)
	if err != nil {
		return assess.Policy{}, err
	}
	policy, err := assess.ReadPolicy(text)
	if err != nil {
		return policy, fmt.Errorf("%s: %w", f.policy, err)
	}
	return policy, nil
}

// window returns the window that the flags name, its ends absent where they do not.
func (f judgeFlags) window() (from, to *evaluation.Moment, err error) {
	for _, end := range []struct {
		flag, text string
		into       **evaluation.Moment
	}{{"--from", f.from, &from}, {"--to", f.to, &to}} {
		if end.text == "" {
			continue
		}
		at, err := moment(end.flag, end.text)
		if err != nil {
			return nil, nil, err
		}
		within := evaluation.MomentOf(at)
		*end.into = &within
	}
	return from, to, nil
}

// moment reads the time that a flag has.
func moment(flag, text string) (time.Time, error) {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return at, fmt.Errorf("%s takes a time such as 2026-03-01T12:00:00Z, not %q", flag, text)
	}
	return at, nil
}

// separator returns what separates columns, 0 to find out.
func (f judgeFlags) separator() (rune, error) {
	switch runes := []rune(f.sep); {
	case f.sep == "":
		return 0, nil
	case strings.EqualFold(f.sep, "tab") || f.sep == `\t`:
		return '\t', nil
	case len(runes) == 1 && runes[0] != '"' && runes[0] != '\r' && runes[0] != '\n':
		return runes[0], nil
	}
	return 0, fmt.Errorf("--separator takes one character, or 'tab', not %q", f.sep)
}
