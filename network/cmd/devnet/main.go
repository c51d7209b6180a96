package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

const (
	exitFailed      = 1
	exitInterrupted = 130 // as shells have it: 128 + SIGINT
)

func main() {
	os.Exit(run())
}

func run() int {
	ctx, restore := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer restore()
	// A second signal ends the program at once; the kernel ends its children.
	defer context.AfterFunc(ctx, restore)()

	err := newRoot().ExecuteContext(ctx)
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errReported):
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		fmt.Fprintln(os.Stderr, "devnet: interrupted")
		return exitInterrupted
	default:
		fmt.Fprintln(os.Stderr, "devnet:", err)
	}
	return exitFailed
}
