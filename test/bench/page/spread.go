package page

import (
	"fmt"
	"slices"
)

// Spread is a median with the extremes.
type Spread struct{ Median, Least, Most float64 }

// SpreadOf returns the spread of values, zero of none.
func SpreadOf(values []float64) Spread {
	sorted := slices.Sorted(slices.Values(values))
	if len(sorted) == 0 {
		return Spread{}
	}
	return Spread{sorted[len(sorted)/2], sorted[0], sorted[len(sorted)-1]}
}

// String writes it in as many digits as say something.
func (s Spread) String() string {
	return fmt.Sprintf("%s [%s-%s]", Short(s.Median), Short(s.Least), Short(s.Most))
}

// Short writes a number with three digits or a little more.
func Short(v float64) string {
	switch {
	case v >= 1000:
		return Thousands(int(v + 0.5))
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

// Thousands writes a number with a comma every three digits.
func Thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", Thousands(n/1000), n%1000)
}
