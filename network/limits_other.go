//go:build !linux

package network

func openFiles() (most uint64, ok bool) { return 0, false }

func freeSpace(string) (bytes uint64, ok bool) { return 0, false }
