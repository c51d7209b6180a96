package evidence

import "encoding/json"

// openInput reads which function of which chaincode was called with what.
func (p *Proposal) openInput(text []byte) error {
	var input []byte
	c := inputShape.walk(text)
	for c.next() {
		if c.number == 2 {
			return malformed("the proposal carries a transient map, which endorsers do not sign")
		}
		input = c.part
	}
	if err := c.done("chaincode proposal"); err != nil {
		return err
	}
	var spec []byte
	c = invocationShape.walk(input)
	for c.next() {
		spec = c.part
	}
	if err := c.done("chaincode invocation"); err != nil {
		return err
	}
	return p.openSpec(spec)
}

func (p *Proposal) openSpec(text []byte) error {
	var name string
	var arguments []byte
	c := specShape.walk(text)
	for c.next() {
		switch c.number {
		case 2:
			var err error
			if name, _, err = openName(c.part); err != nil {
				return err
			}
		case 3:
			arguments = c.part
		}
	}
	if err := c.done("chaincode invocation"); err != nil {
		return err
	}
	if name != p.Chaincode || name == "" {
		return malformed("the proposal's header and its invocation name different chaincodes")
	}
	return p.openArguments(arguments)
}

func (p *Proposal) openArguments(text []byte) error {
	var given [2][]byte
	count := 0
	c := argumentsShape.walk(text)
	for c.next() {
		if c.number > 1 {
			return malformed("the invocation has decorations or is an initialisation")
		}
		if count < len(given) {
			given[count] = c.part
		}
		count++
	}
	if err := c.done("chaincode invocation"); err != nil {
		return err
	}
	if count != len(given) {
		return malformed("the function was called with %d arguments; every function takes one", count-1)
	}
	p.Function, p.Request = string(given[0]), json.RawMessage(given[1])
	return nil
}
