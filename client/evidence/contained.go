package evidence

import "unicode/utf8"

// KindContained names an object in a container.
const KindContained = "contained"

// Contained says that an object was in a container, directly or in others, and
// rests on an attested statement of where the object was.
type Contained struct {
	// Statement is of the query product:Twin or product:TwinAsOf, of the object.
	Statement *Statement
	// Container is its canonical path, such as "/00/106141412345678908".
	Container string
}

// NewContained says of the object that a statement is about that it was in a
// container. It checks the form; whether it was, a verifier does. It fails with
// [FormatError].
func NewContained(statement *Statement, container string) (*Contained, error) {
	c := &Contained{Statement: statement, Container: container}
	return c, c.Check()
}

// Kind returns [KindContained].
func (c *Contained) Kind() string { return KindContained }

// Attested returns the statement of the object.
func (c *Contained) Attested() *Statement { return c.Statement }

// Check holds the evidence against the format; see [Evidence].
func (c *Contained) Check() error {
	if c.Container == "" || !utf8.ValidString(c.Container) {
		return malformed("the container must be named")
	}
	return c.Statement.Check()
}

// Encode writes a file; see [Evidence].
func (c *Contained) Encode() ([]byte, error) { return encode(c) }

func (c *Contained) show(w *writer) error {
	w.string("container", c.Container)
	return nil
}
