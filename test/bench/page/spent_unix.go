//go:build unix

package page

import (
	"syscall"
	"time"
)

// Spent is the processor time that this process has taken so far: unlike the time of
// day it does not count what others on the machine take.
func Spent() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
