package participant

import (
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// Keys returns what [Require] reads of an organisation, [Rights] of identifiers, and
// [Parties] of GLNs in their ledger form, so that a rule that needs all of it can
// have it fetched at once: see [ledger.Tx.Prefetch].
func Keys(msp string, ids []gs1.ID, glns []string) []ledger.Key {
	keys := []ledger.Key{organisationKey(msp)}
	under, _ := register(ids)
	for _, scope := range under.scopes {
		keys = append(keys, grantKey(scope))
	}
	for _, gln := range glns {
		keys = append(keys, partyKey(gln))
	}
	return keys
}
