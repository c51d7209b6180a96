package confidential

import (
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/selective"
	"github.com/countersign-ledger/countersign/collections"
)

// Limits on a manifest.
const (
	// MaxSubjects bounds what a record is about, MaxSubject one of it in canonical
	// form, in bytes.
	MaxSubjects, MaxSubject = 16, 200
	// MaxApprovers bounds the further organisations whose consent it takes.
	MaxApprovers = 8
	// MaxCountries bounds the countries where a record may go.
	MaxCountries = 64
	// MaxRule bounds the rule of a transfer and the basis of a retention, in bytes.
	MaxRule = 200

	maxMSP = 128
)

// Check holds a manifest against the documented form. Everybody may: a manifest has
// no secrets. It fails with fault.InvalidRequest, pointing into the manifest.
func (m *Manifest) Check() error {
	for _, check := range []func() error{m.checkHead, m.checkParties, m.checkSubjects, m.checkTransfer, m.checkRetention, m.checkCommitments} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (m *Manifest) checkHead() error {
	switch {
	case m.V != Version:
		return wrong("/v", "this version knows schema %d", Version)
	case !selective.Strong(m.ID):
		return wrong("/id", "an id is %d random bytes in base64url without padding; this one can be guessed", selective.SaltSize)
	case !slices.Contains(collections.Kinds(), m.Kind):
		return wrong("/kind", "there is no such kind of record")
	case m.Version < 1 || (m.Version == 1) != (m.Replaces == ""):
		return wrong("/version", "a later version, and only that, replaces the one before")
	case m.Replaces != "" && (!selective.Strong(m.Replaces) || m.Replaces == m.ID):
		return wrong("/replaces", "a version is named by its id")
	case !slices.Contains([]string{Standard, Mutual, PersonalData}, m.Sensitivity):
		return wrong("/sensitivity", "a record is standard, mutual or personal")
	case m.Kind == collections.KindPersonal && m.Sensitivity != PersonalData:
		return wrong("/sensitivity", "a record of personal data is of that sensitivity")
	case m.Written.Year() < 1970 || m.Written.Year() > 9900 || !m.Written.Equal(m.Written.UTC().Truncate(time.Millisecond)):
		return wrong("/written", "a record was written at some millisecond of the ledger's time")
	}
	return nil
}

func (m *Manifest) checkParties() error {
	switch {
	case len(m.Members) < collections.MinMembers || len(m.Members) > collections.MaxMembers:
		return wrong("/members", "%d to %d organisations share a record", collections.MinMembers, collections.MaxMembers)
	case !ascending(m.Members):
		return wrong("/members", "members are MSP ids, each once, sorted")
	case !slices.Contains(m.Members, m.Owner):
		return wrong("/owner", "the owner is a member")
	case len(m.Approvers) > MaxApprovers:
		return wrong("/approvers", "%d organisations at most approve", MaxApprovers)
	case !ascending(m.Approvers):
		return wrong("/approvers", "approvers are MSP ids, each once, sorted")
	}
	for i, msp := range m.Members {
		if !isMSP(msp) {
			return wrong("/members/"+strconv.Itoa(i), "an MSP id has 1 to %d bytes", maxMSP)
		}
	}
	for i, msp := range m.Approvers {
		if !isMSP(msp) || slices.Contains(m.Members, msp) {
			return wrong("/approvers/"+strconv.Itoa(i), "an approver is an organisation that is no member, by its MSP id")
		}
	}
	return nil
}

func isMSP(msp string) bool { return msp != "" && len(msp) <= maxMSP && utf8.ValidString(msp) }

func (m *Manifest) checkSubjects() error {
	if len(m.Subjects) > MaxSubjects || !ascending(m.Subjects) {
		return wrong("/subjects", "a record is about %d things at most, each once, sorted", MaxSubjects)
	}
	for i, subject := range m.Subjects {
		if canonical, ok := canonicalSubject(subject); !ok || canonical != subject {
			return wrong("/subjects/"+strconv.Itoa(i), "neither a GS1 identifier nor the hash id of an event, in canonical form")
		}
	}
	return nil
}

func (m *Manifest) checkTransfer() error {
	t := m.Transfer
	switch {
	case t == nil:
		return nil
	case !isText(t.Rule, 1, MaxRule):
		return wrong("/transfer/rule", "a rule has 1 to %d bytes", MaxRule)
	case len(t.Countries) == 0 || len(t.Countries) > MaxCountries || !ascending(t.Countries):
		return wrong("/transfer/countries", "1 to %d countries, each once, sorted", MaxCountries)
	}
	for i, country := range t.Countries {
		if !collections.IsCountry(country) {
			return wrong("/transfer/countries/"+strconv.Itoa(i), "a country is two capital letters of ISO 3166-1")
		}
	}
	return nil
}

func (m *Manifest) checkCommitments() error {
	if len(m.Commitments) == 0 || len(m.Commitments) > MaxFields || !ascending(m.Commitments) {
		return wrong("/commitments", "1 to %d commitments, each once, sorted", MaxFields)
	}
	for i, commitment := range m.Commitments {
		if _, ok := selective.Decode(commitment); !ok {
			return wrong("/commitments/"+strconv.Itoa(i), "a commitment is 32 bytes in base64url without padding")
		}
	}
	return nil
}

// Admit refuses what would bring the record to an organisation outside of the
// countries where it may go, with fault.Jurisdiction, which names the rule. A nil
// transfer admits everybody.
func (t *Transfer) Admit(o participant.Organisation) error {
	if t == nil || slices.Contains(t.Countries, o.Country) {
		return nil
	}
	where := o.Country
	if where == "" {
		where = "no country on record"
	}
	return fault.New(fault.Jurisdiction, "%s (%s) is not where this may go, by the rule %q", o.MSP, where, t.Rule).
		With("rule", t.Rule).With("organisation", o.MSP)
}

// ascending reports whether texts are sorted, each once.
func ascending(texts []string) bool {
	for i := 1; i < len(texts); i++ {
		if texts[i-1] >= texts[i] {
			return false
		}
	}
	return true
}

// isText holds what people write and everybody reads.
func isText(text string, least, most int) bool {
	return len(text) >= least && len(text) <= most && utf8.ValidString(text) && collections.IsPlain(text)
}

func wrong(pointer, format string, args ...any) error {
	return fault.New(fault.InvalidRequest, format, args...).At("/manifest" + pointer)
}
