package collections

import (
	"fmt"
	"strings"
)

// Quorum is so many of the named organisations.
type Quorum struct {
	Required int
	Of       []string
}

// Text writes the quorum as a signature policy in Fabric's language for one role
// (peer, admin, client or member), as in OutOf(2,'A.peer','B.peer','C.peer'). All
// is written AND, one is written OR; to Fabric they are the same.
func (q Quorum) Text(role string) string {
	return signatures(q.Required, principals(q.Of, role))
}

// principals are the roles of each organisation, as a policy names them.
func principals(msps []string, roles ...string) []string {
	var all []string
	for _, msp := range msps {
		for _, role := range roles {
			all = append(all, "'"+msp+"."+role+"'")
		}
	}
	return all
}

func signatures(required int, of []string) string {
	list := strings.Join(of, ",")
	switch required {
	case 1:
		return "OR(" + list + ")"
	case len(of):
		return "AND(" + list + ")"
	}
	return fmt.Sprintf("OutOf(%d,%s)", required, list)
}
