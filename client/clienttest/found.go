package clienttest

import (
	"context"
	"encoding/pem"

	"github.com/countersign-ledger/countersign/chaincode/participant"
)

// countries are those of the default organisations.
var countries = map[string]string{"manufacturer": "DE", "carrier": "NL", "retailer": "FR", "regulator": "DE"}

// Found founds the consortium on its ledger: it proposes organisations and has
// the admin of each that trades approve. An organisation that is given by MSP
// id alone gets its name, one of the default organisations its country, and each
// the authority that signs for its persons.
func (c *Consortium) Found(ctx context.Context, organisations ...participant.Organisation) error {
	var founders []*member
	for i := range organisations {
		o := &organisations[i]
		m, err := c.named(o.MSP)
		if err != nil {
			return err
		}
		setDefault(&o.Name, m.Name)
		setDefault(&o.Country, countries[m.Name])
		o.Reader = m.Reader
		if len(o.IdentityRoots) == 0 {
			root := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: m.authority.certificate.Raw})
			o.IdentityRoots = []string{string(root)}
		}
		if !m.Reader {
			founders = append(founders, m)
		}
	}
	var proposal string
	for i, m := range founders {
		admin, err := c.Connect(ctx, m.MSP, "admin")
		if err != nil {
			return err
		}
		if i == 0 {
			proposed, err := admin.Propose(ctx, participant.Proposal{Organisations: organisations})
			if err != nil {
				return err
			}
			proposal = proposed.Proposal
		}
		if _, err := admin.Approve(ctx, proposal); err != nil {
			return err
		}
		if err := admin.Close(); err != nil {
			return err
		}
	}
	return nil
}
