// Package fields measures what it takes to show fields of a private record: the size
// of records and of evidence files, the time to verify a file offline against that of
// the bare signature checks in it, and that to make and open commitments.
//
// Records and evidence are real, made over the consortium in memory (package
// clienttest), attested by three organisations. Everything is measured in turn, in
// several rounds, so that what slows the machine slows all; only the ratios say
// something. [Run] makes a [Report], whose Write puts it into a page.
package fields
