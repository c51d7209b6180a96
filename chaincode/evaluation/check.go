package evaluation

import (
	"fmt"

	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// mostAmount bounds amounts.
const mostAmount = Amount(telemetry.MaxMagnitude * 1_000_000_000)

// problem is what is wrong with terms: a JSON pointer and a text, both empty
// when nothing is.
type problem struct{ pointer, text string }

// first returns the first of the problems that is one.
func first(problems ...problem) problem {
	for _, p := range problems {
		if p.text != "" {
			return p
		}
	}
	return problem{}
}

// must returns the problem unless ok.
func must(ok bool, pointer, format string, args ...any) problem {
	if ok {
		return problem{}
	}
	return problem{pointer, fmt.Sprintf(format, args...)}
}

// Check returns what is wrong with the terms, as a JSON pointer (RFC 6901)
// within them and a text; both empty when nothing is.
func (t Terms) Check() (pointer, text string) {
	p := first(
		must(spelled(t.Measurement, 40, isLetter), "/measurement", "name the type of measurement as in GS1's CBV, such as Temperature: 1 to 40 letters"),
		must(spelled(t.Unit, 3, isCode), "/unit", "name the unit by its UN/ECE Rec 20 code, such as CEL"),
		must(t.Between == Linear || t.Between == Hold, "/between", "say whether values run linear or hold between readings"),
		must(t.LargestGapMs >= 1 && t.LargestGapMs <= year, "/largestGapMs", "the largest gap is 1 ms to a year"),
		must(len(t.Bands) <= MaxBands, "/bands", "there are at most %d bands", MaxBands),
		must(len(t.Bands) > 0 || t.MKT != nil, "/bands", "give a band, or a limit of the mean kinetic temperature: without them nothing breaks the policy"),
	)
	if p.text == "" {
		p = t.checkParts()
	}
	return p.pointer, p.text
}

func (t Terms) checkParts() problem {
	for i, band := range t.Bands {
		at := fmt.Sprintf("/bands/%d", i)
		for _, other := range t.Bands[:i] {
			if other.Name == band.Name {
				return problem{at + "/name", "another band has this name"}
			}
		}
		if p := band.check(); p.text != "" {
			return problem{at + p.pointer, p.text}
		}
	}
	if t.MKT != nil {
		if p := t.checkMKT(); p.text != "" {
			return problem{"/mkt" + p.pointer, p.text}
		}
		if t.LargestGapMs > t.MKT.BucketMs {
			return problem{"/largestGapMs", "with a mean kinetic temperature the largest gap is at most one bucket"}
		}
	}
	if t.Plausible != nil {
		if p := t.Plausible.check(); p.text != "" {
			return problem{"/plausible" + p.pointer, p.text}
		}
	}
	return problem{}
}

// reserved is no name of a band: reasons that begin so are about devices.
const reserved = "device"

func (b Band) check() problem {
	return first(
		must(spelled(b.Name, 32, isNaming), "/name", "a band's name has 1 to 32 of A-Z a-z 0-9 . _ -"),
		must(b.Name != reserved, "/name", "\"device\" begins what is said of devices; take another name"),
		must(b.Lower != nil || b.Upper != nil, "/upper", "give a lower or an upper limit, or both"),
		bounded(b.Lower, "/lower"), bounded(b.Upper, "/upper"), bounded(b.Hysteresis, "/hysteresis"),
		must(b.Lower == nil || b.Upper == nil || *b.Lower <= *b.Upper, "/upper", "the upper limit is below the lower"),
		b.checkHysteresis(),
		must(b.LongestExcursionMs != nil || b.AllowanceMs != nil, "/longestExcursionMs",
			"give the longest excursion or the allowance, or both: without them nothing breaks the band"),
		lasting(b.LongestExcursionMs, 0, "/longestExcursionMs"), lasting(b.AllowanceMs, 0, "/allowanceMs"), lasting(&b.MinimumMs, 0, "/minimumMs"),
	)
}

func (b Band) checkHysteresis() problem {
	if b.Hysteresis == nil {
		return problem{}
	}
	h := *b.Hysteresis
	return first(
		must(h >= 0, "/hysteresis", "hysteresis is not negative"),
		must(b.Lower == nil || b.Upper == nil || uint64(h) <= distance(*b.Lower, *b.Upper), "/hysteresis", "hysteresis is at most the width of the band"),
		must(b.Lower == nil || *b.Lower <= mostAmount-h, "/hysteresis", "the lower limit and the hysteresis are beyond %d", telemetry.MaxMagnitude),
		must(b.Upper == nil || *b.Upper >= h-mostAmount, "/hysteresis", "the upper limit and the hysteresis are beyond %d", telemetry.MaxMagnitude),
	)
}

func (t Terms) checkMKT() problem {
	if !isTemperature(t.Unit) {
		return problem{"", "a mean kinetic temperature is in CEL, KEL or FAH"}
	}
	return first(
		must(kelvins(t.Unit, t.MKT.Upper) >= lowestMKT && kelvins(t.Unit, t.MKT.Upper) <= highestMKT, "/upper", "the limit of the mean kinetic temperature is -200 to 200 °C"),
		must(t.MKT.BucketMs >= MinBucketMs && t.MKT.BucketMs <= MaxBucketMs, "/bucketMs", "a bucket lasts %d ms to %d ms: a minute to 31 days", MinBucketMs, MaxBucketMs),
		must(t.MKT.Buckets >= 1 && t.MKT.Buckets <= MaxBuckets, "/buckets", "a window has 1 to %d buckets", MaxBuckets),
		must(t.MKT.ActivationEnergy >= MinActivation && t.MKT.ActivationEnergy <= MaxActivation, "/activationEnergy",
			"the activation energy is %d to %d J/mol, customarily 83144", MinActivation, MaxActivation),
	)
}

func (p Plausible) check() problem {
	return first(
		must(p.Lowest != nil || p.Highest != nil || p.MostPerMinute != nil || p.StuckMs != nil, "", "say what is plausible, or leave it out"),
		bounded(p.Lowest, "/lowest"), bounded(p.Highest, "/highest"), bounded(p.MostPerMinute, "/mostPerMinute"),
		must(p.Lowest == nil || p.Highest == nil || *p.Lowest <= *p.Highest, "/highest", "the highest plausible value is below the lowest"),
		must(p.MostPerMinute == nil || *p.MostPerMinute > 0, "/mostPerMinute", "the largest credible change is above 0"),
		lasting(p.StuckMs, 1, "/stuckMs"),
	)
}

// bounded checks that an amount is one.
func bounded(a *Amount, pointer string) problem {
	return must(a == nil || *a >= -mostAmount && *a <= mostAmount, pointer, "an amount is within %d and -%d", telemetry.MaxMagnitude, telemetry.MaxMagnitude)
}

// lasting checks a length of time in milliseconds.
func lasting(ms *int64, least int64, pointer string) problem {
	return must(ms == nil || *ms >= least && *ms <= year, pointer, "this lasts %d ms to a year", least)
}

// spelled reports whether s has 1 to limit bytes, each of them allowed.
func spelled(s string, limit int, allowed func(byte) bool) bool {
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

func isLetter(c byte) bool { return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isCode(c byte) bool   { return c >= 'A' && c <= 'Z' || isDigit(c) }
func isNaming(c byte) bool { return isLetter(c) || isDigit(c) || c == '.' || c == '_' || c == '-' }
