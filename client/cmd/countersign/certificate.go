package main

import (
	"github.com/hyperledger/fabric-gateway/pkg/identity"
	"github.com/spf13/cobra"

	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/client"
)

func (s streams) certificateCommand() *cobra.Command {
	return group("certificate", "Revoke certificates of persons, so that nothing they sign counts any longer (docs/keys.md)",
		s.nameCertificateCommand(),
		send(s, "revoke", "Revoke a certificate of your organisation", "participant:RevokeCertificate", (*client.Client).RevokeCertificate),
		listOf(s, "revoked MSP", "List the certificates that an organisation has revoked", (*client.Client).RevokedCertificates),
		s.signRevocationCommand(),
		send(s, "carry-revocation", "Put on record what 'certificate sign-revocation' signed", "participant:CarryCertificateRevocation", (*client.Client).CarryCertificateRevocation),
	)
}

// certificateName is how a revocation names a certificate, and whose it is.
type certificateName struct {
	Subject string `json:"subject"`
	Issuer  string `json:"issuer"`
	Serial  string `json:"serial"`
}

func (s streams) nameCertificateCommand() *cobra.Command {
	var show output
	c := &cobra.Command{
		Use: "name FILE", Short: "Show how a revocation names a certificate", Args: cobra.ExactArgs(1),
		Long: `Name shows of a certificate in PEM, a file or - for standard input, what revocations
name it by: the SHA-256 of its issuer's name, and its serial number.

Exit codes: 0 shown, 2 wrong usage or no certificate.`,
		Example: "  countersign certificate name users/auditor/msp/signcerts/cert.pem",
		RunE: func(_ *cobra.Command, args []string) error {
			text, err := s.read(args[0])
			if err != nil {
				return err
			}
			certificate, err := identity.CertificateFromPEM(text)
			if err != nil {
				return err
			}
			n := certificateName{Subject: certificate.Subject.String()}
			n.Issuer, n.Serial = participant.CertificateName(certificate)
			return show.one(s.out, n)
		},
	}
	show.add(c)
	return c
}

func (s streams) signRevocationCommand() *cobra.Command {
	c := signCommand(s, "sign-revocation", "Sign that a certificate is revoked, as an admin of an organisation that only reads", `participant:CarryCertificateRevocation
in docs/contract; "since" and "time" can be left out, and 'countersign certificate name'
shows "issuer" and "serial". 'countersign certificate carry-revocation' takes what is
written.`, client.SignCertificateRevocation)
	c.Example = `  countersign certificate name users/auditor/msp/signcerts/cert.pem
  countersign certificate sign-revocation '{"organisation":"RegulatorMSP","issuer":"c1d2...","serial":"5f0e...","reason":"the laptop was stolen"}' \
      --channel supplychain --signer users/admin/msp -o auditor.signed.json
  countersign certificate carry-revocation auditor.signed.json`
	return c
}
