package collections

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of a consortium.
const (
	MaxOrganisations = 64
	// MaxCollections bounds all collections together; Fabric's peers look through
	// them at every private write.
	MaxCollections = 500
	maxName        = 200
	maxRoles       = 10
)

var (
	// channelForm and chaincodeForm are Fabric's.
	channelForm   = regexp.MustCompile(`^[a-z][a-z0-9.-]{0,248}$`)
	chaincodeForm = regexp.MustCompile(`^[A-Za-z0-9]+([-_][A-Za-z0-9]+)*$`)
	// mspForm is what Fabric's policies can name.
	mspForm  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9.-]{0,63}$`)
	roleForm = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,39}$`)
)

// Validate checks a consortium as a whole. The error is a [*ConsortiumError] that
// lists every problem.
func (c Consortium) Validate() error {
	v := &validation{reader: map[string]bool{}}
	if !channelForm.MatchString(c.Channel) {
		v.add("/channel", "%q is no channel's name, such as supplychain", c.Channel)
	}
	if !chaincodeForm.MatchString(c.Chaincode) || len(c.Chaincode) > maxName {
		v.add("/chaincode", "%q is no chaincode's name, such as countersign", c.Chaincode)
	}
	v.organisations(c.Organisations)
	v.quorum("/endorse", c.Endorse, len(c.Trading()))
	v.quorum("/lifecycle", c.Lifecycle, len(c.Trading()))
	v.relations(c.Relations)
	v.disclosures(c.Disclosures)
	if len(v.problems) == 0 {
		v.size(c)
	}
	if len(v.problems) > 0 {
		return &ConsortiumError{Problems: v.problems}
	}
	return nil
}

// maxProblems bounds a report: who has so many begins with the first.
const maxProblems = 100

// validation gathers problems, and who the organisations are.
type validation struct {
	problems []Problem
	reader   map[string]bool // by MSP id, of all organisations
}

func (v *validation) add(pointer, format string, args ...any) {
	if len(v.problems) < maxProblems {
		v.problems = append(v.problems, Problem{Pointer: pointer, Text: fmt.Sprintf(format, args...)})
	}
}

func (v *validation) organisations(all []Organisation) {
	if len(all) > MaxOrganisations {
		v.add("/organisations", "there are %d organisations: at most %d are possible", len(all), MaxOrganisations)
		return
	}
	trading := 0
	for i, o := range all {
		at := fmt.Sprintf("/organisations/%d", i)
		v.organisation(at, o)
		if _, twice := v.reader[o.MSP]; twice {
			v.add(at+"/msp", "%s stands there twice", o.MSP)
		}
		v.reader[o.MSP] = o.Reader
		if !o.Reader {
			trading++
		}
	}
	if trading < MinMembers {
		v.add("/organisations", "%d organisations trade (reader is false): it takes two at least", trading)
	}
}

func (v *validation) organisation(at string, o Organisation) {
	if !mspForm.MatchString(o.MSP) {
		v.add(at+"/msp", "%q is no MSP identifier: 1 to 64 of letters, digits, '.' and '-', such as CarrierMSP", o.MSP)
	}
	if len(o.Name) > maxName || !utf8.ValidString(o.Name) || strings.ContainsFunc(o.Name, unicode.IsControl) {
		v.add(at+"/name", "a name has at most %d bytes and no control characters", maxName)
	}
	if len(o.Roles) > maxRoles || slices.ContainsFunc(o.Roles, func(r string) bool { return !roleForm.MatchString(r) }) {
		v.add(at+"/roles", "at most %d roles, each a lower-case word such as carrier", maxRoles)
	}
	if o.Country != "" && !IsCountry(o.Country) {
		v.add(at+"/country", "%q is no country of ISO 3166-1: two capital letters, such as DE", o.Country)
	}
}

func (v *validation) quorum(at string, required, trading int) {
	if required < 1 || required > trading {
		v.add(at, "%d of %d trading organisations: 1 to %d are possible", required, trading, trading)
	}
}

func (v *validation) relations(all [][]string) {
	if len(all) > MaxCollections {
		v.add("/relations", "there are %d relations: at most %d collections are possible", len(all), MaxCollections)
		return
	}
	seen := map[string]bool{}
	for i, members := range all {
		at := fmt.Sprintf("/relations/%d", i)
		if len(members) < MinMembers || len(members) > MaxMembers {
			v.add(at, "it has %d members: %d to %d are possible", len(members), MinMembers, MaxMembers)
			continue
		}
		v.members(at, members)
		name := Relation(members...)
		if seen[name] {
			v.add(at, "a relation of the same members stands there already")
		}
		seen[name] = true
	}
}

func (v *validation) members(at string, members []string) {
	for i, msp := range members {
		where := fmt.Sprintf("%s/%d", at, i)
		v.trades(where, msp)
		if slices.Contains(members[:i], msp) {
			v.add(where, "%s stands there twice", msp)
		}
	}
}

// trades holds an MSP id to be that of an organisation that trades.
func (v *validation) trades(at, msp string) {
	if reader, found := v.reader[msp]; !found {
		v.add(at, "%q is none of the organisations", msp)
	} else if reader {
		v.add(at, "%s only reads", msp)
	}
}

func (v *validation) disclosures(all []Flow) {
	if len(all) > MaxCollections {
		v.add("/disclosures", "there are %d disclosures: at most %d collections are possible", len(all), MaxCollections)
		return
	}
	seen := map[Flow]bool{}
	for i, f := range all {
		at := fmt.Sprintf("/disclosures/%d", i)
		v.trades(at+"/from", f.From)
		if _, found := v.reader[f.To]; !found {
			v.add(at+"/to", "%q is none of the organisations", f.To)
		}
		if f.From == f.To {
			v.add(at, "an organisation discloses nothing to itself")
		}
		if seen[f] {
			v.add(at, "the same direction stands there already")
		}
		seen[f] = true
	}
}

func (v *validation) size(c Consortium) {
	if n := len(c.Collections()); n > MaxCollections {
		v.add("", "it makes %d collections, and at most %d are possible: name the relations and disclosures that are needed", n, MaxCollections)
	}
}
