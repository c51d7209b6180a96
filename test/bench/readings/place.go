package readings

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/network"
)

// place is a ledger to measure on: a real network, or one in memory to try the
// benchmark itself.
type place interface {
	// connect acts as a user of an organisation.
	connect(ctx context.Context, organisation, user string) (*client.Client, error)
	// processors is the processor time taken so far.
	processors() (processors, error)
	// settle waits until no organisation is still committing what others have.
	settle()
	stop() error
}

// real is a place on the default network: three trading organisations of one
// peer each, which all endorse, and a regulator's peer that commits.
type real struct{ network *network.Network }

func startNetwork(ctx context.Context, progress func(network.Event)) (real, error) {
	started, err := network.Start(ctx, network.Default(), network.WithProgress(progress))
	return real{started}, err
}

func (r real) connect(ctx context.Context, organisation, user string) (*client.Client, error) {
	return client.Connect(ctx,
		client.WithProfile(r.network.Profile(organisation)),
		client.WithMSP(r.network.MSPDir(organisation, user)),
		// A transaction waits behind those of all the other devices.
		client.WithTimeouts(client.Timeouts{Endorse: 2 * time.Minute, Submit: time.Minute, Commit: 2 * time.Minute}))
}

// settle: the sender's peer has committed, another may be a block behind.
func (r real) settle() { time.Sleep(300 * time.Millisecond) }

func (r real) stop() error { return r.network.Stop(context.Background()) }

// processors is processor time by what it is spent in.
type processors struct{ peers, orderers, chaincode, client time.Duration }

func (p processors) total() time.Duration { return p.peers + p.orderers + p.chaincode + p.client }

func (p processors) since(before processors) processors {
	return processors{p.peers - before.peers, p.orderers - before.orderers, p.chaincode - before.chaincode, p.client - before.client}
}

func (r real) processors() (p processors, err error) {
	if p.client, err = taken(os.Getpid()); err != nil {
		return p, err
	}
	for _, node := range r.network.Status() {
		if !node.Running {
			return p, fmt.Errorf("%s has ended; its log is %s", node.Name, node.Log)
		}
		t, err := taken(node.PID)
		if err != nil {
			return p, err
		}
		switch node.Kind {
		case network.KindPeer:
			p.peers += t
		case network.KindOrderer:
			p.orderers += t
		case network.KindChaincode:
			p.chaincode += t
		}
	}
	return p, nil
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
