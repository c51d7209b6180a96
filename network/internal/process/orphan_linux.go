package process

import (
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// parentPoll is how often OnOrphaned looks; a look is one system call.
const parentPoll = 250 * time.Millisecond

// born is the parent that this program began with. It is asked at once: once the
// parent has died, nobody can tell any more that it was the go tool.
var born = newParent(os.Getppid())

type parent struct {
	pid    int
	goTool bool
}

func newParent(pid int) parent { return parent{pid: pid, goTool: isGoTool(pid)} }

// OnOrphaned runs fn once, on a goroutine of its own, when this process's parent
// is the go tool (go run, go test) and dies, or has died already. SIGKILL or
// SIGTERM of `go run` ends only the go tool: the program it runs hears nothing and
// runs on. Any other parent is left out, since a shell that ends may have meant
// its child to stay.
//
// The returned stop ends the watch and waits until it has ended, unless fn is
// running: so fn may call it.
func OnOrphaned(fn func()) (stop func()) {
	if !born.goTool {
		return func() {}
	}
	return watchParent(born.pid, fn)
}

// watchParent polls, because the kernel's parent-death signal is tied to the
// thread of the parent that forked, and the go tool's threads come and go.
func watchParent(parent int, fn func()) (stop func()) {
	quit := make(chan struct{})
	idle := make(chan struct{})
	go func() {
		tick := time.NewTicker(parentPoll)
		defer tick.Stop()
		for os.Getppid() == parent {
			select {
			case <-quit:
				close(idle)
				return
			case <-tick.C:
			}
		}
		close(idle)
		fn()
	}()
	var once sync.Once
	return func() {
		once.Do(func() { close(quit) })
		<-idle
	}
}

func isGoTool(pid int) bool {
	name, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/comm")
	return err == nil && strings.TrimSpace(string(name)) == "go"
}
