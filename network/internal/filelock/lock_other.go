//go:build !unix

package filelock

import "os"

func lock(*os.File) error { return ErrUnsupported }
