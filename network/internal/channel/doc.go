// Package channel makes the genesis block of an application channel.
//
// The policies are explicit where Fabric's defaults would count readers: writers
// and administrators of the application, endorsement and lifecycle are signature
// policies over the organisations that trade. A reader is a member of the channel
// whose every policy but Readers leaves it out.
package channel
