// Package epcis measures reading, validating and hashing EPCIS events, against
// encoding/json unmarshalling the same bytes into any, which neither validates nor
// hashes.
package epcis
