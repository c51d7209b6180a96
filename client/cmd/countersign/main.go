// Command countersign does from a shell what package client does from Go. It records
// on a Countersign ledger and asks it, follows what happens there, and takes home
// evidence that several organisations have signed; and it checks offline, on any
// machine, such evidence, readings, EPCIS documents, GS1 keys and the description of a
// consortium.
//
// Run it without arguments for its commands; docs/command.md is about scripts: profiles,
// JSON and exit codes.
package main

import (
	"os"
	"time"
)

func main() {
	os.Exit(run(os.Args[1:], streams{in: os.Stdin, out: os.Stdout, err: os.Stderr, now: time.Now}))
}
