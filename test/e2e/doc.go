// Package e2e holds no code, only tests of everything together: the chaincode
// on a real Fabric network, called through the client, through Fabric's own
// clients, and by adversaries.
//
// One network serves the package. It is started by the first test that needs
// it; -short leaves those tests out.
package e2e
