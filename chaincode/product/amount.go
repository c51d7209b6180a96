package product

import (
	"math"
	"strconv"
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/fault"
)

// Amount is a quantity, exact, in millionths of its unit: up to nine million
// million, with six decimals. It is written as decimal text, such as "12.5".
type Amount int64

const amountDigits = 6

// One is one unit.
const One Amount = 1_000_000

// ParseAmount reads a decimal such as "500" or "12.5": positive, at most six
// decimals. It fails with fault.InvalidRequest and fault.LimitExceeded.
func ParseAmount(text string) (Amount, error) {
	whole, fraction, _ := strings.Cut(text, ".")
	fraction = strings.TrimRight(fraction, "0")
	if whole == "" || len(fraction) > amountDigits || strings.ContainsAny(text, "+-eE_") {
		return 0, fault.New(fault.InvalidRequest, "a quantity is a decimal with at most %d digits after the point, not %q", amountDigits, cut(text))
	}
	n, err := strconv.ParseInt(whole+fraction+strings.Repeat("0", amountDigits-len(fraction)), 10, 64)
	switch {
	case err != nil && len(whole) > 12:
		return 0, fault.New(fault.LimitExceeded, "a quantity is at most %s", Amount(math.MaxInt64))
	case err != nil:
		return 0, fault.New(fault.InvalidRequest, "a quantity is a decimal number, not %q", cut(text))
	case n <= 0:
		return 0, fault.New(fault.InvalidRequest, "a quantity is more than 0")
	}
	return Amount(n), nil
}

func cut(text string) string { return text[:min(len(text), 40)] }

// Plus adds, and fails with fault.LimitExceeded where the sum is too large.
func (a Amount) Plus(b Amount) (Amount, error) {
	if b > 0 && a > math.MaxInt64-b || b < 0 && a < math.MinInt64-b {
		return 0, fault.New(fault.LimitExceeded, "the quantity would be over %s", Amount(math.MaxInt64))
	}
	return a + b, nil
}

// String writes the amount without needless zeros.
func (a Amount) String() string {
	sign, n := "", uint64(a)
	if a < 0 {
		sign, n = "-", -n
	}
	text := strconv.FormatUint(n, 10)
	if len(text) <= amountDigits {
		text = strings.Repeat("0", amountDigits+1-len(text)) + text
	}
	point := len(text) - amountDigits
	return strings.TrimSuffix(strings.TrimRight(sign+text[:point]+"."+text[point:], "0"), ".")
}

// MarshalText writes the amount as [Amount.String] does.
func (a Amount) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads what [Amount.MarshalText] wrote.
func (a *Amount) UnmarshalText(text []byte) error {
	digits, negative := strings.CutPrefix(string(text), "-")
	if strings.Trim(digits, "0.") == "" && digits != "" {
		*a = 0
		return nil
	}
	n, err := ParseAmount(digits)
	if err != nil {
		return err
	}
	if negative {
		n = -n
	}
	*a = n
	return nil
}
