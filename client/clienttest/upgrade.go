package clienttest

import (
	"cmp"
	"encoding/json"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/fault"
)

// deployed is a version of the chaincode.
type deployed struct {
	version string
	speaks  []string
}

// Upgrade has all organisations run another version of the chaincode from now on, as
// far as a client can tell: its definition carries the version, and it answers that it
// speaks the given versions of the contract functions. Without any it is so old that
// it knows no such question. The rules stay as they are.
func (c *Consortium) Upgrade(version string, speaks ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.deployed = &deployed{version: version, speaks: speaks}
}

// version is what the chaincode's definition carries.
func (c *Consortium) version() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.deployed == nil {
		return Version
	}
	return cmp.Or(c.deployed.version, Version)
}

// versions answers which versions are spoken, when [Consortium.Upgrade] has said so.
func (c *Consortium) versions(f *api.Function, answer []byte) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case f != api.Versions.Function || c.deployed == nil:
		return answer, nil
	case len(c.deployed.speaks) == 0:
		return nil, fault.New(fault.UnknownFunction, "there is no function %q", f.FullName())
	}
	return json.Marshal(api.VersionsResponse{Version: c.deployed.speaks[0], Speaks: c.deployed.speaks})
}
