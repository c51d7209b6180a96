package gs1

// MinURNPrefix and MaxURNPrefix bound the length of a GS1 company prefix in an
// EPC URN (Tag Data Standard 2.x, section 6.3). Prefixes of four and five
// digits exist; keys under them have no EPC URN.
const (
	MinURNPrefix = 6
	MaxURNPrefix = 12
)

// PrefixSource knows how long GS1 company prefixes are. A Digital Link does
// not carry that length and it cannot be derived from the digits, so whoever
// wants an EPC URN has to supply it: from the licences on the ledger, from the
// company's own configuration, or from GS1's published list.
type PrefixSource interface {
	// PrefixLength returns the length of the company prefix that digits begin
	// with, as LicenceDigits gives them. An error that matches ErrPrefixLength
	// says that it is not known; any other is passed on as it is.
	PrefixLength(digits string) (int, error)
}

// PrefixLength is a source that answers the same length for every key: for a
// caller that knows the prefix of the one key at hand.
type PrefixLength int

// PrefixLength returns n whatever the digits.
func (n PrefixLength) PrefixLength(string) (int, error) { return int(n), nil }
