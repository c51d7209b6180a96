package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"

	"github.com/spf13/cobra"

	"github.com/countersign-ledger/countersign/client/verify"
)

func (s streams) profileCommand() *cobra.Command {
	c := group("profile", "Save how a ledger is reached, and as whom, under a name",
		s.profileAddCommand(), s.profileListCommand(), s.profileUseCommand(), s.profileRemoveCommand())
	c.Long = `A saved profile names a Fabric connection profile, the MSP folder of a user and,
if you like, the roots and the policy that evidence is verified by and the
organisations that sign it. Commands take it with --profile NAME or from
` + profileVariable + `; else the default is taken, which is the first that was saved until
'profile use' names another.

The file is profiles.yaml in your configuration folder, or what ` + settingsVariable + `
names. It holds paths and no keys.`
	return c
}

var profileName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)

func (s streams) profileAddCommand() *cobra.Command {
	var added settings
	c := &cobra.Command{
		Use:   "add NAME --connection FILE --msp DIR",
		Short: "Save a profile, or replace it",
		Example: `  countersign profile add operator --connection connection.yaml --msp users/operator/msp \
      --roots roots.json --by ManufacturerMSP,CarrierMSP,RetailerMSP`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if !profileName.MatchString(args[0]) {
				return fmt.Errorf("a profile's name has 1 to 64 letters, digits, '-' and '_', not %q", args[0])
			}
			if added.Policy != "" {
				if _, err := verify.ParsePolicy(added.Policy); err != nil {
					return err
				}
			}
			// Commands run in other folders.
			for _, path := range []*string{&added.Connection, &added.MSP, &added.Roots} {
				if *path == "" {
					continue
				}
				if _, err := os.Stat(*path); err != nil {
					return err
				}
				absolute, err := filepath.Abs(*path)
				if err != nil {
					return err
				}
				*path = absolute
			}
			saved, err := readSettings()
			if err != nil {
				return err
			}
			if len(saved.Profiles) == 0 {
				saved.Default = args[0]
			}
			saved.Profiles[args[0]] = added
			return saved.write()
		},
	}
	c.Flags().StringVar(&added.Connection, "connection", "", "the Fabric connection profile (required)")
	c.Flags().StringVar(&added.MSP, "msp", "", "the MSP folder of a user (required)")
	c.Flags().StringVar(&added.Channel, "channel", "", "the channel; by default the connection profile's only one")
	c.Flags().StringVar(&added.Chaincode, "chaincode", "", "the chaincode's name; by default countersign")
	c.Flags().StringVar(&added.Roots, "roots", "", "the roots file that evidence is verified against")
	c.Flags().StringVar(&added.Policy, "policy", "", "which endorsements are enough, such as '2 of AMSP,BMSP,CMSP'; by default the roots file's")
	c.Flags().StringSliceVar(&added.AttestedBy, "by", nil, "the organisations that are asked to sign evidence, MSP ids")
	return required(c, "connection", "msp")
}

// savedProfile is a profile as it is listed.
type savedProfile struct {
	Name    string `json:"name"`
	Default bool   `json:"default,omitempty"`
	settings
}

func (s streams) profileListCommand() *cobra.Command {
	var show output
	c := &cobra.Command{
		Use: "list", Short: "List the saved profiles", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			saved, err := readSettings()
			if err != nil {
				return err
			}
			for _, name := range saved.names() {
				if err := show.item(s.out, savedProfile{name, name == saved.Default, saved.Profiles[name]}); err != nil {
					return err
				}
			}
			return nil
		},
	}
	show.add(c)
	return c
}

func (s streams) profileUseCommand() *cobra.Command {
	return s.changeProfile("use", "Make a saved profile the default", func(saved *settingsFile, name string) { saved.Default = name })
}

func (s streams) profileRemoveCommand() *cobra.Command {
	return s.changeProfile("remove", "Forget a saved profile", func(saved *settingsFile, name string) {
		delete(saved.Profiles, name)
		if saved.Default == name {
			saved.Default = ""
		}
	})
}

func (s streams) changeProfile(use, short string, change func(*settingsFile, string)) *cobra.Command {
	return &cobra.Command{
		Use: use + " NAME", Short: short, Args: cobra.ExactArgs(1), ValidArgsFunction: completeProfiles,
		RunE: func(_ *cobra.Command, args []string) error {
			saved, err := readSettings()
			if err != nil {
				return err
			}
			if _, ok := saved.Profiles[args[0]]; !ok {
				return fmt.Errorf("there is no saved profile %q; there are: %q", args[0], saved.names())
			}
			change(saved, args[0])
			return saved.write()
		},
	}
}

func completeProfiles(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	saved, err := readSettings()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	return saved.names(), cobra.ShellCompDirectiveDefault
}
