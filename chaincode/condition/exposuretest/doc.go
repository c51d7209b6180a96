// Package exposuretest holds no code, only tests of what a breach affects: goods
// move between companies (package shipment) and are watched (package condition),
// and what was with the device when readings were out of range is on hold.
package exposuretest
