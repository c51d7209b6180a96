package evaluation

import "slices"

// broke gathers what a run breaks.
type broke struct {
	Break
	any                       bool
	hasLowest, hasHighest     bool
	lowestValue, highestValue Amount
	hottest                   Bucket // of the windows that broke the limit of mean kinetic temperature
}

// span widens the break to a stretch of time, broken from a moment on.
func (k *broke) span(from, to, at Moment, odd bool) {
	if !k.any {
		k.From, k.To, k.At, k.any = from, to, at, true
	}
	k.From, k.To, k.At = min(k.From, from), max(k.To, to), min(k.At, at)
	k.Implausible = k.Implausible || odd
}

// excursion notes that a band's excursion under way is broken from a moment on.
func (k *broke) excursion(b *band, at Moment) {
	k.span(b.from, b.reached, at, b.odd)
	switch {
	case b.side == below && (!k.hasLowest || b.extreme < k.lowestValue):
		k.lowestValue, k.hasLowest = b.extreme, true
	case b.side == above && (!k.hasHighest || b.extreme > k.highestValue):
		k.highestValue, k.hasHighest = b.extreme, true
	}
}

// window notes that a window of mean kinetic temperature is broken.
func (k *broke) window(w KineticWindow, from Moment, odd bool) {
	k.span(from, w.At, w.At, odd)
	if k.hottest.Ms == 0 || w.warmer(k.hottest) {
		k.hottest = w.Bucket
	}
}

// end returns the break, nil if nothing was broken.
func (k *broke) end(bands []band, mkt *kinetic) *Break {
	if !k.any {
		return nil
	}
	found := k.Break
	if k.hasLowest {
		lowest := k.lowestValue
		found.Lowest = &lowest
	}
	if k.hasHighest {
		highest := k.highestValue
		found.Highest = &highest
	}
	for i := range bands {
		if bands[i].brokeLong {
			found.Rules = append(found.Rules, bands[i].name+":"+RuleLongest)
		}
		if bands[i].brokeSum {
			found.Rules = append(found.Rules, bands[i].name+":"+RuleAllowance)
		}
	}
	if k.hottest.Ms > 0 {
		found.Rules = append(found.Rules, RuleMKT)
		found.MKT = mkt.stateMean(k.hottest)
	}
	slices.Sort(found.Rules)
	return &found
}
