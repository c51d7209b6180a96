package participant

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
)

// Limits of an organisation's record, which must stay under ledger.MaxRecord.
const (
	// MaxOrganisations bounds one proposal.
	MaxOrganisations = 20
	// MaxName bounds names and reasons, in bytes.
	MaxName = 200
	// MaxRoles, MaxGLNs, MaxLicences and MaxIdentityRoots bound the lists of
	// one organisation.
	MaxRoles, MaxGLNs, MaxLicences, MaxIdentityRoots = 10, 100, 50, 4
)

var (
	mspForm    = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)
	roleForm   = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,39}$`)
	prefixForm = regexp.MustCompile(`^[0-9]{4,12}$`)
)

// PartyPath returns the ledger form of a party's GLN, "/417/9506000134352",
// from any GS1 form of it as a party (417) or a location (414, 254): who
// stands behind a place is the party of the same number.
//
// It fails with fault.InvalidIdentifier.
func PartyPath(gln string) (string, error) {
	id, err := gs1.Parse(gln)
	if err != nil {
		return "", fault.New(fault.InvalidIdentifier, "not a GLN: %w", err)
	}
	if id.Kind() != gs1.PGLN && id.Kind() != gs1.SGLN {
		return "", fault.New(fault.InvalidIdentifier, "%s is no GLN but a key of type %s", gln, id.Kind())
	}
	return "/417/" + id.Key(), nil
}

// normal returns the organisation in its one canonical form: lists sorted and
// without repeats, identifiers as the ledger spells them.
func (o Organisation) normal(at string) (Organisation, error) {
	invalid := func(field, format string, args ...any) error {
		return fault.New(fault.InvalidRequest, format, args...).At(at + "/" + field)
	}
	switch {
	case !mspForm.MatchString(o.MSP):
		return o, invalid("msp", "an MSP id has 1 to 64 letters, digits, dots, dashes and underscores")
	case o.Name == "" || len(o.Name) > MaxName:
		return o, invalid("name", "a name has 1 to %d bytes", MaxName)
	case o.Country != "" && gs1.Lint("iso3166alpha2", o.Country) != nil:
		return o, invalid("country", "a country is two capital letters of ISO 3166-1, such as DE")
	case len(o.Roles) > MaxRoles || slices.ContainsFunc(o.Roles, func(r string) bool { return !roleForm.MatchString(r) }):
		return o, invalid("roles", "at most %d roles, each a lower-case word such as carrier", MaxRoles)
	case len(o.GLNs) > MaxGLNs:
		return o, invalid("glns", "at most %d GLNs", MaxGLNs)
	case len(o.Licences) > MaxLicences:
		return o, invalid("licences", "at most %d licences", MaxLicences)
	case len(o.IdentityRoots) > MaxIdentityRoots:
		return o, invalid("identityRoots", "at most %d identity roots", MaxIdentityRoots)
	case o.Reader && len(o.Licences) > 0:
		return o, invalid("licences", "a reader commissions nothing and holds no licence")
	}
	o.Roles = sortedSet(o.Roles)
	glns := make([]string, len(o.GLNs))
	for i, gln := range o.GLNs {
		path, err := PartyPath(gln)
		if err != nil {
			return o, fault.Of(err).At(at + "/glns/" + strconv.Itoa(i))
		}
		glns[i] = path
	}
	o.GLNs = sortedSet(glns)
	if err := o.normalLicences(at); err != nil {
		return o, err
	}
	return o, o.normalRoots(at)
}

func sortedSet(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}

func (o *Organisation) normalLicences(at string) error {
	licences := make([]Licence, len(o.Licences))
	for i, l := range o.Licences {
		l, err := l.normal()
		if err != nil {
			return fault.Of(err).At(at + "/licences/" + strconv.Itoa(i))
		}
		licences[i] = l
	}
	slices.SortFunc(licences, func(a, b Licence) int { return strings.Compare(string(a.key()), string(b.key())) })
	for i := 1; i < len(licences); i++ {
		if licences[i].key() == licences[i-1].key() {
			return fault.New(fault.InvalidRequest, "the licence of %s stands there twice", licences[i].name()).At(at + "/licences")
		}
	}
	o.Licences = nil
	if len(licences) > 0 {
		o.Licences = licences
	}
	return nil
}

func (l Licence) normal() (Licence, error) {
	l.From, l.To = ledgerTime(l.From), ledgerTime(l.To)
	switch {
	case (l.Prefix == "") == (l.Key == ""):
		return l, fault.New(fault.InvalidRequest, "a licence names either a prefix or a key")
	case !l.To.IsZero() && !l.From.Before(l.To):
		return l, fault.New(fault.InvalidRequest, "a licence ends after it begins")
	case l.Prefix != "" && !prefixForm.MatchString(l.Prefix):
		return l, fault.New(fault.InvalidRequest, "a GS1 company prefix has 4 to 12 digits")
	case l.Prefix != "":
		return l, nil
	}
	id, err := gs1.Parse(l.Key)
	if err != nil {
		return l, fault.New(fault.InvalidIdentifier, "%w", err)
	}
	if id != id.Class() {
		return l, fault.New(fault.InvalidRequest, "a licence is of a key such as a GTIN, not of one item or lot")
	}
	l.Key = id.Path()
	return l, nil
}

func (l Licence) name() string { return l.Prefix + l.Key }

// digits returns the digits that everything under the licence begins with.
func (l Licence) digits() string {
	if l.Key == "" {
		return l.Prefix
	}
	id, err := gs1.Parse(l.Key)
	if err != nil { // a licence on record has been normalised
		return ""
	}
	return id.LicenceDigits()
}

func ledgerTime(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Millisecond)
}

// normalRoots checks that each root is one CA certificate and spells it as
// encoding/pem does.
func (o *Organisation) normalRoots(at string) error {
	roots := make([]string, len(o.IdentityRoots))
	for i, text := range o.IdentityRoots {
		block, rest := pem.Decode([]byte(text))
		if block == nil || block.Type != "CERTIFICATE" || len(bytes.TrimSpace(rest)) > 0 {
			return fault.New(fault.InvalidRequest, "an identity root is one certificate in PEM").At(at + "/identityRoots/" + strconv.Itoa(i))
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil || !certificate.IsCA {
			return fault.New(fault.InvalidRequest, "an identity root is the X.509 certificate of an authority").At(at + "/identityRoots/" + strconv.Itoa(i))
		}
		roots[i] = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: block.Bytes}))
	}
	o.IdentityRoots = sortedSet(roots)
	return nil
}
