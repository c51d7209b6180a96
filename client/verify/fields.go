package verify

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/selective"
	"github.com/countersign-ledger/countersign/client/evidence"
)

// Record is what a verified file says of the private record whose fields it shows.
type Record struct {
	// ID names the record, Kind says what it holds, Owner who wrote it.
	ID    string `json:"id"`
	Kind  string `json:"kind"`
	Owner string `json:"owner"`
	// Members are the organisations that share it.
	Members []string `json:"members"`
	// Subjects are the objects, lots, classes and events that it is about.
	Subjects []string `json:"subjects,omitempty"`
	// Version counts from 1. Superseded is the id of the version that replaces
	// it, on record when the statement was made; absent: none was.
	Version    int    `json:"version"`
	Superseded string `json:"supersededBy,omitempty"`
	// Written is the ledger time at which its owner wrote it.
	Written time.Time `json:"written"`
	// Kept tells whether the ledger then still had the hash of the content. Purged
	// is when and why it was put on record that the content is gone.
	Kept   bool                 `json:"kept"`
	Purged *confidential.Purged `json:"purged,omitempty"`
	// Committed is how many commitments the record has, those to nothing
	// included; Fields are those that the file opens, decoys left out.
	Committed int     `json:"committed"`
	Fields    []Shown `json:"fields"`
}

// Shown is one field that opens a commitment of the record.
type Shown struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// fields checks what is shown of a private record. The statement itself is checked
// beside it, like any other.
func (r *run) fields(s *evidence.ShownFields) {
	r.record(CheckDisclosures, "", outcome{fmt.Sprintf("%d, of the documented form, none twice", len(s.Fields)), s.CheckFields()})
	if r.proposal == nil || r.answer == nil {
		r.skip(CheckRecord, "", "proposal or payload could not be read")
		r.skipFields(s)
		return
	}
	standing, found := r.standing()
	if !r.record(CheckRecord, "", found) {
		r.skipFields(s)
		return
	}
	published := &standing.Published
	manifest := &published.Manifest
	r.report.Record = &Record{
		ID: manifest.ID, Kind: manifest.Kind, Owner: manifest.Owner, Members: manifest.Members, Subjects: manifest.Subjects,
		Version: manifest.Version, Superseded: published.Next, Written: manifest.Written, Kept: standing.Kept, Purged: published.Purged,
		Committed: len(manifest.Commitments), Fields: []Shown{},
	}
	for i, field := range s.Fields {
		opened := r.record(CheckField, subject(i, field), open(manifest, field))
		if opened && !field.Decoy() {
			r.report.Record.Fields = append(r.report.Record.Fields, Shown{field.Name, field.Value})
		}
	}
}

func (r *run) skipFields(s *evidence.ShownFields) {
	for i, field := range s.Fields {
		r.skip(CheckField, subject(i, field), "there is no record to hold it against")
	}
}

// subject names a field, and the commitment to nothing by its place.
func subject(i int, field selective.Field) string {
	if field.Name == "" {
		return fmt.Sprintf("disclosure %d", i)
	}
	return field.Name
}

// open holds a field against the record's commitments. The commitment binds the
// record's id: one that was copied from another record opens nothing here.
func open(manifest *confidential.Manifest, field selective.Field) outcome {
	if err := selective.Open(manifest.ID, manifest.Commitments, field); err != nil {
		return fail("it opens no commitment of record %s: %w", manifest.ID, err)
	}
	if field.Decoy() {
		return pass("a commitment to nothing, opened")
	}
	return pass("%q, opens a commitment of the record", field.Value)
}

// standing is what the endorsers signed of the record: only of the one that was
// asked for.
func (r *run) standing() (*confidential.Standing, outcome) {
	if r.proposal.Function != api.ConfidentialRecord.FullName() {
		return nil, fail("%q was asked: fields are shown with an answer of %s", r.proposal.Function, api.ConfidentialRecord.FullName())
	}
	var request confidential.RecordRequest
	if err := json.Unmarshal(r.proposal.Request, &request); err != nil {
		return nil, fail("the request cannot be read: %w", err)
	}
	var found confidential.Standing
	if err := json.Unmarshal(r.answer.Result, &found); err != nil {
		return nil, fail("the answer cannot be read: %w", err)
	}
	switch id := found.Published.Manifest.ID; {
	case id == "" || id != request.ID:
		return nil, fail("the answer is about record %q, record %q was asked for", id, request.ID)
	case found.Published.Manifest.V != 1:
		return nil, fail("the manifest is of version %d, which is not known", found.Published.Manifest.V)
	}
	return &found, pass("%s", describe(&found))
}

// describe says in one line what somebody who relies on a field must know.
func describe(s *confidential.Standing) string {
	p := &s.Published
	m := &p.Manifest
	text := fmt.Sprintf("%s of %s, shared with %s, version %d, written %s", m.Kind, m.Owner, strings.Join(m.Members, ","), m.Version, stamp(m.Written))
	if p.Next != "" {
		text += "; REPLACED by version " + p.Next
	}
	switch {
	case p.Purged != nil:
		text += fmt.Sprintf("; its content is PURGED (%s, %s)", p.Purged.Reason, stamp(p.Purged.Recorded))
	case !s.Kept:
		text += "; its content is NO LONGER on the ledger"
	}
	return text
}
