package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/selective"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
	"github.com/countersign-ledger/countersign/client/evidence"
)

// maxInspected is how many readings are spelled out.
const maxInspected = 20

// shown says what evidence shows beside its statement, one line for each.
func shown(found evidence.Evidence, result json.RawMessage) (lines []string, err error) {
	switch found := found.(type) {
	case *evidence.ShownFields:
		for _, field := range found.Fields {
			lines = append(lines, ofField(field))
		}
	case *evidence.Events:
		for _, event := range found.Shown {
			lines = append(lines, fmt.Sprintf("event %d: %s", event.Number, event.Text))
		}
	case *evidence.Contained:
		var object struct {
			ID string `json:"id"`
		}
		if err := json.Unmarshal(result, &object); err != nil {
			return nil, err
		}
		lines = append(lines, object.ID+" was in "+found.Container)
	case *evidence.Readings:
		return ofReadings(found)
	}
	return lines, nil
}

// ofField is a field's name and value; its salt says nothing to people.
func ofField(field selective.Field) string {
	if field.Decoy() {
		return "a commitment to nothing"
	}
	return field.Name + " = " + strconv.Quote(field.Value)
}

func ofReadings(found *evidence.Readings) ([]string, error) {
	proof, err := found.Open()
	if err != nil {
		return nil, err
	}
	h := proof.Header
	lines := []string{fmt.Sprintf("readings %d to %d of %d of a recording by %s, %s", proof.From, proof.To-1, h.Count, h.Device, h.Measurement)}
	readings, err := proof.Verify(h.Root) // by its own root: that it holds together, no more
	if err != nil {
		return append(lines, "they do not fit: "+err.Error()), nil
	}
	for i, r := range readings {
		if i == maxInspected {
			return append(lines, fmt.Sprintf("and %d more", len(readings)-i)), nil
		}
		lines = append(lines, fmt.Sprintf("%s  %s %s", r.At().Format(time.RFC3339), telemetry.FormatDecimal(r.Value, h.Scale), h.Unit))
	}
	return lines, nil
}
