package network

import (
	"fmt"
	"strings"
)

// Policy is a quorum of the trading organisations, each named. It is never an
// implicit majority of the channel's members, which would count readers.
type Policy struct {
	// Required is how many of the trading organisations it takes.
	Required int
}

// Rule writes the policy in Fabric's policy language for one role (peer, admin,
// client or member) of the organisations with these MSP identifiers, as in
// OutOf(2, 'ManufacturerMSP.peer', 'CarrierMSP.peer', 'RetailerMSP.peer').
func (p Policy) Rule(role string, mspIDs []string) string {
	principals := make([]string, len(mspIDs))
	for i, id := range mspIDs {
		principals[i] = fmt.Sprintf("'%s.%s'", id, role)
	}
	return fmt.Sprintf("OutOf(%d, %s)", p.Required, strings.Join(principals, ", "))
}
