package telemetry

import "bytes"

// wire is the header in CBOR: a map with small integer keys. Without a root it
// is leaf 0 of the tree.
type wire struct {
	Version     uint64 `cbor:"1,keyasint"`
	Device      string `cbor:"2,keyasint"`
	Sequence    uint64 `cbor:"3,keyasint"`
	Previous    []byte `cbor:"4,keyasint"`
	Measurement string `cbor:"5,keyasint"`
	Unit        string `cbor:"6,keyasint"`
	Scale       int    `cbor:"7,keyasint"`
	Start       int64  `cbor:"8,keyasint"`
	Interval    int64  `cbor:"9,keyasint"`
	Count       int    `cbor:"10,keyasint"`
	Chunk       int    `cbor:"11,keyasint"`
	Root        []byte `cbor:"12,keyasint,omitempty"`

	Place     string    `cbor:"13,keyasint,omitempty"`
	Position  *Position `cbor:"14,keyasint,omitempty"`
	Gateway   string    `cbor:"15,keyasint,omitempty"`
	Component string    `cbor:"16,keyasint,omitempty"`
}

// encode returns the header in CBOR, with or without its root.
func (h Header) encode(withRoot bool) ([]byte, error) {
	w := wire{
		Version: version, Device: h.Device, Sequence: h.Sequence, Previous: []byte{},
		Measurement: h.Measurement, Unit: h.Unit, Scale: h.Scale,
		Start: h.Start, Interval: h.Interval, Count: h.Count, Chunk: h.Chunk,
		Place: h.Place, Position: h.Position, Gateway: h.Gateway, Component: h.Component,
	}
	if !h.Previous.IsZero() {
		w.Previous = h.Previous[:]
	}
	if withRoot {
		w.Root = h.Root[:]
	}
	encoded, err := marshal(w)
	if err != nil {
		return nil, formatError("encode header: %w", err)
	}
	return encoded, nil
}

// decodeHeader reads a header with its root, in the one canonical form.
func decodeHeader(data []byte) (Header, error) {
	var w wire
	if err := unmarshal(data, &w); err != nil {
		return Header{}, formatError("header: %w", err)
	}
	if w.Version != version {
		return Header{}, formatError("recording of version %d; this is version %d", w.Version, version)
	}
	h := Header{
		Device: w.Device, Sequence: w.Sequence, Measurement: w.Measurement, Unit: w.Unit, Scale: w.Scale,
		Start: w.Start, Interval: w.Interval, Count: w.Count, Chunk: w.Chunk,
		Place: w.Place, Position: w.Position, Gateway: w.Gateway, Component: w.Component,
	}
	if len(w.Root) != len(h.Root) || len(w.Previous) != 0 && len(w.Previous) != len(h.Previous) {
		return Header{}, formatError("a root has 32 bytes")
	}
	copy(h.Root[:], w.Root)
	copy(h.Previous[:], w.Previous)
	if err := h.check(); err != nil {
		return Header{}, err
	}
	again, err := h.encode(true)
	if err != nil {
		return Header{}, err
	}
	if !bytes.Equal(again, data) {
		return Header{}, formatError("the header is not in deterministic CBOR with all its members, and no empty one")
	}
	return h, nil
}
