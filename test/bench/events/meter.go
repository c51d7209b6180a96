package events

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/countersign-ledger/countersign/network"
	"github.com/countersign-ledger/countersign/test/bench/page"
)

// reading is what has been used up so far.
type reading struct {
	peers, orderers, chaincode, client time.Duration // processor time
	ledger                             int64         // bytes in one peer's files of blocks
}

func (r reading) since(before reading) reading {
	return reading{
		r.peers - before.peers, r.orderers - before.orderers, r.chaincode - before.chaincode, r.client - before.client,
		r.ledger - before.ledger,
	}
}

func (r reading) and(other reading) reading {
	return reading{
		r.peers + other.peers, r.orderers + other.orderers, r.chaincode + other.chaincode, r.client + other.client,
		r.ledger + other.ledger,
	}
}

func (r reading) total() time.Duration { return r.peers + r.orderers + r.chaincode + r.client }

// read reads the meters of a network, and of further chaincode servers.
func read(n *network.Network, servers []int) (r reading, err error) {
	r.client = page.Spent() // finer than /proc has it
	for _, node := range n.Status() {
		if !node.Running {
			return r, fmt.Errorf("%s has ended; its log is %s", node.Name, node.Log)
		}
		t, err := taken(node.PID)
		if err != nil {
			return r, err
		}
		switch node.Kind {
		case network.KindPeer:
			r.peers += t
		case network.KindOrderer:
			r.orderers += t
		case network.KindChaincode:
			r.chaincode += t
		}
	}
	for _, pid := range servers {
		t, err := taken(pid)
		if err != nil {
			return r, err
		}
		r.chaincode += t
	}
	r.ledger, err = blocks(n)
	return r, err
}

// blocks is the size of the files in which the sender's peer keeps the channel.
func blocks(n *network.Network) (size int64, err error) {
	files, err := filepath.Glob(filepath.Join(n.Dir(), "organisations", sender, "peers", "peer0", "data", "ledgersData", "chains", "chains", n.Topology().Channel, "blockfile_*"))
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("%s has no file of blocks", sender)
	}
	for _, file := range files {
		info, err := os.Stat(file)
		if err != nil {
			return 0, err
		}
		size += info.Size()
	}
	return size, err
}

// tick is the unit of times in /proc, USER_HZ, on every architecture that the
// network runs on.
const tick = 10 * time.Millisecond

// taken is a process's user and system time: fields 14 and 15 of proc(5)'s stat.
func taken(pid int) (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	// The second field, the program's name, is in parentheses and may hold anything.
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	if len(fields) < 13 {
		return 0, fmt.Errorf("process %d: unknown form of /proc/%d/stat", pid, pid)
	}
	var ticks int64
	for _, field := range fields[11:13] {
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("process %d: /proc/%d/stat: %w", pid, pid, err)
		}
		ticks += n
	}
	return time.Duration(ticks) * tick, nil
}
