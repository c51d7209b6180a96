// Command countersign checks, on any machine and offline, what a Countersign
// ledger has said, and the identifiers, events and readings of which it speaks.
//
// Run it without arguments for its commands.
package main

import (
	"os"
	"time"
)

func main() {
	os.Exit(run(os.Args[1:], streams{in: os.Stdin, out: os.Stdout, err: os.Stderr, now: time.Now}))
}
