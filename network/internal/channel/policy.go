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

// Writers is met by one administrator or client of a trading organisation.
func Writers(trading []string) string {
	var principals []string
	for _, id := range trading {
		principals = append(principals, "'"+id+".admin'", "'"+id+".client'")
	}
	return "OR(" + strings.Join(principals, ", ") + ")"
}

// anyOf is the policy that one identity of the organisation in one of the roles satisfies.
func anyOf(mspID string, roles []string) string {
	principals := make([]string, len(roles))
	for i, role := range roles {
		principals[i] = "'" + mspID + "." + role + "'"
	}
	return "OR(" + strings.Join(principals, ", ") + ")"
}
