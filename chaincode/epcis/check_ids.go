package epcis

func (c *check) identifiers(e *Event) {}
