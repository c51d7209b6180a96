package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/countersign-ledger/countersign/client/verify"
)

func (s streams) rootsCommand() *cobra.Command {
	roots := &verify.Roots{}
	var policy string
	c := &cobra.Command{
		Use:   "roots --channel NAME [--chaincode NAME] [--policy POLICY] MSP=DIR...",
		Short: "Make a roots file of organisations' MSP folders",
		Long: `Roots writes, to standard output, the roots file that 'countersign verify' needs.
Each argument is an organisation's MSP id and the folder of its MSP, with
cacerts, intermediatecerts, crls and config.yaml. An MSP folder holds nothing
secret; get each from the organisation itself.

These roots stay as they are. To follow the channel's configuration instead, see
'countersign roots pin' and 'countersign roots follow'.`,
		Example: "  countersign roots --channel supplychain --policy '2 of ManufacturerMSP,CarrierMSP,RetailerMSP' \\\n" +
			"    ManufacturerMSP=msp/manufacturer CarrierMSP=msp/carrier RetailerMSP=msp/retailer > roots.json",
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) (err error) {
			for _, arg := range args {
				msp, dir, ok := strings.Cut(arg, "=")
				if !ok || msp == "" || dir == "" {
					return fmt.Errorf("%q is not of the form MSP=DIR", arg)
				}
				organisation, err := verify.RootsFromMSP(msp, dir)
				if err != nil {
					return err
				}
				roots.Organisations = append(roots.Organisations, organisation)
			}
			if policy != "" {
				if roots.Policy, err = verify.ParsePolicy(policy); err != nil {
					return err
				}
			}
			text, err := roots.Encode()
			if err != nil {
				return err
			}
			_, err = s.out.Write(text)
			return err
		},
	}
	c.Flags().StringVar(&roots.Channel, "channel", "", "the channel's name (required)")
	c.Flags().StringVar(&roots.Chaincode, "chaincode", "countersign", "the chaincode's name")
	c.Flags().StringArrayVar(&roots.Versions, "version", nil, "a version of the chaincode that is accepted; any when there is none")
	c.Flags().StringVar(&policy, "policy", "", "the default policy, such as '2 of AMSP,BMSP,CMSP'")
	if err := c.MarkFlagRequired("channel"); err != nil {
		c.RunE = func(*cobra.Command, []string) error { return err }
	}
	c.AddCommand(s.rootsPinCommand(), s.rootsFollowCommand(), s.rootsShowCommand())
	return c
}
