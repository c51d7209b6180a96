// Package exactjson reads JSON in one way only. encoding/json takes a member twice
// and lets the last one win, takes names in other letters, and takes white space
// anywhere; others read the same text differently. What is signed and shown must
// say one thing to all who read it.
//
// [Compact] checks the form; a [Shape], compiled once from a Go type, also that a
// text fits the type as encoding/json would decode it, in one pass and without
// decoding it. It imports the standard library only.
package exactjson
