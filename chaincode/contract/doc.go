// Package contract puts the declared functions of package api onto Fabric:
// thin adapters of contract-api, and a [ledger.Backend] over the shim.
//
// It is the only package that imports contract-api and the shim. It knows no
// rule: it checks a call's name and number of arguments, which contract-api is
// lax about, and hands over.
package contract
