package evaluation

import (
	"time"

	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// Amount is a measured value or a limit, in thousand-millionths (10^-9) of its
// unit, within plus or minus [telemetry.MaxMagnitude] units. As text and in
// JSON it is an exact decimal number in units, such as "-2.5".
type Amount int64

// MarshalText writes a decimal number.
func (a Amount) MarshalText() ([]byte, error) {
	return []byte(telemetry.FormatDecimal(int64(a), telemetry.MinScale)), nil
}

// UnmarshalText reads a decimal number of at most nine decimals. It fails as
// [telemetry.ParseDecimal] does.
func (a *Amount) UnmarshalText(text []byte) error {
	value, scale, err := telemetry.ParseDecimal(string(text))
	if err != nil {
		return err
	}
	*a = Amount(value * telemetry.Factor(scale))
	return nil
}

// String returns the decimal number.
func (a Amount) String() string { return telemetry.FormatDecimal(int64(a), telemetry.MinScale) }

// Moment is a time in milliseconds since 1970-01-01T00:00:00Z. As text and in
// JSON it is RFC 3339 in UTC with three decimals.
type Moment int64

const momentLayout = "2006-01-02T15:04:05.000Z"

// MomentOf returns the millisecond that t is in.
func MomentOf(t time.Time) Moment { return Moment(t.UnixMilli()) }

// Time returns the moment, UTC.
func (m Moment) Time() time.Time { return time.UnixMilli(int64(m)).UTC() }

// String returns RFC 3339.
func (m Moment) String() string { return m.Time().Format(momentLayout) }

// MarshalText writes RFC 3339 in UTC with three decimals.
func (m Moment) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads RFC 3339 with any zone and decimals; what is finer than a
// millisecond is cut off.
func (m *Moment) UnmarshalText(text []byte) error {
	t, err := time.Parse(time.RFC3339, string(text))
	if err != nil {
		return err
	}
	*m = MomentOf(t)
	return nil
}
