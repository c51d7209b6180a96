package evidence

func (a *Answer) openPublic(namespace string, text []byte) (err error) {
	what := "read-write set of " + namespace
	c := publicShape.walk(text)
	for c.next() {
		switch c.number {
		case 1:
			err = a.openRead(namespace, c.part)
		case 2:
			err = a.openRange(namespace, c.part)
		case 3:
			err = a.openWrite(writeShape, what, namespace, "", c.part)
		case 4:
			err = a.openMetadata(metadataShape, what, namespace, "metadata", c.part)
		}
		if err != nil {
			return err
		}
	}
	return c.done(what)
}

func (a *Answer) openRead(namespace string, text []byte) error {
	key, version, err := openVersioned(readShape, text)
	a.Reads = append(a.Reads, Read{Namespace: namespace, Key: key, Version: version})
	return err
}

// openVersioned reads a key, or the hash of one, and its version.
func openVersioned(s *shape, text []byte) (key string, version *Version, err error) {
	c := s.walk(text)
	for c.next() {
		if c.number == 1 {
			key = string(c.part)
			continue
		}
		if version, err = openVersion(c.part); err != nil {
			return "", nil, err
		}
	}
	return key, version, c.done("read")
}

func openVersion(text []byte) (*Version, error) {
	version := &Version{}
	c := versionShape.walk(text)
	for c.next() {
		if c.number == 1 {
			version.Block = c.value
		} else {
			version.Transaction = c.value
		}
	}
	return version, c.done("version")
}

func (a *Answer) openRange(namespace string, text []byte) (err error) {
	read := Range{Namespace: namespace}
	written := 0
	c := rangeShape.walk(text)
	for c.next() {
		switch c.number {
		case 1:
			read.Start = string(c.part)
		case 2:
			read.End = string(c.part)
		case 3:
			read.Exhausted = true
		case 4:
			written++
			read.Reads, err = openEntries(c.part)
		case 5:
			written++
			read.Summary, err = openSummary(c.part)
		}
		if err != nil {
			return err
		}
	}
	if written > 1 {
		return malformed("a range has its reads and a summary of them")
	}
	a.Ranges = append(a.Ranges, read)
	return c.done("range")
}

func openEntries(text []byte) ([]Entry, error) {
	var entries []Entry
	c := readsShape.walk(text)
	for c.next() {
		key, version, err := openVersioned(readShape, c.part)
		if err != nil {
			return nil, err
		}
		if version == nil {
			return nil, malformed("a range has a key without a version")
		}
		entries = append(entries, Entry{Key: key, Version: *version})
	}
	return entries, c.done("range")
}

func openSummary(text []byte) (*Summary, error) {
	s := &Summary{}
	c := summaryShape.walk(text)
	for c.next() {
		switch c.number {
		case 1:
			s.Degree = uint32(c.value) //nolint:gosec // the walk has held it against its kind
		case 2:
			s.Level = uint32(c.value) //nolint:gosec // likewise
		case 3:
			s.Hashes = append(s.Hashes, c.part)
		}
	}
	return s, c.done("summary of a range")
}

func (a *Answer) openCollection(namespace string, text []byte) error {
	name := ""
	var hashed []byte
	c := collectionShape.walk(text)
	for c.next() {
		switch c.number {
		case 1:
			name = string(c.part)
		case 2:
			hashed = c.part
		case 3:
			a.wrote(namespace, name, "(private writes)")
		}
	}
	if err := c.done("hashed read-write set of " + namespace); err != nil {
		return err
	}
	return a.openHashed(namespace, name, hashed)
}

func (a *Answer) openHashed(namespace, collection string, text []byte) (err error) {
	what := "hashed read-write set of " + collection
	c := hashedShape.walk(text)
	for c.next() {
		switch c.number {
		case 1:
			read := Read{Namespace: namespace, Collection: collection}
			read.Key, read.Version, err = openVersioned(readHashShape, c.part)
			a.Reads = append(a.Reads, read)
		case 2:
			err = a.openWrite(writeHashShape, what, namespace, collection, c.part)
		case 3:
			err = a.openMetadata(metaHashShape, what, namespace, collection+" metadata", c.part)
		}
		if err != nil {
			return err
		}
	}
	return c.done(what)
}

// openWrite notes what was written. What it was does not matter.
func (a *Answer) openWrite(s *shape, what, namespace, in string, text []byte) error {
	key := ""
	c := s.walk(text)
	for c.next() {
		if c.number == 1 {
			key = string(c.part)
		}
	}
	a.wrote(namespace, in, key)
	return c.done(what)
}

func (a *Answer) openMetadata(s *shape, what, namespace, in string, text []byte) error {
	key := ""
	c := s.walk(text)
	for c.next() {
		if c.number == 1 {
			key = string(c.part)
			continue
		}
		entry := entryShape.walk(c.part)
		for entry.next() {
		}
		if err := entry.done(what); err != nil {
			return err
		}
	}
	a.wrote(namespace, in, key)
	return c.done(what)
}
