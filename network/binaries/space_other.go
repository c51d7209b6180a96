//go:build !linux

package binaries

// freeBytes is not known here: a full disk is noticed when it is met.
func freeBytes(string) (free int64, known bool) { return 0, false }
