package metrics

import "sync"

// other stands for what is beyond [MaxNames].
const other = "other"

// names is a set that does not grow beyond [MaxNames].
type names struct {
	mu    sync.RWMutex
	known map[string]bool
}

func newNames() *names { return &names{known: map[string]bool{}} }

// bounded returns a name as long as there are not too many.
func (n *names) bounded(name string) string {
	n.mu.RLock()
	known := n.known[name]
	n.mu.RUnlock()
	if known {
		return name
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.known[name] && len(n.known) >= MaxNames {
		return other
	}
	n.known[name] = true
	return name
}
