package epcis

// unknownField reports a member of an object that has no extensions.
func (d *decoder) unknownField(name []byte, clause string) {
	d.push(string(name))
	d.bad(clause, "unknown field; nothing else is allowed here")
	d.skip()
	d.pop()
}

func (d *decoder) quantities(dst *[]Quantity) {
	list := []Quantity{}
	d.array(clauseQuantity, func() {
		d.count()
		var q Quantity
		d.quantity(&q)
		list = append(list, q)
	})
	*dst = list
}

func (d *decoder) quantity(q *Quantity) {
	var seen fields
	ok := d.object(clauseQuantity, func(name []byte) {
		switch string(name) {
		case "epcClass":
			d.field("epcClass", &seen, 1, func() { d.uri(&q.EPCClass) })
		case "quantity":
			d.field("quantity", &seen, 2, func() { d.decimal(&q.Amount, clauseQuantity) })
		case "uom":
			d.field("uom", &seen, 4, func() { d.uom(&q.UOM) })
		default:
			d.unknownField(name, clauseQuantity)
		}
	})
	if ok && seen&1 == 0 {
		d.bad(clauseQuantity, "epcClass is missing")
	}
}

func (d *decoder) uom(dst *string) {
	b, ok := d.text(clauseUOM)
	if !ok {
		return
	}
	if !validUOM(b) {
		d.bad(clauseUOM, quote(b)+" is not two or three capital letters or digits")
		return
	}
	*dst = string(b)
}

// validUOM checks the form of a unit code: ^[A-Z0-9]{2,3}$.
func validUOM[T ~string | ~[]byte](s T) bool {
	if len(s) < 2 || len(s) > 3 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; c-'0' > 9 && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}

func (d *decoder) place() *Place {
	var seen fields
	var p Place
	ok := d.object(clausePlace, func(name []byte) {
		if string(name) == "id" {
			d.field("id", &seen, 1, func() { d.uri(&p.ID) })
			return
		}
		d.extension(&p.Extensions, name, clausePlace)
	})
	if !ok {
		return nil
	}
	if seen&1 == 0 {
		d.bad(clausePlace, "id is missing")
	}
	return &p
}

func (d *decoder) bizTransactions(e *Event) {
	list := []BizTransaction{}
	d.array(clauseBTT, func() {
		var seen fields
		var b BizTransaction
		ok := d.object(clauseBTT, func(name []byte) {
			switch string(name) {
			case "type":
				d.field("type", &seen, 1, func() { d.term(vocabBizTransaction, &b.Type) })
			case "bizTransaction":
				d.field("bizTransaction", &seen, 2, func() { d.uri(&b.ID) })
			default:
				d.unknownField(name, clauseBTT)
			}
		})
		if ok && seen&2 == 0 {
			d.bad(clauseBTT, "bizTransaction is missing")
		}
		list = append(list, b)
	})
	e.BizTransactionList = list
}

func (d *decoder) parties(dst *[]Party, value string) {
	list := []Party{}
	d.array(clauseParty, func() {
		var seen fields
		var p Party
		ok := d.object(clauseParty, func(name []byte) {
			switch string(name) {
			case "type":
				d.field("type", &seen, 1, func() { d.term(vocabParty, &p.Type) })
			case value:
				d.field(value, &seen, 2, func() { d.uri(&p.ID) })
			default:
				d.unknownField(name, clauseParty)
			}
		})
		if ok && seen&1 == 0 {
			d.bad(clauseParty, "type is missing")
		}
		if ok && seen&2 == 0 {
			d.bad(clauseParty, value+" is missing")
		}
		list = append(list, p)
	})
	*dst = list
}

func (d *decoder) persistent(e *Event) {
	var seen fields
	var p PersistentDisposition
	ok := d.object(clausePersist, func(name []byte) {
		switch string(name) {
		case "set":
			d.field("set", &seen, 1, func() { d.dispositions(&p.Set) })
		case "unset":
			d.field("unset", &seen, 2, func() { d.dispositions(&p.Unset) })
		default:
			d.unknownField(name, clausePersist)
		}
	})
	if !ok {
		return
	}
	if seen == 0 {
		d.bad(clausePersist, "needs set or unset")
	}
	e.PersistentDisposition = &p
}

func (d *decoder) dispositions(dst *[]string) {
	list := []string{}
	if !d.array(clausePersist, func() {
		var s string
		d.term(vocabDisposition, &s)
		list = append(list, s)
	}) {
		return
	}
	*dst = list
}
