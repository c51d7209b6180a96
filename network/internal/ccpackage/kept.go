package ccpackage

import (
	"fmt"

	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
)

// Kept says, one sentence each, what Fabric will refuse of collections that are to
// follow others: one that is left out, or one whose retention changes (fabric
// core/chaincode/lifecycle/scc.go, validateCollConfigsAgainstCommittedDef).
func Kept(before, after *peer.CollectionConfigPackage) []string {
	now := map[string]*peer.StaticCollectionConfig{}
	for _, c := range after.GetConfig() {
		now[c.GetStaticCollectionConfig().GetName()] = c.GetStaticCollectionConfig()
	}
	var problems []string
	for _, c := range before.GetConfig() {
		old := c.GetStaticCollectionConfig()
		switch kept := now[old.GetName()]; {
		case kept == nil:
			problems = append(problems, fmt.Sprintf("collection %s is there and cannot be left out", old.GetName()))
		case kept.GetBlockToLive() != old.GetBlockToLive():
			problems = append(problems, fmt.Sprintf("collection %s forgets after %d blocks (blockToLive) and cannot change to %d",
				old.GetName(), old.GetBlockToLive(), kept.GetBlockToLive()))
		}
	}
	return problems
}
