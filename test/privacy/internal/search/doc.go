// Package search looks for secrets where they should not be: in every file of a
// network's nodes, in every entry of every LevelDB database among them, and in
// what clients were answered.
//
// A database is looked at twice. Its live entries are what the node itself still
// finds: they are decoded, iterated and searched ([Entry]). Its raw files also
// hold what was overwritten or deleted and not compacted away yet ([Remnant]),
// and show nothing that is in a compressed block; so neither way replaces the
// other.
//
// The nodes must be stopped: LevelDB belongs to one process at a time, and a copy
// made while it writes is not one state. Nothing is changed by looking: databases
// are opened read-only.
package search
