// Package gs1 holds no code, only the tests of chaincode/gs1. They stand here
// and not beside the code because they use libraries: an importer of gs1 alone
// then needs no other module, and keeps an empty go.sum.
package gs1
