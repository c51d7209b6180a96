package search

import (
	"fmt"
	"slices"
	"strings"
)

// Kind is what a secret was found in.
type Kind string

const (
	// Entry is a live entry of a database, key or value.
	Entry Kind = "entry"
	// Remnant is a raw file of a database in which no live entry has the secret:
	// what was overwritten or deleted, until the database compacts it away.
	Remnant Kind = "remnant"
	// File is any other file: blocks, logs, configuration.
	File Kind = "file"
	// Answer is what a client was answered.
	Answer Kind = "answer"
)

// Finding is a secret in a place.
type Finding struct {
	// Secret names what was found, Form how it was written.
	Secret, Form string
	Kind         Kind
	// Organisation is whose node or client it is; the name of a file's path when it
	// is nobody's.
	Organisation string
	// Store is the database or file, by its path; of an answer, what was asked.
	Store string
	// Key is the key of a database's entry, quoted.
	Key string
}

// String describes the finding for people.
func (f Finding) String() string {
	return fmt.Sprintf("%s (%s) in %s %s of %s %s", f.Secret, f.Form, f.Kind, f.Store, f.Organisation, f.Key)
}

// Findings are what a search found.
type Findings []Finding

// Where returns those that a condition holds for.
func (all Findings) Where(condition func(Finding) bool) Findings {
	var kept Findings
	for _, f := range all {
		if condition(f) {
			kept = append(kept, f)
		}
	}
	return kept
}

// Of returns those of one secret.
func (all Findings) Of(secret string) Findings {
	return all.Where(func(f Finding) bool { return f.Secret == secret })
}

// Places returns where the findings are, each place once, sorted:
// "kind organisation".
func (all Findings) Places() []string {
	var places []string
	for _, f := range all {
		places = append(places, string(f.Kind)+" "+f.Organisation)
	}
	slices.Sort(places)
	return slices.Compact(places)
}

// Stores returns the last parts of the paths that the findings are in, each once,
// sorted.
func (all Findings) Stores() []string {
	var stores []string
	for _, f := range all {
		stores = append(stores, f.Store[strings.LastIndex(f.Store, "/")+1:])
	}
	slices.Sort(stores)
	return slices.Compact(stores)
}

// String lists the findings, one a line.
func (all Findings) String() string {
	lines := make([]string, len(all))
	for i, f := range all {
		lines[i] = f.String()
	}
	return strings.Join(lines, "\n")
}

// Bytes looks for secrets in a text. The finding is the template, completed.
func Bytes(text []byte, template Finding, secrets ...Secret) Findings {
	var found Findings
	for _, s := range secrets {
		for _, form := range s.in(text) {
			f := template
			f.Secret, f.Form = s.Name, form
			found = append(found, f)
		}
	}
	return found
}
