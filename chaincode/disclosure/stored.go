package disclosure

import "github.com/countersign-ledger/countersign/chaincode/ledger"

// Change is what became of a disclosure in public, in one write: exactly one of its
// members beside Request is there. What was delivered is private, and not here.
type Change struct {
	// Request is the id.
	Request string `json:"request"`
	// Asked is the request itself, Vote a vote on it.
	Asked *Disclosure `json:"asked,omitempty"`
	Vote  *Consent    `json:"vote,omitempty"`
	// Delivered says that it was delivered, Acknowledged what the recipient found.
	Delivered    *Delivery        `json:"delivered,omitempty"`
	Acknowledged *Acknowledgement `json:"acknowledged,omitempty"`
	// Revoked ends it, Erased says that what was delivered is gone.
	Revoked *Revocation `json:"revoked,omitempty"`
	Erased  *Erasure    `json:"erased,omitempty"`
}

// Act returns who did it, and when.
func (c *Change) Act() Act {
	switch {
	case c.Asked != nil:
		return c.Asked.Act
	case c.Vote != nil:
		return c.Vote.Act
	case c.Delivered != nil:
		return c.Delivered.Act
	case c.Acknowledged != nil:
		return c.Acknowledged.Act
	case c.Revoked != nil:
		return c.Revoked.Act
	case c.Erased != nil:
		return c.Erased.Act
	}
	return Act{}
}

// StoredChange reads the nth write of a transaction; nil when it says nothing of a
// disclosure. It fails with fault.Unsupported for the form of a later version, and
// with fault.Internal for what cannot be read.
func StoredChange(done *ledger.Committed, n int) (*Change, error) {
	w := done.Writes()[n]
	kind, parts := w.Key.Parts()
	if w.Value == nil || len(parts) == 0 || len(parts) != keyLength[kind] {
		return nil, nil //nolint:nilnil // none
	}
	change := &Change{Request: parts[0]}
	return change, change.read(kind, w)
}

// keyLength is how many parts the keys of a disclosure have: those of recalls share a
// word with them.
var keyLength = map[string]int{"disclosure": 1, "consent": 2, "delivered": 1, "acknowledged": 1, "disclosurerevoked": 1, "erased": 1}

func (c *Change) read(kind string, w ledger.Write) (err error) {
	switch kind {
	case "disclosure":
		c.Asked, err = ledger.DecodeUpTo[Disclosure](w.Key, w.Value, Version)
	case "consent":
		c.Vote, err = ledger.DecodeUpTo[Consent](w.Key, w.Value, Version)
	case "delivered":
		c.Delivered, err = ledger.DecodeUpTo[Delivery](w.Key, w.Value, Version)
	case "acknowledged":
		c.Acknowledged, err = ledger.DecodeUpTo[Acknowledgement](w.Key, w.Value, Version)
	case "disclosurerevoked":
		c.Revoked, err = ledger.DecodeUpTo[Revocation](w.Key, w.Value, Version)
	case "erased":
		c.Erased, err = ledger.DecodeUpTo[Erasure](w.Key, w.Value, Version)
	}
	return err
}
