package collections

// EndorsementPolicy is the chaincode's, for `--signature-policy` of `peer
// lifecycle chaincode approveformyorg`, and the channel's
// /Channel/Application/Endorsement: so many peers of those that trade. It is never
// the channel's MAJORITY, which counts readers.
func (c Consortium) EndorsementPolicy() string {
	return Quorum{Required: c.Endorse, Of: c.Trading()}.Text("peer")
}

// LifecyclePolicy is the channel's /Channel/Application/LifecycleEndorsement.
func (c Consortium) LifecyclePolicy() string {
	return Quorum{Required: c.Lifecycle, Of: c.Trading()}.Text("peer")
}

// Writers is the channel's /Channel/Application/Writers: an administrator or a
// client of an organisation that trades.
func (c Consortium) Writers() string {
	return signatures(1, principals(c.Trading(), "admin", "client"))
}

// Admins is the channel's /Channel/Application/Admins: who may change the channel.
func (c Consortium) Admins() string {
	return Quorum{Required: c.Lifecycle, Of: c.Trading()}.Text("admin")
}

// Readers is the channel's /Channel/Application/Readers, an implicit policy: every
// organisation on the channel reads it.
func (c Consortium) Readers() string { return "ANY Readers" }
