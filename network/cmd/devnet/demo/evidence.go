package demo

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/countersign-ledger/countersign/client/evidence"
	"github.com/countersign-ledger/countersign/client/verify"
)

// Names of the files that a run leaves.
const (
	evidenceFile = "evidence.json"
	rootsFile    = "roots.json"
	reportFile   = "report.json"
	verifyFile   = "verification.json"
)

// roots writes what a verifier trusts: the authorities of the trading companies,
// and how many of them must agree.
func (s *stage) roots() ([]byte, error) {
	topology := s.network.Topology()
	roots := &verify.Roots{Channel: topology.Channel, Chaincode: topology.Chaincode.Name, Policy: verify.Policy{Required: 2}}
	for _, name := range traders {
		organisation, err := verify.RootsFromMSP(s.msp(name), s.network.OrganisationMSPDir(name))
		if err != nil {
			return nil, err
		}
		roots.Organisations = append(roots.Organisations, organisation)
		roots.Policy.Of = append(roots.Policy.Of, s.msp(name))
	}
	return roots.Encode()
}

// check verifies the evidence in a directory with nothing but the files there,
// and shows that a copy with one byte changed is refused.
func (s *stage) check(dir string) error {
	genuine, err := os.ReadFile(filepath.Join(dir, evidenceFile))
	if err != nil {
		return err
	}
	trusted, err := os.ReadFile(filepath.Join(dir, rootsFile))
	if err != nil {
		return err
	}
	report, err := judge(trusted, genuine)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := writeJSON(&text, report); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, verifyFile), text.Bytes(), 0o600); err != nil {
		return err
	}
	if !report.Verified() {
		return fmt.Errorf("genuine evidence must verify:\n%s", report)
	}
	s.says("anyone", "verifies offline: %d checks, endorsed by %v, policy %s", len(report.Checks), report.Endorsers, report.Policy)

	// One letter of who has the goods.
	holder := s.msp(retailer)
	forged := bytes.Replace(genuine, []byte(holder), []byte(holder[:len(holder)-1]+"Q"), 1)
	if bytes.Equal(forged, genuine) {
		return errors.New("there is no byte to change")
	}
	report, err = judge(trusted, forged)
	var format *evidence.FormatError
	switch {
	case errors.As(err, &format):
		s.says("anyone", "verifies a copy with one byte changed: refused, %s", format.Reason)
	case err != nil:
		return err
	case report.Verified():
		return errors.New("evidence with one byte changed must not verify")
	default:
		failure := report.Failures()[0]
		s.says("anyone", "verifies a copy with one byte changed: refused, check %s: %s", failure.Name, failure.Detail)
	}
	return nil
}

// judge verifies evidence against roots and their policy, now.
func judge(trusted, text []byte) (*verify.Report, error) {
	roots, err := verify.DecodeRoots(trusted)
	if err != nil {
		return nil, err
	}
	verifier, err := verify.New(roots)
	if err != nil {
		return nil, err
	}
	statement, err := evidence.Decode(text)
	if err != nil {
		return nil, err
	}
	return verifier.Verify(statement, roots.Policy, time.Now()), nil
}
