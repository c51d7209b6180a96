// Package gateways makes one connection of several gateways: a pool that knows
// which of them are well, sends calls to the preferred one that is, moves on to the
// next when it is out of reach, and goes back when it has been well for a while.
//
// Any peer of Fabric is a gateway. [Pool] implements [grpc.ClientConnInterface], so
// that fabric-gateway, and whatever else is made over a connection, uses it without
// knowing. Only package client may import it.
package gateways
