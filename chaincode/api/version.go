package api

import "github.com/countersign-ledger/countersign/chaincode/ledger"

// Version is the version of the contract functions: the chaincode's definition
// carries it, and the client checks it before it speaks. It changes when a function
// is taken away, takes or returns something else, or comes to mean something else.
const Version = "2.0"

// VersionsRequest asks for the versions; it has no members.
type VersionsRequest struct{}

// VersionsResponse says which versions of the contract functions a chaincode speaks.
type VersionsResponse struct {
	// Version is the chaincode's own.
	Version string `json:"version"`
	// Speaks are all those whose clients it serves, its own among them.
	Speaks []string `json:"speaks"`
}

// Which versions are spoken: contract version. Its one function is the same in all
// versions, those to come included, so that clients of any can ask.
var Versions = query("version", "Versions",
	"Returns the versions of the contract functions that this chaincode speaks.",
	func(*ledger.Tx, VersionsRequest) (VersionsResponse, error) {
		return VersionsResponse{Version: Version, Speaks: []string{Version}}, nil
	})
