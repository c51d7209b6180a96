package participant

import "github.com/countersign-ledger/countersign/chaincode/ledger"

// Keys returns what [Require] reads of an organisation, which is what [Rights] reads of
// identifiers that it holds alone, and what [Parties] reads of GLNs in their ledger form,
// so that a rule that needs all of it can have it fetched at once: see
// [ledger.Tx.Prefetch].
func Keys(msp string, glns []string) []ledger.Key {
	keys := []ledger.Key{organisationKey(msp)}
	for _, gln := range glns {
		keys = append(keys, partyKey(gln))
	}
	return keys
}
