package faults_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// planned is one fault of a chaos: what is done to whom, when, and for how long.
type planned struct {
	at, lasts time.Duration
	kind      kindOfFault
	target    string
}

func (p planned) String() string {
	return fmt.Sprintf("%6.1f s for %4.1f s: %s %s", p.at.Seconds(), p.lasts.Seconds(), p.kind, p.target)
}

type kindOfFault string

const (
	killChild      kindOfFault = "kill client"
	killPeer       kindOfFault = "kill peer"
	killOrderer    kindOfFault = "kill orderer"
	killLeader     kindOfFault = "kill the leading orderer"
	killChaincode  kindOfFault = "kill chaincode server"
	freezeOrderer  kindOfFault = "freeze orderer"
	freezePeer     kindOfFault = "freeze peer"
	resetLink      kindOfFault = "reset connections"
	stallLink      kindOfFault = "stall connections"
	refuseLink     kindOfFault = "refuse connections"
	longestFault               = 8 * time.Second
	longestPause               = 2500 * time.Millisecond
	shortestPause              = 300 * time.Millisecond
	mostAtOnce                 = 4
	leaderUnlooked             = "whoever leads"
)

// targets are whom each kind of fault can befall.
type targets map[kindOfFault][]string

// weights say how often a kind is drawn.
var weights = []struct {
	kind   kindOfFault
	weight int
}{
	{killChild, 5},
	{killPeer, 4},
	{killOrderer, 2},
	{killLeader, 2},
	{killChaincode, 3},
	{freezeOrderer, 1},
	{freezePeer, 1},
	{resetLink, 4},
	{stallLink, 2},
	{refuseLink, 2},
}

// newPlan draws a chaos of a length. Of the same seed and targets it is the same.
// Nobody suffers two faults at a time, and no more than four are at work at once;
// that may well be both peers of an organisation, or two of three orderers.
func newPlan(seed uint64, length time.Duration, of targets) []planned {
	random := rand.New(rand.NewPCG(seed, 0))
	span := func(from, to time.Duration) time.Duration { return from + time.Duration(random.Int64N(int64(to-from))) }
	var plan []planned
	for at := span(shortestPause, longestPause); at < length; at += span(shortestPause, longestPause) {
		kind := drawKind(random)
		f := planned{at: at, kind: kind, target: of[kind][random.IntN(len(of[kind]))], lasts: span(shortestPause, longestFault)}
		if f.lasts = min(f.lasts, length-at); !crowded(plan, f) {
			plan = append(plan, f)
		}
	}
	return plan
}

func drawKind(random *rand.Rand) kindOfFault {
	total := 0
	for _, w := range weights {
		total += w.weight
	}
	drawn := random.IntN(total)
	for _, w := range weights {
		if drawn -= w.weight; drawn < 0 {
			return w.kind
		}
	}
	return killChild
}

// crowded tells whether a fault would be one too many.
func crowded(plan []planned, next planned) bool {
	atWork := 0
	for _, p := range plan {
		if p.at+p.lasts > next.at {
			atWork++
			if p.target == next.target {
				return true
			}
		}
	}
	return atWork >= mostAtOnce
}

func TestAPlanIsRepeatedByItsSeed(t *testing.T) {
	of := targets{}
	for _, w := range weights {
		of[w.kind] = []string{string(w.kind) + " 1", string(w.kind) + " 2"}
	}
	plan := newPlan(7, 20*time.Minute, of)
	require.Equal(t, plan, newPlan(7, 20*time.Minute, of))
	require.NotEqual(t, plan, newPlan(8, 20*time.Minute, of))
	seen := map[kindOfFault]bool{}
	for _, f := range plan {
		seen[f.kind] = true
		require.LessOrEqual(t, f.at+f.lasts, 20*time.Minute)
	}
	require.Len(t, seen, len(weights), "every kind occurs")
}
