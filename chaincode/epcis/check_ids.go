package epcis

import (
	"errors"
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/gs1"
)

// identifiers checks the GS1 identifiers of an event's own fields: that EPC URNs
// are well formed, that check digits in Digital Links match, and that quantities
// are of classes. Any other URI may identify things, too.
func (c *check) identifiers(e *Event) {
	c.instances(e.EPCList, "epcList")
	c.instances(e.ChildEPCs, "childEPCs")
	c.instances(e.InputEPCList, "inputEPCList")
	c.instances(e.OutputEPCList, "outputEPCList")
	c.classes(e.QuantityList, "quantityList")
	c.classes(e.ChildQuantityList, "childQuantityList")
	c.classes(e.InputQuantityList, "inputQuantityList")
	c.classes(e.OutputQuantityList, "outputQuantityList")
	c.identifier(e.ParentID, "parentID")
	if e.ReadPoint != nil {
		c.identifier(e.ReadPoint.ID, "readPoint", "id")
	}
	if e.BizLocation != nil {
		c.identifier(e.BizLocation.ID, "bizLocation", "id")
	}
	for i := range e.SourceList {
		c.identifier(e.SourceList[i].ID, "sourceList", i, "source")
	}
	for i := range e.DestinationList {
		c.identifier(e.DestinationList[i].ID, "destinationList", i, "destination")
	}
}

func (c *check) instances(list []string, name string) {
	for i, s := range list {
		if msg := wrongIdentifier(s); msg != "" {
			c.bad(clauseKeys, msg, name, i)
		}
	}
}

func (c *check) classes(list []Quantity, name string) {
	for i := range list {
		s := list[i].EPCClass
		if msg := wrongIdentifier(s); msg != "" {
			c.bad(clauseKeys, msg, name, i, "epcClass")
		} else if strings.HasPrefix(s, "urn:epc:id:") {
			c.bad(clauseQuantity, quote(s)+" identifies an instance, not a class", name, i, "epcClass")
		}
	}
}

func (c *check) identifier(s string, below ...any) {
	if msg := wrongIdentifier(s); msg != "" {
		c.bad(clauseKeys, msg, below...)
	}
}

// wrongIdentifier says what is wrong with a GS1 identifier, or nothing. An address
// on a domain of someone's own cannot be told from other addresses that look like a
// Digital Link (published examples have such with wrong check digits), so only
// those on GS1's domain are held to their check digits.
func wrongIdentifier(s string) string {
	urn := strings.HasPrefix(s, "urn:epc:id:") || strings.HasPrefix(s, "urn:epc:class:") ||
		strings.HasPrefix(s, "urn:epc:idpat:")
	if !urn && !strings.HasPrefix(s, gs1.Authority+"/") {
		return ""
	}
	_, err := gs1.Parse(s)
	switch {
	case err == nil, urn && errors.Is(err, gs1.ErrUnknownKey):
		return ""
	case urn, errors.Is(err, gs1.ErrCheckDigit):
		var parse *gs1.ParseError
		if errors.As(err, &parse) {
			return quote(s) + ": " + parse.Err.Error() + detail(parse.Detail)
		}
		return quote(s) + ": " + err.Error()
	default:
		return ""
	}
}

func detail(s string) string {
	if s == "" {
		return ""
	}
	return ", " + s
}
