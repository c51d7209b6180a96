package telemetry

import (
	"crypto/sha256"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"
)

// The tree of RFC 6962, section 2.1: a leaf is SHA-256(0x00, data), a node
// SHA-256(0x01, left, right), and a tree of n leaves splits at the largest
// power of two below n.

// leafHash hashes the data of a leaf, as [tlog.RecordHash] does.
func leafHash(data []byte) tlog.Hash {
	var space [1 + 2*(columnHead+64*2)]byte // most chunks fit, and are hashed at once
	if len(data) >= len(space) {
		return tlog.RecordHash(data)
	}
	copy(space[1:], data)
	return sha256.Sum256(space[:1+len(data)])
}

// split returns the largest power of two below n, for n of at least 2.
func split(n int) int { return 1 << (bits.Len(uint(n-1)) - 1) }

// treeHash returns the head over leaves.
func treeHash(leaves []tlog.Hash) tlog.Hash {
	switch len(leaves) {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return leaves[0]
	}
	k := split(len(leaves))
	return tlog.NodeHash(treeHash(leaves[:k]), treeHash(leaves[k:]))
}

// shown is the set of leaves that a proof shows: the header, leaf 0, and a run
// of chunks, leaves from to to-1.
type shown struct{ from, to int }

// within reports whether any shown leaf lies in [lo, hi).
func (s shown) within(lo, hi int) bool { return lo == 0 || lo < s.to && hi > s.from }

// path returns the heads of the largest subtrees without a shown leaf, from
// left to right: with the shown leaves they are enough for the root.
func (s shown) path(leaves []tlog.Hash, lo, hi int, to []Hash) []Hash {
	if !s.within(lo, hi) {
		return append(to, Hash(treeHash(leaves[lo:hi])))
	}
	if hi-lo == 1 {
		return to
	}
	k := split(hi - lo)
	to = s.path(leaves, lo, lo+k, to)
	return s.path(leaves, lo+k, hi, to)
}

// root computes the head of [lo, hi) from shown leaves, given in order, and a
// path; it returns what it did not use. ok is false when something is missing.
func (s shown) root(lo, hi int, leaves []tlog.Hash, path []Hash) (head tlog.Hash, restLeaves []tlog.Hash, restPath []Hash, ok bool) {
	if !s.within(lo, hi) {
		if len(path) == 0 {
			return head, nil, nil, false
		}
		return tlog.Hash(path[0]), leaves, path[1:], true
	}
	if hi-lo == 1 {
		if len(leaves) == 0 {
			return head, nil, nil, false
		}
		return leaves[0], leaves[1:], path, true
	}
	k := split(hi - lo)
	left, leaves, path, ok := s.root(lo, lo+k, leaves, path)
	if !ok {
		return head, nil, nil, false
	}
	right, leaves, path, ok := s.root(lo+k, hi, leaves, path)
	if !ok {
		return head, nil, nil, false
	}
	return tlog.NodeHash(left, right), leaves, path, true
}
