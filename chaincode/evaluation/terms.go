package evaluation

// How values run between two readings that are no further apart than the
// largest gap.
const (
	// Linear: on a straight line.
	Linear = "linear"
	// Hold: each value stands until the next reading.
	Hold = "hold"
)

// Limits of terms.
const (
	// MaxBands bounds the bands of a policy.
	MaxBands = 8
	// MaxBuckets bounds the buckets of a window of mean kinetic temperature.
	MaxBuckets = 62
	// MinBucketMs and MaxBucketMs bound the length of a bucket: a minute and 31
	// days.
	MinBucketMs = 60_000
	MaxBucketMs = 31 * 24 * 3600 * 1000
	// MinActivation and MaxActivation bound the activation energy, in J/mol.
	MinActivation = 40_000
	MaxActivation = 250_000

	year = 366 * 24 * 3600 * 1000 // ms
)

// Terms are what a policy demands of readings. Limits are inclusive: a value at
// a limit is in range. Every amount is in the one unit that the terms name.
type Terms struct {
	// Measurement is the type of measurement as in GS1's CBV, such as
	// Temperature: 1 to 40 letters.
	Measurement string `json:"measurement" jsonschema:"maxLength=40"`
	// Unit is the UN/ECE Recommendation 20 code of all amounts, such as CEL.
	Unit string `json:"unit" jsonschema:"maxLength=3"`
	// Bands are 1 to 8 ranges with what is allowed outside of each. Each is
	// judged for itself. There may be none when MKT is given.
	Bands []Band `json:"bands,omitempty"`
	// MKT limits the mean kinetic temperature; absent: it is not asked for.
	MKT *MKT `json:"mkt,omitempty"`
	// Plausible says what a working sensor can say; absent: anything.
	Plausible *Plausible `json:"plausible,omitempty"`
	// LargestGapMs is the longest time without a reading for which the values
	// between are taken as known, in milliseconds: 1 to a year, and with MKT at
	// most a bucket.
	LargestGapMs int64 `json:"largestGapMs"`
	// Between says how values run between readings.
	Between string `json:"between" jsonschema:"enum=linear,enum=hold"`
}

// Band is a range and what is allowed outside of it: 2 to 8 degrees with 24
// hours in all, and beside it 0 to 15 degrees with none.
//
// An excursion is a stretch of time on one side of the range. It begins where
// the value passes a limit, and ends where it is back.
type Band struct {
	// Name names the band within the terms: 1 to 32 of A-Z a-z 0-9 . _ -
	Name string `json:"name" jsonschema:"maxLength=32"`
	// Lower is the lowest value in range, a decimal number as a string; absent:
	// no lower limit. At least one limit is given.
	Lower *Amount `json:"lower,omitempty"`
	// Upper is the highest value in range, a decimal number as a string.
	Upper *Amount `json:"upper,omitempty"`
	// LongestExcursionMs is the longest single excursion allowed, in
	// milliseconds; 0 allows none at all: one reading out of range breaks it.
	// Absent sets no bound. At least one of it and AllowanceMs is given.
	LongestExcursionMs *int64 `json:"longestExcursionMs,omitempty"`
	// AllowanceMs is the time of excursions allowed in all, in milliseconds; 0
	// allows none at all, absent sets no bound.
	AllowanceMs *int64 `json:"allowanceMs,omitempty"`
	// MinimumMs is the least length of an excursion, in milliseconds. A shorter
	// one is noise and counts in nothing; one as long counts whole, from its
	// start.
	MinimumMs int64 `json:"minimumMs,omitempty"`
	// Hysteresis is by how much a value must be back within the limit that it
	// passed for an excursion to end, a decimal number as a string; absent: 0.
	// With two limits it is at most the distance between them.
	Hysteresis *Amount `json:"hysteresis,omitempty"`
}

// MKT limits the mean kinetic temperature (Haynes 1971; ICH Q1A(R2); USP
// <1079.2>) in every window of whole UTC buckets, and at the end of a watch in
// what there is of the last. The unit of the terms is CEL, KEL or FAH.
type MKT struct {
	// Upper is the highest mean kinetic temperature in range, a decimal number
	// as a string: -200 to 200 degrees Celsius.
	Upper Amount `json:"upper" jsonschema:"maxLength=24"`
	// BucketMs is the length of a bucket in milliseconds, a minute to 31 days.
	// Buckets begin at multiples of it since 1970-01-01T00:00:00Z: with
	// 86,400,000 they are days, UTC.
	BucketMs int64 `json:"bucketMs"`
	// Buckets is the length of the window in buckets, 1 to 62.
	Buckets int `json:"buckets"`
	// ActivationEnergy is in J/mol, 40,000 to 250,000. The gas constant is taken
	// as 8.3144 J/(mol K), so that the customary 83,144 gives 10,000 K.
	ActivationEnergy int64 `json:"activationEnergy"`
}

// Plausible is what a working sensor can say. Readings beyond still count, but
// 'kept' becomes 'undetermined', and a break says so. At least one member is
// given.
type Plausible struct {
	// Lowest and Highest are the device's measuring range, decimal numbers as
	// strings, both included.
	Lowest  *Amount `json:"lowest,omitempty"`
	Highest *Amount `json:"highest,omitempty"`
	// MostPerMinute is the largest credible rate of change from one reading to
	// the next, in units a minute, a decimal number as a string above 0.
	MostPerMinute *Amount `json:"mostPerMinute,omitempty"`
	// StuckMs is how long readings can credibly say the very same, in
	// milliseconds.
	StuckMs *int64 `json:"stuckMs,omitempty"`
}
