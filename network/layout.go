package network

import (
	"fmt"
	"path/filepath"
)

// layout gives the paths under a network's directory:
//
//	network.json                                  what runs, for other processes
//	channel/                                      genesis block, collections
//	organisations/ORG/connection.{yaml,json}      connection profiles
//	organisations/ORG/msp/                        verification MSP
//	organisations/ORG/{ca,tlsca}/                 authorities with their keys
//	organisations/ORG/users/USER/msp/             a user's identity
//	organisations/ORG/tls/                        its programs' TLS certificate, with mutual TLS
//	organisations/ORG/peers/peerN/{msp,tls,data}  a peer, with its core.yaml
//	organisations/ORG/chaincode/                  the chaincode server's TLS, and its package
//	organisations/orderer/orderers/NAME/          an orderer, with its orderer.yaml
//	logs/NODE.log
type layout struct{ root string }

const (
	statusFile = "network.json"
	ownerFile  = "owner" // locked while the network lives; package process uses the same name
)

func (l layout) status() string { return filepath.Join(l.root, statusFile) }

// statusNew becomes network.json when it is whole.
func (l layout) statusNew() string { return l.status() + ".new" }

func (l layout) owner() string   { return filepath.Join(l.root, ownerFile) }
func (l layout) logs() string    { return filepath.Join(l.root, "logs") }
func (l layout) channel() string { return filepath.Join(l.root, "channel") }

func (l layout) tlsRoots() string { return filepath.Join(l.channel(), "tls-authorities.pem") }

func (l layout) log(node string) string { return filepath.Join(l.logs(), node+".log") }

func (l layout) organisation(name string) string {
	return filepath.Join(l.root, "organisations", name)
}

func (l layout) profile(organisation string) string {
	return filepath.Join(l.organisation(organisation), "connection.yaml")
}

func (l layout) msp(organisation string) string {
	return filepath.Join(l.organisation(organisation), "msp")
}

func (l layout) programTLS(organisation string) string {
	return filepath.Join(l.organisation(organisation), "tls")
}

func (l layout) userMSP(organisation, user string) string {
	return filepath.Join(l.organisation(organisation), "users", user, "msp")
}

func (l layout) peer(organisation string, i int) string {
	return filepath.Join(l.organisation(organisation), "peers", peerName(i))
}

func (l layout) chaincode(organisation string) string {
	return filepath.Join(l.organisation(organisation), "chaincode")
}

func (l layout) orderer(name string) string {
	return filepath.Join(l.organisation(OrdererOrganisation), "orderers", name)
}

// made are the entries that a network makes in its directory, and may remove.
func (l layout) made() []string {
	return []string{l.status(), l.statusNew(), l.channel(), filepath.Join(l.root, "organisations"), l.logs()}
}

func peerName(i int) string { return fmt.Sprintf("peer%d", i) }
