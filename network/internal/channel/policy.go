package channel

import (
	"strings"

	"github.com/hyperledger/fabric-config/configtx"
)

func implicit(rule string) configtx.Policy {
	return configtx.Policy{Type: configtx.ImplicitMetaPolicyType, Rule: rule}
}

func signature(rule string) configtx.Policy {
	return configtx.Policy{Type: configtx.SignaturePolicyType, Rule: rule}
}

// anyOf is the policy that one identity of the organisation in one of the roles satisfies.
func anyOf(mspID string, roles []string) string {
	principals := make([]string, len(roles))
	for i, role := range roles {
		principals[i] = "'" + mspID + "." + role + "'"
	}
	return "OR(" + strings.Join(principals, ", ") + ")"
}
