// Package ports finds free ports on 127.0.0.1 and keeps them for one network.
//
// A port that was found free can be taken before the program it is meant for
// listens on it. So blocks of ports are taken below the range from which the
// kernel picks ports for outgoing connections, and each block is held by a lock
// on a file for as long as the network lives: two networks never get the same
// ports, not even while a node is stopped. A program that knows nothing of the
// lock can still win the race; then the network starts again with other ports.
package ports
