package faults_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/countersign-ledger/countersign/network"
	"github.com/countersign-ledger/countersign/test/faults/internal/proxy"
)

// world is a network under load: clients in processes of their own, each of which
// reaches its organisation's peers through proxies.
type world struct {
	network   *network.Network
	dir       string
	run       uint32
	began     uint64 // the first block that is not of an earlier test
	recorders []*process
	followers []*process
	links     map[string]*proxy.Proxy
	patience  time.Duration
}

// load says what clients a world has.
type load struct {
	lanes, perObject int
	// recorders and followers have a defect each, or none.
	recorders, followers []defect
	// patience is how long clients may take to finish once all is well again.
	patience time.Duration
}

// newWorld starts the clients.
func newWorld(t *testing.T, l load) *world {
	t.Helper()
	n := running(t)
	// The one thing that is not drawn from the seed: that objects are new.
	w := &world{
		network: n, dir: t.TempDir(), run: uint32(time.Now().UnixNano() >> 10),
		links: map[string]*proxy.Proxy{}, patience: cmp.Or(l.patience, drainLimit),
	}
	w.began = w.newest(t) + 1
	for i, defect := range l.recorders {
		w.recorders = append(w.recorders, w.client(t, childConfig{
			Role: recorderRole, Number: i, Party: parties[i%len(parties)].name, Run: w.run,
			Lanes: l.lanes, PerObject: l.perObject, Grouped: i%2 == 1, Defect: defect,
		}))
	}
	for i, defect := range l.followers {
		w.followers = append(w.followers, w.client(t, childConfig{
			Role: followerRole, Number: i, Party: parties[(i*2)%len(parties)].name, Run: w.run, From: w.began, Defect: defect,
		}))
	}
	return w
}

// client starts a client behind proxies.
func (w *world) client(t *testing.T, config childConfig) *process {
	t.Helper()
	name := fmt.Sprintf("%s-%d", config.Role, config.Number)
	config.Database = filepath.Join(w.dir, name+".db")
	config.MSP = w.network.MSPDir(config.Party, "operator")
	links, profile := w.detour(t, config.Party)
	config.Profile = profile
	for peer, link := range links {
		w.links[name+" to "+peer] = link
	}
	return newProcess(t, w.dir, config)
}

// detour returns a connection profile that leads to an organisation's peers through
// proxies, and these by the names of the peers.
func (w *world) detour(t *testing.T, organisation string) (links map[string]*proxy.Proxy, profile string) {
	t.Helper()
	text, err := os.ReadFile(strings.TrimSuffix(w.network.Profile(organisation), "yaml") + "json")
	require.NoError(t, err)
	links = map[string]*proxy.Proxy{}
	for _, s := range w.network.Status() {
		if s.Kind != network.KindPeer || s.Organisation != organisation {
			continue
		}
		p, err := proxy.New(s.Address)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, p.Close()) })
		links[s.Name] = p
		text = []byte(strings.ReplaceAll(string(text), `"grpcs://`+s.Address+`"`, `"grpcs://`+p.Address()+`"`))
	}
	require.True(t, json.Valid(text))
	file, err := os.CreateTemp(w.dir, organisation+"-*.json")
	require.NoError(t, err)
	_, err = file.Write(text)
	require.NoError(t, errors.Join(err, file.Close()))
	return links, file.Name()
}

// children are all clients, by the names that a plan knows them by.
func (w *world) children() map[string]*process {
	all := map[string]*process{}
	for _, p := range slices.Concat(w.recorders, w.followers) {
		all[fmt.Sprintf("%s-%d", p.config.Role, p.config.Number)] = p
	}
	return all
}

// targets are whom faults can befall.
func (w *world) targets() targets {
	nodes := func(kind network.NodeKind) []string {
		var names []string
		for _, s := range w.network.Status() {
			if s.Kind == kind {
				names = append(names, s.Name)
			}
		}
		return names
	}
	links := sortedKeys(w.links)
	return targets{
		killChild: sortedKeys(w.children()),
		killPeer:  nodes(network.KindPeer), freezePeer: nodes(network.KindPeer),
		killOrderer: nodes(network.KindOrderer), freezeOrderer: nodes(network.KindOrderer), killLeader: {leaderUnlooked},
		killChaincode: nodes(network.KindChaincode),
		resetLink:     links, stallLink: links, refuseLink: links,
	}
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// befall begins a fault, and returns how to repair it and whom it befell.
func (w *world) befall(ctx context.Context, f planned) (repair func() error, whom string, err error) {
	name := f.target
	kill := func() (func() error, string, error) {
		return func() error { return w.network.StartNode(ctx, name) }, name, w.network.KillNode(ctx, name)
	}
	switch f.kind {
	case killChild:
		c := w.children()[name]
		c.kill()
		return c.start, name, nil
	case killLeader:
		looking, cancel := context.WithTimeout(ctx, 5*time.Second)
		defer cancel()
		if name, err = w.network.Leader(looking); err != nil {
			return func() error { return nil }, "nobody, for nobody led", nil
		}
		return kill()
	case killPeer, killOrderer, killChaincode:
		return kill()
	case freezePeer, freezeOrderer:
		return func() error { return w.network.ThawNode(name) }, name, w.network.FreezeNode(name)
	case resetLink:
		w.links[name].Reset()
		return func() error { return nil }, name, nil
	case stallLink:
		w.links[name].Stall(true)
		return func() error { w.links[name].Stall(false); return nil }, name, nil
	default:
		w.links[name].Refuse(true)
		return func() error { w.links[name].Refuse(false); return nil }, name, nil
	}
}

// calm repairs whatever may be broken.
func (w *world) calm(ctx context.Context) error {
	for _, l := range w.links {
		l.Stall(false)
		l.Refuse(false)
	}
	for _, s := range w.network.Status() {
		if err := w.network.ThawNode(s.Name); err != nil {
			return err
		}
		if err := w.network.StartNode(ctx, s.Name); err != nil {
			return err
		}
	}
	for _, p := range w.children() {
		if err := p.start(); err != nil {
			return err
		}
	}
	return nil
}

// settle lets all clients finish: first those who record, then those who follow, when
// they have seen as many events as there are, and a moment to see too many.
func (w *world) settle(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, w.patience, fmt.Errorf("not done after %s", w.patience))
	defer cancel()
	if err := drained(ctx, w.recorders); err != nil {
		return err
	}
	all, _ := w.counts()
	for seen := w.seen(); slices.ContainsFunc(seen, func(n int) bool { return n < all }); seen = w.seen() {
		select {
		case <-time.After(pauseBetween):
		case <-ctx.Done():
			fmt.Printf("chaos: followers have seen %v of %d events\n", seen, all)
			return drained(context.WithoutCancel(ctx), w.followers)
		}
	}
	time.Sleep(time.Second)
	return drained(ctx, w.followers)
}

// drained has children finish, side by side.
func drained(ctx context.Context, children []*process) error {
	var all errgroup.Group
	for _, p := range children {
		all.Go(func() error {
			if err := p.drain(ctx); err != nil {
				return fmt.Errorf("%s: %w", p.log, err)
			}
			return nil
		})
	}
	return all.Wait()
}
