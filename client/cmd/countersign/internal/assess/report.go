package assess

import (
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// Format is what [Report.Format] says of a report in this shape.
const Format = "countersign-condition-evaluation/1"

// MaxListed bounds the excursions of a band, and the gaps, that a report lists by
// default.
const MaxListed = 100

// Report is what readings say of a policy. Its JSON shape is documented in
// docs/condition.md, and members are only ever added to it.
type Report struct {
	// Format is [Format].
	Format string `json:"format"`
	// The judgement is that of all devices together.
	evaluation.Judgement
	Policy PolicyReport `json:"policy"`
	Window WindowReport `json:"window"`
	// Devices has one for each device, as the ledger has one lane for each.
	Devices []Device `json:"devices"`
	// Evaluated are the readings as they were judged, as Devices.
	Evaluated []Evaluated `json:"-"`
	// Listed bounds the windows that String lists.
	Listed int `json:"-"`
}

// Evaluated is what one device's readings were judged as.
type Evaluated struct {
	// Terms are the policy's, in the unit of the readings.
	Terms    evaluation.Terms
	Readings []telemetry.Reading
	Scale    int
}

// PolicyReport is what was judged by.
type PolicyReport struct {
	Name  string           `json:"name,omitempty"`
	Terms evaluation.Terms `json:"terms"`
}

// WindowReport is the time that was judged, both ends included.
type WindowReport struct {
	From evaluation.Moment `json:"from"`
	To   evaluation.Moment `json:"to"`
	Ms   int64             `json:"ms"`
}

// Device is what one device's readings say.
type Device struct {
	// Device is its GS1 key or name; absent when the files do not say.
	Device    string   `json:"device,omitempty"`
	Component string   `json:"component,omitempty"`
	Files     []string `json:"files"`
	evaluation.Judgement
	// Unit is that of every amount here, a UN/ECE Rec 20 code. UnitTaken says
	// that the files do not name one, and that the policy's was taken.
	Unit      string `json:"unit"`
	UnitTaken bool   `json:"unitTaken,omitempty"`
	// Readings are those within the window, Read all that there were.
	Readings uint64 `json:"readings"`
	Read     int    `json:"read"`
	// Duplicates were dropped, Empty had no value, Unsorted were put in order,
	// Other were of another device or held no number.
	Duplicates int `json:"duplicates"`
	Empty      int `json:"empty"`
	Unsorted   int `json:"unsorted"`
	Other      int `json:"other"`
	// Last is the last reading, Lowest and Highest the extremes within the
	// window.
	Last    *evaluation.Point  `json:"last,omitempty"`
	Lowest  *evaluation.Amount `json:"lowest,omitempty"`
	Highest *evaluation.Amount `json:"highest,omitempty"`
	Bands   []Band             `json:"bands"`
	Gaps    Gaps               `json:"gaps"`
	// UncoveredMs is the time from the last reading to the end of the window.
	UncoveredMs int64        `json:"uncoveredMs"`
	MKT         *MKT         `json:"mkt,omitempty"`
	Broken      []Broken     `json:"broken,omitempty"`
	Implausible *Implausible `json:"implausible,omitempty"`
	// Recordings is present when the readings stood in recordings.
	Recordings *Chain `json:"recordings,omitempty"`
}

// Band is what readings say of one band of the policy. Limits are in the unit of
// the device's readings.
type Band struct {
	Name               string             `json:"name"`
	Lower              *evaluation.Amount `json:"lower,omitempty"`
	Upper              *evaluation.Amount `json:"upper,omitempty"`
	Broken             bool               `json:"broken"`
	Excursions         uint64             `json:"excursions"`
	LongestMs          int64              `json:"longestMs"`
	LongestExcursionMs *int64             `json:"longestExcursionMs,omitempty"`
	OutMs              int64              `json:"outMs"`
	AllowanceMs        *int64             `json:"allowanceMs,omitempty"`
	// List has the first of the excursions; what Excursions counts beyond was
	// left out.
	List []Excursion `json:"list,omitempty"`
}

// Excursion is a stretch of time out of a band.
type Excursion struct {
	Side    string            `json:"side"`
	From    evaluation.Moment `json:"from"`
	To      evaluation.Moment `json:"to"`
	Ms      int64             `json:"ms"`
	Extreme evaluation.Amount `json:"extreme"`
}

// Gaps is what is missing: stretches without readings that are longer than the
// policy's largest gap, or in the middle of an excursion.
type Gaps struct {
	Count     uint64 `json:"count"`
	MissingMs int64  `json:"missingMs"`
	List      []Gap  `json:"list,omitempty"`
}

// Gap is a stretch of time without readings.
type Gap struct {
	From evaluation.Moment `json:"from"`
	To   evaluation.Moment `json:"to"`
	Ms   int64             `json:"ms"`
}

// MKT is the mean kinetic temperature, to four decimals.
type MKT struct {
	Limit evaluation.Amount `json:"limit"`
	// WindowMs is the length of a window.
	WindowMs int64 `json:"windowMs"`
	Broken   bool  `json:"broken"`
	// Overall is that of all that is known within the time judged; absent when
	// nothing is.
	Overall *evaluation.Amount `json:"overall,omitempty"`
	// Highest is the window with the highest; absent before the first is full.
	Highest *KineticWindow `json:"highest,omitempty"`
	// Windows are those judged, in order; absent when there are more than 1,000.
	Windows []KineticWindow `json:"windows,omitempty"`
}

// KineticWindow is one window of mean kinetic temperature.
type KineticWindow struct {
	// To is its end; KnownMs how much of it readings cover.
	To      evaluation.Moment `json:"to"`
	KnownMs int64             `json:"knownMs"`
	MKT     evaluation.Amount `json:"mkt"`
}

// Broken is a rule that was broken, and since when.
type Broken struct {
	Rule string            `json:"rule"`
	At   evaluation.Moment `json:"at"`
}

// Implausible counts readings that a working sensor cannot have made.
type Implausible struct {
	Count uint64            `json:"count"`
	First evaluation.Moment `json:"first"`
}

// ReasonMissing is the reason of a device of whose recordings some are missing.
// The ledger would not take those after them.
const ReasonMissing = "recordingMissing"
