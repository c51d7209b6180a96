// Package gs1 reads, verifies, converts and writes GS1 identifiers.
//
// An ID is a comparable value for what EPCIS identifies: a trade item, a lot, a
// logistic unit, a place, a party, ... Parse takes any spelling of it: an EPC
// URN, a class or pattern URN, a GS1 Digital Link of any domain. ID.String is
// the canonical Digital Link, ID.URN the EPC URN, ID.ElementString what stands
// in a barcode. A URN needs the length of the company prefix, which nothing but
// the URN carries; a PrefixSource supplies it, the package never guesses.
//
// Start with Parse when you have identifiers in events, with
// ParseElementString when you have a scan, with ParseDigitalLink when the other
// things that a Digital Link says matter (expiry dates, weights, ...). HashForm
// is for the CBV event hash alone.
//
// Units of measure (UN/ECE Recommendation 20) and their exact conversion are
// here, too: UnitByCode, Convert.
//
// What application identifiers look like, which belong together and which are
// keys of a Digital Link stands in one table, aidata.go, derived from the GS1
// Barcode Syntax Dictionary. Sources: GS1 General Specifications, GS1 Digital
// Link URI Syntax, EPC Tag Data Standard, Core Business Vocabulary 2.0.
//
// The package imports the standard library only, reads no clock, keeps no
// state, and is safe for concurrent use. Nothing in it uses floating point.
package gs1
