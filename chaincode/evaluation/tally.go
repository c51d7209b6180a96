package evaluation

import "math"

// Window is the time that a watch covers, both ends included. Moments are
// within 1970 and the year 9999.
type Window struct {
	Start Moment
	// End is [Open] while the watch runs.
	End Moment
}

// Open is the end of a window that has none yet.
const Open = Moment(math.MaxInt64)

// Tally is the evaluation of one device's readings so far: of bounded size (8 KB
// as JSON), however many there were. Cutting the same readings into other runs
// gives exactly the same tally.
type Tally struct {
	// Readings counts readings within the window.
	Readings uint64 `json:"readings"`
	// Last is the last reading, within the window or not.
	Last *Point `json:"last,omitempty"`
	// Lowest and Highest are the extreme readings within the window.
	Lowest  *Amount `json:"lowest,omitempty"`
	Highest *Amount `json:"highest,omitempty"`
	// Gaps counts the stretches without readings, longer than the largest gap
	// or in the middle of an excursion; MissingMs is how long they are
	// together.
	Gaps      uint64 `json:"gaps"`
	MissingMs int64  `json:"missingMs"`
	// Implausible counts readings within the window that a working sensor
	// cannot have made, ImplausibleAt is the time of the first.
	Implausible   uint64  `json:"implausible,omitempty"`
	ImplausibleAt *Moment `json:"implausibleAt,omitempty"`
	// SameSince is from when readings say the very same as the last; kept only
	// when the terms ask for it.
	SameSince *Moment `json:"sameSince,omitempty"`
	// Bands are the states of the bands, as in the terms; absent before the
	// first evaluation.
	Bands []BandTally `json:"bands,omitempty"`
	// MKT is the state of the mean kinetic temperature, when the terms limit
	// it.
	MKT *MKTTally `json:"mkt,omitempty"`
	// Broken says that a rule was broken.
	Broken bool `json:"broken"`
}

// BandTally is the state of one band.
type BandTally struct {
	// Excursions counts the excursions, the current one included, without
	// noise.
	Excursions uint64 `json:"excursions"`
	// Excursion is the current one, or the last if it went on to the end of
	// the window; absent while values are in range.
	Excursion *Excursion `json:"excursion,omitempty"`
	// LongestMs is the longest single excursion, in milliseconds.
	LongestMs int64 `json:"longestMs"`
	// OutMs is the length of all excursions together, in milliseconds.
	OutMs int64 `json:"outMs"`
	// Broken says that a rule of the band was broken.
	Broken bool `json:"broken"`
}

// Which side of the range a value is on.
const (
	Below = "below"
	Above = "above"
)

// Excursion is a stretch of time on one side of a band.
type Excursion struct {
	// Side is below or above.
	Side string `json:"side" jsonschema:"enum=below,enum=above"`
	// From is where it began, To how far it is known to reach.
	From Moment `json:"from"`
	To   Moment `json:"to"`
	// Extreme is the value furthest out.
	Extreme Amount `json:"extreme"`
	// Noise says that it is shorter as yet than the band's minimum: it counts
	// in nothing.
	Noise bool `json:"noise,omitempty"`
	// Implausible says that a reading within it is.
	Implausible bool `json:"implausible,omitempty"`
}

// MKTTally is the state of the mean kinetic temperature: what the buckets of
// the present window hold. A bucket's sum is of the rate of degradation relative
// to that at the limit, over time, twice.
type MKTTally struct {
	// Bucket is the number of the newest bucket: its start since 1970 divided
	// by the length of a bucket.
	Bucket int64 `json:"bucket"`
	// Buckets are those of the window, the newest last, without empty ones
	// before the first that is not; at most as many as the terms say.
	Buckets []Bucket `json:"buckets,omitempty"`
	// Worst is the window with the highest mean kinetic temperature of those
	// judged; absent before the first.
	Worst *KineticWindow `json:"worst,omitempty"`
	// Ended says that the window at the watch's end was judged.
	Ended bool `json:"ended,omitempty"`
	// Broken says that the limit was passed.
	Broken bool `json:"broken,omitempty"`
}

// Bucket is what readings say of one bucket: the time that is known, in
// milliseconds, and twice the sum of the relative rate over it.
type Bucket struct {
	Ms  int64 `json:"ms"`
	Sum Sum   `json:"sum"`
}

// KineticWindow is a window that was judged: what it holds, and when it ended.
type KineticWindow struct {
	Bucket
	// At is the end of the window.
	At Moment `json:"at"`
}
