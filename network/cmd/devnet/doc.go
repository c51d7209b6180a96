// Command devnet runs a real Hyperledger Fabric network on this machine, with
// nothing but Go: no container engine, no shell scripts.
//
//	devnet demo            follow a consignment through a network of four companies
//	devnet up              start a network and keep it until Ctrl-C
//	devnet status          what runs, and where
//	devnet logs            what the nodes say
//	devnet package         what operators deploy on a network of their own
//	devnet channel-update  what makes an organisation a member of their channel
//
// `devnet help COMMAND` explains each.
package main
