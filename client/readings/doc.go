// Package readings turns what loggers and sensor networks write into what a
// device signs, and back.
//
// Who starts where: with a logger's file, [ReadCSV]; with a SenML pack
// (RFC 8428, JSON or CBOR), [ReadSenML], and back [WriteSenML]; with an EPCIS
// event that has sensor reports, [FromEvent], and back [SensorElement]. Each
// yields a [Run], what one device measured of one quantity, and [Run.Seal] makes
// signed recordings of it.
//
// # What is exact
//
// A value is the decimal number that stands in the input, up to nine decimals:
// no value passes through floating point, is rounded or converted to another
// unit. A time is cut to the millisecond. What is in doubt (a date that could be
// read in two ways, a time without a zone, one moment with two values) is an
// error that names the place and what decides it, never a guess.
//
// # What may be imported
//
// Everything exported is meant for use outside this repository. The package
// imports the standard library, chaincode/telemetry, chaincode/epcis,
// chaincode/gs1 and fxamacker/cbor, and reads no clock.
package readings
