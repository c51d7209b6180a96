//go:build !unix

package page

import "time"

var began = time.Now()

// Spent is the time since the program began, where there is no better measure.
func Spent() time.Duration { return time.Since(began) }
