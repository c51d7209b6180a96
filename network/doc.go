// Package network starts a real Hyperledger Fabric network on one machine and
// gives it to you as a Go value: peers, orderers and chaincode servers run as
// child processes, with TLS everywhere, and need no container engine, no shell
// and no tool but Go.
//
//	n, err := network.Start(ctx, network.Default())
//	if err != nil { ... }            // says which step failed, with the log lines that explain it
//	defer n.Stop(context.Background()) // no process and no port is left
//	profile := n.Profile("manufacturer") // a common connection profile, for any Fabric client
//
// A [Topology] says what to start and is checked by [Topology.Validate] before
// anything starts. [Default] is composed from [Organisation] and [Users], as
// your own topologies can be: it has a manufacturer, a carrier and a retailer
// that trade, a regulator that only reads, and one orderer. [ThreeOrderers] and
// [Resilient] are made from it, for what must go on when a node dies; faults are then
// made with [Network.KillNode], [Network.StopNode] and [Network.StartNode].
//
// [Start] returns when the network is ready, which means that every trading
// organisation has endorsed one transaction and the transaction is committed.
// Ports that a topology leaves at zero are free ones, so that several networks
// run side by side.
//
// What a client needs lies under [Network.Dir] in the formats that Fabric users
// know: connection profiles and MSP folders. Nothing there is secret from the
// user who runs the network; keys are made anew at each start and belong to no
// production network.
//
// A channel that runs can be changed as operators change theirs: [Network.Define]
// commits another definition of the chaincode, with new collections for example,
// and [Network.Admit] takes in an organisation.
//
// The network's processes die with the process that called Start, however it
// ends. This works on Linux (Windows users: WSL 2); elsewhere Start returns an
// error at once.
package network
