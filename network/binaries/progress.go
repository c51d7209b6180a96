package binaries

import (
	"sync"
	"time"
)

// heartbeat is how often progress is repeated while nothing changes, so that a
// reader sees the time pass.
const heartbeat = time.Second

// reporter passes progress on, one call at a time.
type reporter struct {
	told  func(Progress)
	began time.Time

	mu      sync.Mutex
	current Progress
}

func newReporter(told func(Progress)) *reporter {
	if told == nil {
		told = func(Progress) {}
	}
	return &reporter{told: told, began: time.Now()}
}

// step begins a step; total is 0 when it is not known.
func (r *reporter) step(name string, total int) {
	r.update(func(p *Progress) { *p = Progress{Step: name, Total: total} })
}

// advance counts one more module or package.
func (r *reporter) advance() {
	r.update(func(p *Progress) {
		p.Done++
		if p.Total > 0 && p.Done > p.Total {
			p.Done = p.Total
		}
	})
}

func (r *reporter) update(change func(*Progress)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&r.current)
	r.current.Elapsed = time.Since(r.began)
	r.told(r.current)
}

// beat repeats the current progress until the returned function is called.
func (r *reporter) beat() (stop func()) {
	quit, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(heartbeat)
		defer tick.Stop()
		for {
			select {
			case <-quit:
				return
			case <-tick.C:
				r.update(func(*Progress) {})
			}
		}
	}()
	return func() {
		close(quit)
		<-ended
	}
}
