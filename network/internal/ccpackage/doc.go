// Package ccpackage makes what a chaincode definition needs: the package that
// tells a peer where its chaincode server listens, and the collections.
//
// Operators deploy exactly these bytes, so the tools import this package too.
package ccpackage
