// Package softhsm shows a client whose key never leaves a hardware security module:
// [Open] returns a [crypto.Signer] for a key in a PKCS#11 token, which goes into
// client.WithIdentity as any signer does. It is tried with SoftHSM, a module in
// software; another is a matter of the path to its library.
//
// PKCS#11 is a C interface: the package needs cgo and the build tag pkcs11, without
// which it is empty.
//
//	CGO_ENABLED=1 go test -tags pkcs11 ./client/examples/softhsm
//
// It is for reading and copying: a program that signs a lot keeps several sessions,
// and opens them anew when the module was restarted (client.WithIdentitySource takes
// the new signer without a restart of the program).
package softhsm
