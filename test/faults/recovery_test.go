package faults_test

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/client"
)

var recoveries = flag.Int("faults.recoveries", 0, "how often TestRecovery measures each fault; 0 leaves it out")

// TestRecovery measures how long callers wait when one part dies, hangs or is cut off
// for five seconds: the longest that a capture took which was under way in that time,
// out of four callers without a pause. It prints the table of docs/reliability.md and
// judges nothing but that no caller saw an error.
func TestRecovery(t *testing.T) {
	if *recoveries == 0 {
		t.Skip("MEASURES ONLY: give it -faults.recoveries=5")
	}
	w := newWorld(t, load{})
	links, profile := w.detour(t, manufacturer.name)
	for peer, link := range links {
		w.links[peer] = link
	}
	leader := func() string {
		name, err := w.network.Leader(t.Context())
		require.NoError(t, err)
		return name
	}
	first, second := "peer0."+manufacturer.name, "peer1."+manufacturer.name
	for _, f := range []struct {
		what  string
		fault func() planned
	}{
		{"nothing", func() planned { return planned{kind: resetLink, target: second} }},
		{"connections to the gateway reset", func() planned { return planned{kind: resetLink, target: first} }},
		{"connections to the gateway refused", func() planned { return planned{kind: refuseLink, target: first} }},
		{"connections to the gateway stalled", func() planned { return planned{kind: stallLink, target: first} }},
		{"gateway peer killed", func() planned { return planned{kind: killPeer, target: first} }},
		{"gateway peer frozen", func() planned { return planned{kind: freezePeer, target: first} }},
		{"another organisation's peer killed", func() planned { return planned{kind: killPeer, target: "peer0.carrier"} }},
		{"another organisation's peer frozen", func() planned { return planned{kind: freezePeer, target: "peer0.carrier"} }},
		{"own chaincode server killed", func() planned { return planned{kind: killChaincode, target: "chaincode.manufacturer"} }},
		{"another's chaincode server killed", func() planned { return planned{kind: killChaincode, target: "chaincode.carrier"} }},
		{"leading orderer killed", func() planned { return planned{kind: killOrderer, target: leader()} }},
		{"leading orderer frozen", func() planned { return planned{kind: freezeOrderer, target: leader()} }},
	} {
		var worst []time.Duration
		for range *recoveries {
			fault := f.fault()
			fault.lasts = 5 * time.Second
			// A client of its own: one that has failed over before would not be there.
			c := connect(t, w.network, manufacturer, "operator", client.WithProfile(profile), client.WithTries(20))
			took, err := w.suffering(t, c, fault)
			require.NoError(t, err, f.what)
			worst = append(worst, took)
		}
		slices.Sort(worst)
		fmt.Printf("recovery: | %s | %s | %s |\n", f.what, seconds(worst[len(worst)/2]), seconds(worst[len(worst)-1]))
	}
}

func seconds(d time.Duration) string { return strings.TrimSpace(fmt.Sprintf("%.1f s", d.Seconds())) }

// suffering returns how long the slowest capture took around a fault.
func (w *world) suffering(t *testing.T, c *client.Client, f planned) (slowest time.Duration, failure error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var callers sync.WaitGroup
	var mu sync.Mutex
	began := make(chan struct{})
	for range 4 {
		callers.Go(func() {
			for ctx.Err() == nil {
				start := time.Now()
				_, err := c.Capture(t.Context(), one(newObject(manufacturer), 1))
				mu.Lock()
				select {
				case <-began:
					slowest = max(slowest, time.Since(start))
				default:
				}
				if err != nil {
					failure = err
				}
				mu.Unlock()
			}
		})
	}
	time.Sleep(time.Second)
	close(began)
	repair, _, err := w.befall(t.Context(), f)
	require.NoError(t, err)
	time.Sleep(f.lasts)
	require.NoError(t, repair())
	time.Sleep(2 * time.Second)
	cancel()
	callers.Wait()
	return slowest, failure
}
