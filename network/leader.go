package network

import (
	"bufio"
	"os"
	"regexp"
)

// leaderChanged is the line that an orderer logs when it learns who leads: by the
// numbers that Raft gives to nodes, 0 for nobody, with its own at the end.
var leaderChanged = regexp.MustCompile(`Raft leader changed: \d+ -> (\d+) channel=\S+ node=(\d+)`)

// leaderOf names the running orderer that more than half of all, the dead included,
// take for the leader; empty if there is none.
func leaderOf(orderers []*node) string {
	names, votes := map[string]string{}, map[string]int{}
	for _, n := range orderers {
		if !n.status().Running {
			continue
		}
		leader, own := lastLeader(n.log)
		names[own] = n.name
		votes[leader]++
	}
	for leader, count := range votes {
		if name, runs := names[leader]; runs && leader != "" && 2*count > len(orderers) {
			return name
		}
	}
	return ""
}

// lastLeader gives whom an orderer's log names last, and its own number; empty if
// the log says nothing.
func lastLeader(log string) (leader, own string) {
	file, err := os.Open(log)
	if err != nil {
		return "", ""
	}
	defer func() { _ = file.Close() }()
	for lines := bufio.NewReader(file); err == nil; {
		var line []byte
		// A line longer than the buffer comes in pieces; the one looked for is short.
		line, _, err = lines.ReadLine()
		if found := leaderChanged.FindSubmatch(line); found != nil {
			leader, own = string(found[1]), string(found[2])
		}
	}
	return leader, own
}
