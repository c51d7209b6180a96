//go:build !unix

package filelock

import "os"

const exclusive, shared = 0, 0

func lock(*os.File, int) error { return ErrUnsupported }
