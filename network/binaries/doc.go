// Package binaries provides the programs of a Fabric network: peer, orderer, the
// external builder that peers call, and Countersign's chaincode server.
//
// [Ensure] builds Fabric once from its Go module at a pinned version, by a module
// file embedded here, and keeps the result in the user's cache directory; or it
// takes the programs from a directory that the user names, after checking their
// version. Fabric is deliberately no requirement of this module: its version
// floors would reach everybody who imports the client. [Chaincode] builds the
// chaincode server from this module's own source.
//
// Nothing is needed but the Go toolchain; no C compiler (CGO_ENABLED=0).
package binaries
