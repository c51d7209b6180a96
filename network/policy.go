package network

// Policy is a quorum of the trading organisations, each named. It is never an
// implicit majority of the channel's members, which would count readers.
type Policy struct {
	// Required is how many of the trading organisations it takes.
	Required int
}
