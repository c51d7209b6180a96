package demo

import (
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/participant"
)

// found puts the four companies on the ledger: one proposes, each trading
// company approves.
func (s *stage) found() error {
	s.chapter("The companies found their consortium")
	proposal := participant.Proposal{Reason: "founding"}
	for _, name := range append(append([]string{}, traders...), regulator) {
		organisation, err := s.organisation(name)
		if err != nil {
			return err
		}
		proposal.Organisations = append(proposal.Organisations, organisation)
	}
	proposed, err := call(s, manufacturer, "admin", api.Propose, proposal, "proposes four organisations with their GLNs and licences")
	if err != nil {
		return err
	}
	for _, name := range traders {
		approved, err := call(s, name, "admin", api.Approve, participant.ApproveRequest{Proposal: proposed.Proposal}, "approves")
		if err != nil {
			return err
		}
		if approved.Enacted {
			s.says(name, "was the last: the proposal is in force")
		}
	}
	return nil
}

// countries are where the companies of the story are established.
var countries = map[string]string{manufacturer: "DE", carrier: "NL", retailer: "FR", regulator: "DE"}

// organisation describes a company to the others.
func (s *stage) organisation(name string) (participant.Organisation, error) {
	o := participant.Organisation{MSP: s.msp(name), Name: name, Country: countries[name], Reader: name == regulator}
	// Of the regulator, too: its people sign what it asks for.
	roots, err := authorities(s.network.OrganisationMSPDir(name))
	if o.IdentityRoots = roots; err != nil || o.Reader {
		return o, err
	}
	o.Roles = []string{name}
	if gln := s.input.glns[name]; gln != "" {
		o.GLNs = []string{gln}
	}
	if name == manufacturer {
		for _, class := range append([]string{deviceID(s.input)}, s.input.classes...) {
			o.Licences = append(o.Licences, participant.Licence{Key: class})
		}
	}
	return o, nil
}

// authorities reads the certificates of an MSP folder's authorities, PEM.
func authorities(dir string) ([]string, error) {
	files, err := filepath.Glob(filepath.Join(dir, "cacerts", "*.pem"))
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("no authorities in %s: %w", dir, os.ErrNotExist)
	}
	var roots []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		if block, _ := pem.Decode(text); block != nil {
			roots = append(roots, string(pem.EncodeToMemory(block)))
		}
	}
	return roots, nil
}
