package evidence

import "github.com/countersign-ledger/countersign/chaincode/telemetry"

// KindReadings names readings of a device, shown with what the ledger keeps of the
// recording that they stand in.
const KindReadings = "readings"

// Readings are a run of readings of a recording, with the path that leads from them
// to its root, and the attested statement in which the ledger gives the root.
type Readings struct {
	// Statement is of the query condition:Recording.
	Statement *Statement
	// Proof is a telemetry.Proof, as its MarshalBinary writes it.
	Proof []byte
}

// NewReadings shows readings of the recording that a statement is about. It checks
// the form, and whether the proof leads to the root a verifier does. It fails with
// [FormatError].
func NewReadings(statement *Statement, proof *telemetry.Proof) (*Readings, error) {
	text, err := proof.MarshalBinary()
	if err != nil {
		return nil, &FormatError{Reason: "the readings cannot be written", cause: err}
	}
	r := &Readings{Statement: statement, Proof: text}
	return r, r.Check()
}

// Kind returns [KindReadings].
func (r *Readings) Kind() string { return KindReadings }

// Attested returns the statement of the recording.
func (r *Readings) Attested() *Statement { return r.Statement }

// Check holds the evidence against the format; see [Evidence].
func (r *Readings) Check() error {
	if err := r.Statement.Check(); err != nil {
		return err
	}
	_, err := r.Open()
	return err
}

// Open decodes the readings. They are not proven before telemetry.Proof.Verify. It
// fails with [FormatError].
func (r *Readings) Open() (*telemetry.Proof, error) {
	var proof telemetry.Proof
	if err := proof.UnmarshalBinary(r.Proof); err != nil {
		return nil, &FormatError{Reason: "the readings are not in the documented form", cause: err}
	}
	return &proof, nil
}

// Encode writes a file; see [Evidence].
func (r *Readings) Encode() ([]byte, error) { return encode(r) }

func (r *Readings) show(w *writer) error {
	w.bytes("readings", r.Proof)
	return nil
}
