package main

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/countersign-ledger/countersign/client/profiles"
)

func (s streams) profilesCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "profiles [--json] [NAME]",
		Short: "List ready-made policies, or print one as a policy file to edit",
		Long: `Profiles lists the ready-made policies. With a name it prints that one as a policy
file, as it would be put on the ledger, and on standard error where its numbers come
from, and which of them are defaults that no source gives: whoever knows the product
confirms or replaces those.

With --json it prints everything about one or all of them as JSON.

Exit codes: 0 printed, 2 wrong usage.`,
		Example: "  countersign condition profiles refrigerated-2-8 > policy.json",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			switch {
			case len(args) == 0 && asJSON:
				return encode(s.out, profiles.All())
			case len(args) == 0:
				return s.listProfiles()
			}
			profile, found := profiles.Find(args[0])
			switch {
			case !found:
				return fmt.Errorf("there is no profile %q; 'countersign condition profiles' lists them", args[0])
			case asJSON:
				return encode(s.out, profile)
			}
			explain(s.err, profile)
			return encode(s.out, profile.Policy(profile.Name))
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func (s streams) listProfiles() error {
	w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	for _, p := range profiles.All() {
		fmt.Fprintf(w, "%s\t%s\n", p.Name, p.Title)
	}
	return w.Flush()
}

// explain says where a profile comes from, on standard error: the policy itself is
// on standard output. What is not shown loses nothing.
func explain(w io.Writer, p profiles.Profile) {
	fmt.Fprintf(w, "%s\n", p.Title)
	for _, source := range p.Sources {
		fmt.Fprintf(w, "source: %s: %s\n", source.Title, source.Says)
	}
	for _, line := range p.Confirm {
		fmt.Fprintf(w, "confirm: %s\n", line)
	}
	for _, line := range p.Limits {
		fmt.Fprintf(w, "note: %s\n", line)
	}
}

func encode(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}
