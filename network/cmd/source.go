// Package cmd holds the commands of network, and the source of the one that is
// built on the machine where a network runs: a Fabric peer calls the external
// builder as programs of its own.
package cmd

import _ "embed"

// CCAASBuilder is the source of ccaasbuilder, a program of one file that imports
// the standard library only.
//
//go:embed ccaasbuilder/main.go
var CCAASBuilder []byte
