package participant

import (
	"slices"
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/fault"
)

// consortium is every organisation by MSP id: as it stands, or as it would
// stand after a proposal.
type consortium []Organisation

func consortiumOf(participants []Participant) consortium {
	c := make(consortium, len(participants))
	for i, p := range participants {
		c[i] = p.Organisation
	}
	return c
}

// with returns the consortium after a proposal took effect.
func (c consortium) with(proposed []Organisation) consortium {
	after := slices.DeleteFunc(slices.Clone(c), func(o Organisation) bool {
		return slices.ContainsFunc(proposed, func(p Organisation) bool { return p.MSP == o.MSP })
	})
	after = append(after, proposed...)
	slices.SortFunc(after, func(a, b Organisation) int { return strings.Compare(a.MSP, b.MSP) })
	return after
}

// members returns the MSP ids of those who vote and write.
func (c consortium) members() []string {
	var msps []string
	for _, o := range c {
		if !o.Reader {
			msps = append(msps, o.MSP)
		}
	}
	return msps
}

// check refuses a consortium in which two organisations have the same GLN or
// licence.
func (c consortium) check() error {
	owner := map[string]string{}
	claim := func(what, value, msp string) error {
		if other, taken := owner[value]; taken && other != msp {
			return fault.New(fault.AlreadyExists, "%s and %s would both have the %s %s", other, msp, what, value)
		}
		owner[value] = msp
		return nil
	}
	for _, o := range c {
		for _, gln := range o.GLNs {
			if err := claim("GLN", gln, o.MSP); err != nil {
				return err
			}
		}
		for _, l := range o.Licences {
			if err := claim("licence", l.name(), o.MSP); err != nil {
				return err
			}
		}
	}
	return nil
}

// consents returns those on record whose own approval a proposal takes beyond the
// majority: those whom it changes, those who lose a GLN to another, and those
// whose licence overlaps with one that is newly given to another. They are asked
// because whoever sets an organisation's identity roots signs its decisions, who
// makes it a reader silences it, and who may commission under a prefix speaks
// for its holder. Readers are asked, too, though they do not vote.
func (c consortium) consents(proposed []Organisation) []string {
	asked := map[string]bool{}
	for _, p := range proposed {
		had := Organisation{}
		if i := slices.IndexFunc(c, func(o Organisation) bool { return o.MSP == p.MSP }); i >= 0 {
			had = c[i]
			asked[p.MSP] = true
		}
		for _, o := range c {
			if o.MSP != p.MSP && o.affected(had, p) {
				asked[o.MSP] = true
			}
		}
	}
	var msps []string
	for _, o := range c {
		if asked[o.MSP] {
			msps = append(msps, o.MSP)
		}
	}
	return msps
}

// affected reports whether what another organisation newly gets touches o.
func (o Organisation) affected(had, gets Organisation) bool {
	for _, gln := range gets.GLNs {
		if slices.Contains(o.GLNs, gln) {
			return true
		}
	}
	for _, l := range gets.Licences {
		if slices.ContainsFunc(had.Licences, func(old Licence) bool { return old == l }) {
			continue
		}
		if slices.ContainsFunc(o.Licences, l.overlaps) {
			return true
		}
	}
	return false
}

func (l Licence) overlaps(other Licence) bool {
	return l.inside(other) || other.inside(l)
}

func (l Licence) inside(other Licence) bool { return strings.HasPrefix(l.digits(), other.digits()) }

// divided returns which of the licences of o another organisation of the consortium has
// one inside of: see [Participant.Divided].
func (c consortium) divided(o Organisation) []string {
	var names []string
	for _, l := range o.Licences {
		if slices.ContainsFunc(c, func(other Organisation) bool {
			return other.MSP != o.MSP && slices.ContainsFunc(other.Licences, func(theirs Licence) bool { return theirs.inside(l) })
		}) {
			names = append(names, l.name())
		}
	}
	return names
}
