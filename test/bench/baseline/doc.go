// Package baseline puts the chaincodes that benchmarks compare with on a network that
// runs, beside Countersign's: the same channel, peers, orderers, endorsement policy
// and TLS. So what differs in a run is the chaincode alone.
package baseline
