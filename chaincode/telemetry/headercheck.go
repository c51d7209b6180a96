package telemetry

import "github.com/countersign-ledger/countersign/chaincode/gs1"

// Bounds of a position, in 10^-7 degrees.
const (
	maxLatitude  = 900_000_000
	maxLongitude = 1_800_000_000
)

// check tests everything about a header but its root.
func (h Header) check() error {
	for _, err := range []error{h.checkNames(), h.checkSigner(), h.checkPlace()} {
		if err != nil {
			return err
		}
	}
	switch {
	case h.Sequence == 0:
		return formatError("sequence numbers count from 1")
	case (h.Sequence == 1) != h.Previous.IsZero():
		return formatError("the first recording, and no other, has no previous root")
	case h.Scale < MinScale || h.Scale > MaxScale:
		return limitError("scale %d is outside %d to %d", h.Scale, MinScale, MaxScale)
	case h.Count < 1 || h.Count > MaxReadings:
		return limitError("a recording has 1 to %d readings, not %d", MaxReadings, h.Count)
	case h.Chunk < MinChunk || h.Chunk > MaxChunk:
		return limitError("a chunk has %d to %d readings, not %d", MinChunk, MaxChunk, h.Chunk)
	}
	return h.checkTimes()
}

func (h Header) checkTimes() error {
	switch {
	case h.Start < 0 || h.Start > MaxTime:
		return limitError("start time %d ms is outside 1970 to 9999", h.Start)
	case h.Interval < 0 || h.Interval > MaxTime/int64(max(h.Count-1, 1)):
		return limitError("interval %d ms is negative or too long", h.Interval)
	case h.Interval > 0 && h.Count == 1:
		return formatError("one reading has no interval")
	case h.Start+h.Interval*int64(h.Count-1) > MaxTime:
		return limitError("the last reading is after the year 9999")
	}
	return nil
}

func (h Header) checkNames() error {
	switch {
	case !plain(h.Device, maxID, isPrintable):
		return formatError("the device id has 1 to %d printable ASCII characters", maxID)
	case !plain(h.Measurement, maxWord, isLetter):
		return formatError("the measurement type has 1 to %d letters, as in GS1's CBV", maxWord)
	case !plain(h.Unit, 3, isCode):
		return formatError("the unit is a UN/ECE Rec 20 code such as CEL")
	case h.Component != "" && !plain(h.Component, maxWord, isSmall):
		return formatError("the component has 1 to %d small letters or _, as in GS1's CBV", maxWord)
	}
	return nil
}

func (h Header) checkSigner() error {
	switch {
	case h.Gateway == "":
		return nil
	case !plain(h.Gateway, maxID, isPrintable):
		return formatError("the gateway's id has 1 to %d printable ASCII characters", maxID)
	case h.Gateway == h.Device:
		return formatError("a device that signs itself names no gateway")
	}
	return nil
}

func (h Header) checkPlace() error {
	if h.Place != "" {
		id, err := gs1.Parse(h.Place)
		if err != nil || id.Kind() != gs1.SGLN || id.Path() != h.Place || len(h.Place) > maxID {
			return formatError("the place %q is no GLN in canonical form, such as /414/0614141000012", clip(h.Place))
		}
	}
	if h.Position == nil {
		return nil
	}
	p := *h.Position
	switch {
	case h.Place != "":
		return formatError("a recording has a place or a position, not both")
	case p.Latitude < -maxLatitude || p.Latitude > maxLatitude:
		return limitError("latitude %d is beyond %d", p.Latitude, maxLatitude)
	case p.Longitude <= -maxLongitude || p.Longitude > maxLongitude: // one meridian, one number
		return limitError("longitude %d is not above -%d and at most %d", p.Longitude, maxLongitude, maxLongitude)
	}
	return nil
}

// plain reports whether s has 1 to limit bytes, each of them allowed.
func plain(s string, limit int, allowed func(byte) bool) bool {
	if s == "" || len(s) > limit {
		return false
	}
	for _, c := range []byte(s) {
		if !allowed(c) {
			return false
		}
	}
	return true
}

func isPrintable(c byte) bool { return c > ' ' && c <= '~' }
func isLetter(c byte) bool    { return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' }
func isSmall(c byte) bool     { return c >= 'a' && c <= 'z' || c == '_' }
func isCode(c byte) bool      { return c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' }
