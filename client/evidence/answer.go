package evidence

import (
	"encoding/json"
	"strings"

	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset"
)

// Answer is what a statement's endorsers answered, as they signed it.
type Answer struct {
	// ProposalHash is the hash of the proposal that they answered.
	ProposalHash []byte
	// Chaincode and Version name the definition that ran.
	Chaincode string
	Version   string
	// Status is 200 for success; Message explains another.
	Status  int32
	Message string
	// Result is the function's answer.
	Result json.RawMessage
	// Event tells that a chaincode event was set, which a query never does.
	Event bool
	// Reads are the point reads; Ranges the range reads.
	Reads  []Read
	Ranges []Range
	// Writes names every key written, which a query never does.
	Writes []string
}

// Read is a key that was read, in its chaincode's namespace.
type Read struct {
	Namespace string
	// Collection is empty for public state.
	Collection string
	// Key is the key in public state, the hash of the key in a collection.
	Key string
	// Version is where the value was committed; nil when there was none.
	Version *Version
}

// Version is a place on the ledger: a block, and a transaction in it.
type Version struct{ Block, Transaction uint64 }

// Range is a range of keys that was read.
type Range struct {
	Namespace string
	// Start is the first key that could be in it; End the first that could not,
	// or the last that was read when the range was not read to its end.
	Start, End string
	// Exhausted tells that the range was read to its end.
	Exhausted bool
	// Reads are what was found, in order. Summary stands for them where they are
	// many; both are absent where there was nothing.
	Reads   []Entry
	Summary *Summary
}

// Entry is a key that was found in a range, and where its value was committed.
type Entry struct {
	Key     string
	Version Version
}

// OpenPayload decodes what the endorsers signed. It fails with [FormatError]
// when any message in it is not in its canonical form.
func (s *Statement) OpenPayload() (*Answer, error) {
	answer := &Answer{}
	var extension []byte
	c := payloadShape.walk(s.Payload)
	for c.next() {
		if c.number == 1 {
			answer.ProposalHash = c.part
		} else {
			extension = c.part
		}
	}
	if err := c.done("payload"); err != nil {
		return nil, err
	}
	return answer, answer.openAction(extension)
}

func (a *Answer) openAction(text []byte) (err error) {
	var results []byte
	c := actionShape.walk(text)
	for c.next() {
		switch c.number {
		case 1:
			results = c.part
		case 2:
			a.Event = true
		case 3:
			err = a.openResponse(c.part)
		case 4:
			a.Chaincode, a.Version, err = openName(c.part)
		}
		if err != nil {
			return err
		}
	}
	if err := c.done("chaincode action"); err != nil {
		return err
	}
	return a.openSets(results)
}

func (a *Answer) openResponse(text []byte) error {
	c := responseShape.walk(text)
	for c.next() {
		switch c.number {
		case 1:
			a.Status = int32(c.value) //nolint:gosec // the walk has held it against its kind
		case 2:
			a.Message = string(c.part)
		case 3:
			a.Result = c.part
		}
	}
	return c.done("response")
}

func (a *Answer) openSets(text []byte) error {
	model := int32(rwset.TxReadWriteSet_KV)
	c := setsShape.walk(text)
	for c.next() {
		if c.number == 1 {
			model = int32(c.value) //nolint:gosec // the walk has held it against its kind
			continue
		}
		if err := a.openSet(c.part); err != nil {
			return err
		}
	}
	if err := c.done("read-write set"); err != nil {
		return err
	}
	if model != int32(rwset.TxReadWriteSet_KV) {
		return malformed("the read-write set is of an unknown data model")
	}
	return nil
}

func (a *Answer) openSet(text []byte) error {
	namespace := ""
	var public []byte
	c := setShape.walk(text)
	for c.next() {
		switch c.number {
		case 1:
			namespace = string(c.part)
		case 2:
			public = c.part
		case 3:
			if err := a.openCollection(namespace, c.part); err != nil {
				return err
			}
		}
	}
	if err := c.done("read-write set of a namespace"); err != nil {
		return err
	}
	return a.openPublic(namespace, public)
}

func (a *Answer) wrote(parts ...string) { a.Writes = append(a.Writes, strings.Join(parts, "/")) }
