package gateways

import (
	"context"
	"slices"
	"sync/atomic"
	"time"
)

type (
	awayKey  struct{}
	onlyKey  struct{}
	notedKey struct{}
)

// Only has what is asked for with the context go to the gateway at an address and no
// other, if there is one.
func Only(ctx context.Context, at string) context.Context {
	if at == "" {
		return ctx
	}
	return context.WithValue(ctx, onlyKey{}, at)
}

// At returns the address that [Only] was given; empty without one.
func At(ctx context.Context) string {
	at, _ := ctx.Value(onlyKey{}).(string)
	return at
}

// Away has what is asked for with the context go to other gateways than the one at
// an address, as long as there is another within reach: for who has found that a
// gateway, which is well as far as calls tell, does not keep up.
func Away(ctx context.Context, from string) context.Context {
	if from == "" {
		return ctx
	}
	return context.WithValue(ctx, awayKey{}, from)
}

// From returns the address that [Away] was given; empty without one. A connection of
// a test's own makes use of it.
func From(ctx context.Context) string {
	from, _ := ctx.Value(awayKey{}).(string)
	return from
}

// Noting has the address of the gateway noted where a stream begins, or a call goes:
// what is returned gives the last, and nothing before.
func Noting(ctx context.Context) (context.Context, func() string) {
	at := &atomic.Pointer[string]{}
	return context.WithValue(ctx, notedKey{}, at), func() string {
		if address := at.Load(); address != nil {
			return *address
		}
		return ""
	}
}

// Note notes the address of the gateway where a stream begins or a call goes, for
// [Noting].
func Note(ctx context.Context, address string) {
	if at, ok := ctx.Value(notedKey{}).(*atomic.Pointer[string]); ok {
		at.Store(&address)
	}
}

// hinted heeds [Only] and [Away]: the gateway to keep away from comes after those that
// are within reach.
func hinted(ctx context.Context, ordered []*gateway) []*gateway {
	if only := At(ctx); only != "" {
		if at := slices.IndexFunc(ordered, func(g *gateway) bool { return g.address() == only }); at >= 0 {
			return ordered[at : at+1]
		}
	}
	from := From(ctx)
	at := slices.IndexFunc(ordered, func(g *gateway) bool { return g.address() == from })
	if at < 0 {
		return ordered
	}
	left := ordered[at]
	others := slices.Delete(slices.Clone(ordered), at, at+1)
	end := len(others)
	for end > 0 && others[end-1].health(time.Now()).State == Lost {
		end--
	}
	return slices.Insert(others, end, left)
}
