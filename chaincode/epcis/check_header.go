package epcis

// checkHeader checks the epcisHeader that was just read, at its path.
func (d *decoder) checkHeader(v Value) {
	for _, m := range v.Members {
		d.push(m.Name)
		switch {
		case m.Name == "epcisMasterData":
			d.checkMasterData(m.Value)
		case !isURI(m.Name):
			d.bad(clauseHeader, "unknown field")
		}
		d.pop()
	}
}

func (d *decoder) checkMasterData(v Value) {
	if v.Kind != Object {
		d.bad(clauseHeader, "must be an object")
		return
	}
	if list, ok := Extensions(v.Members).Lookup("vocabularyList"); ok {
		d.push("vocabularyList")
		d.checkVocabularies(list)
		d.pop()
	}
}

// checkVocabularies checks a vocabularyList (EPCIS 2.0 JSON Schema, vocabulary).
func (d *decoder) checkVocabularies(list Value) {
	d.each(list, func(v Value) {
		d.member1(v, "type", true, d.checkURI)
		d.member1(v, "vocabularyElementList", false, func(list Value) {
			d.each(list, d.checkVocabularyElement)
		})
	})
}

func (d *decoder) checkVocabularyElement(v Value) {
	d.member1(v, "id", true, d.checkURI)
	d.member1(v, "attributes", false, func(list Value) {
		d.each(list, func(a Value) { d.member1(a, "id", true, d.checkURI) })
	})
	d.member1(v, "children", false, func(list Value) { d.each(list, d.checkURI) })
}

func (d *decoder) checkURI(v Value) {
	if v.Kind != String || !isURI(v.Text) {
		d.bad(clauseHeader, "must be a URI")
	}
}

// each checks the items of what must be an array.
func (d *decoder) each(list Value, item func(Value)) {
	if list.Kind != Array {
		d.bad(clauseHeader, "must be an array")
		return
	}
	for i, v := range list.Items {
		d.pushIndex(i)
		item(v)
		d.pop()
	}
}

// member1 checks one member of what must be an object.
func (d *decoder) member1(v Value, name string, required bool, use func(Value)) {
	if v.Kind != Object {
		if required {
			d.bad(clauseHeader, "must be an object")
		}
		return
	}
	m, ok := Extensions(v.Members).Lookup(name)
	if !ok {
		if required {
			d.bad(clauseHeader, name+" is missing")
		}
		return
	}
	d.push(name)
	use(m)
	d.pop()
}
