package epcis

import (
	"math/bits"
	"strings"
)

// check finds what is wrong with an event beyond the form of its parts.
type check struct {
	at    path // of the event
	rep   *report
	event int
	seen  fields // fields that are present, even malformed
	torn  bool   // parts were malformed, are reported already, and empty here
	// locate renders a path for XML; nil means JSON.
	locate func(below []any) string
}

// bad reports a violation at a path below the event, of names and indexes.
func (c *check) bad(clause, msg string, below ...any) {
	if c.locate != nil {
		c.rep.add(Violation{Pointer: c.locate(below), Clause: clause, Message: msg, Event: c.event})
		return
	}
	at := append(path{}, c.at...)
	for _, b := range below {
		switch b := b.(type) {
		case string:
			at = append(at, segment{name: b, index: -1})
		case int:
			at = append(at, segment{index: b})
		}
	}
	c.rep.add(Violation{Pointer: at.pointer(), Clause: clause, Message: msg, Event: c.event})
}

// has reports whether any of the fields is present.
func (c *check) has(f fields) bool { return c.seen&f != 0 }

func (c *check) eventRules(e *Event) {
	c.mandatory(e)
	c.placement(e)
	c.objects(e)
	c.lists(e)
	c.persistent(e.PersistentDisposition)
	for i := range e.SensorElementList {
		c.sensor(&e.SensorElementList[i], i)
	}
	c.identifiers(e)
}

func (c *check) mandatory(e *Event) {
	for _, f := range [...]struct {
		bit  fields
		name string
	}{{fType, "type"}, {fEventTime, "eventTime"}, {fOffset, "eventTimeZoneOffset"}} {
		if !c.has(f.bit) {
			c.bad(clauseEvent, f.name+" is missing")
		}
	}
	allowed, known := allowedFields(e.Type)
	if known && allowed&fAction != 0 && !c.has(fAction) {
		c.bad(clauseAction, "action is missing")
	}
}

// placement checks that every field may stand in an event of this type.
func (c *check) placement(e *Event) {
	allowed, known := allowedFields(e.Type)
	for extra := c.seen &^ allowed; extra != 0; extra &= extra - 1 {
		name := fieldNames[bits.TrailingZeros64(uint64(extra))]
		c.bad("EPCIS 2.0, "+string(e.Type), "the type "+string(e.Type)+" has no "+name, name)
	}
	if known && c.has(fILMD) && e.Type == ObjectEvent && c.has(fAction) && e.Action != Add {
		c.bad("EPCIS 2.0, ObjectEvent: ilmd", "ilmd needs action ADD, since only then objects begin to exist", "ilmd")
	}
}

// objects checks that the event says what it is about.
func (c *check) objects(e *Event) {
	switch e.Type {
	case ObjectEvent:
		if !c.has(fEPCList) && len(e.QuantityList) == 0 && (len(e.SensorElementList) == 0 || !c.has(fReadPoint)) {
			c.bad("EPCIS 2.0, ObjectEvent", "needs an epcList, a quantityList that is not empty, or a readPoint with a sensorElementList")
		}
	case AggregationEvent, AssociationEvent:
		c.children(e)
	case TransactionEvent:
		if len(e.BizTransactionList) == 0 {
			c.bad("EPCIS 2.0, TransactionEvent: bizTransactionList", "needs at least one business transaction")
		}
		if !c.has(fEPCList) && len(e.QuantityList) == 0 && e.Action != Delete {
			c.bad("EPCIS 2.0, TransactionEvent", "needs an epcList or a quantityList that is not empty, unless action is DELETE")
		}
	case TransformationEvent:
		c.transformation(e)
	}
}

func (c *check) children(e *Event) {
	clause := "EPCIS 2.0, " + string(e.Type)
	if len(e.ChildEPCs) == 0 && len(e.ChildQuantityList) == 0 && e.Action != Delete {
		c.bad(clause, "needs childEPCs or a childQuantityList that are not empty, unless action is DELETE")
	}
	if c.has(fParentID) {
		return
	}
	if e.Type == AssociationEvent {
		c.bad(clause+": parentID", "parentID is missing")
	} else if e.Action == Add || e.Action == Delete {
		c.bad(clause+": parentID", "parentID is missing, which only action OBSERVE can do without")
	}
}

func (c *check) transformation(e *Event) {
	in := len(e.InputEPCList) > 0 || len(e.InputQuantityList) > 0
	out := len(e.OutputEPCList) > 0 || len(e.OutputQuantityList) > 0
	if in && out || (in || out) && c.has(fTransformationID) {
		return
	}
	c.bad("EPCIS 2.0, TransformationEvent", "needs inputs and outputs, or one of them with a transformationID")
}

func (c *check) lists(e *Event) {
	if e.Type == ObjectEvent {
		c.unique(e.EPCList, clauseEvent+": epcList", "epcList")
	}
	c.unique(e.InputEPCList, clauseEvent+": inputEPCList", "inputEPCList")
	c.unique(e.OutputEPCList, clauseEvent+": outputEPCList", "outputEPCList")
	c.quantities(e.QuantityList, "quantityList")
	c.quantities(e.ChildQuantityList, "childQuantityList")
	c.quantities(e.InputQuantityList, "inputQuantityList")
	c.quantities(e.OutputQuantityList, "outputQuantityList")
}

// unique reports values that occur twice.
func (c *check) unique(list []string, clause string, below ...any) {
	const few = 12
	if len(list) <= few {
		for i, s := range list {
			for _, t := range list[:i] {
				if s == t && s != "" {
					c.bad(clause, quote(s)+" occurs twice", append(below, i)...)
					break
				}
			}
		}
		return
	}
	set := make(map[string]struct{}, len(list))
	for i, s := range list {
		if _, twice := set[s]; twice && s != "" {
			c.bad(clause, quote(s)+" occurs twice", append(below, i)...)
		}
		set[s] = struct{}{}
	}
}

// quantities checks what the standard says of quantity and uom: a quantity is
// positive, a count (without uom) is whole, a uom needs a quantity.
func (c *check) quantities(list []Quantity, name string) {
	for i := range list {
		q := &list[i]
		switch {
		case q.Amount == "":
			if q.UOM != "" && !c.torn {
				c.bad(clauseQuantity, "uom without quantity", name, i, "uom")
			}
		case q.Amount == "0" || q.Amount.negative():
			c.bad(clauseQuantity, "the quantity is not positive", name, i, "quantity")
		case q.UOM == "" && strings.Contains(string(q.Amount), ".") && !c.torn:
			c.bad(clauseQuantity, "a quantity without uom is a count and must be whole", name, i, "quantity")
		}
	}
}

func (c *check) persistent(p *PersistentDisposition) {
	if p == nil {
		return
	}
	for _, l := range [...]struct {
		name string
		list []string
	}{{"set", p.Set}, {"unset", p.Unset}} {
		if l.list != nil && len(l.list) == 0 {
			c.bad(clausePersist, "needs at least one disposition", "persistentDisposition", l.name)
		}
		c.unique(l.list, clausePersist, "persistentDisposition", l.name)
	}
}

func (c *check) sensor(s *SensorElement, i int) {
	m := s.Metadata
	if m != nil && m.StartTime != nil && m.EndTime != nil && m.EndTime.Before(*m.StartTime) {
		c.bad(clauseMetadata, "endTime is before startTime", "sensorElementList", i, "sensorMetadata", "endTime")
	}
	for j := range s.Reports {
		r := &s.Reports[j]
		if r.SDev.negative() {
			c.bad(clauseReport, "a standard deviation is not negative", "sensorElementList", i, "sensorReport", j, "sDev")
		}
		if r.PercRank.negative() || exceeds(r.PercRank, 100) {
			c.bad(clauseReport, "a percentile rank is between 0 and 100", "sensorElementList", i, "sensorReport", j, "percRank")
		}
	}
}

// exceeds reports whether n is greater than a whole number that is not negative.
func exceeds(n Number, limit int) bool {
	if n == "" || n.negative() {
		return false
	}
	whole, frac, _ := strings.Cut(string(n), ".")
	if len(whole) > 9 {
		return true
	}
	v := 0
	for _, d := range []byte(whole) {
		v = v*10 + int(d-'0')
	}
	return v > limit || v == limit && frac != ""
}
