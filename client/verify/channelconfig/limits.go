package channelconfig

// Limits of what is read.
const (
	// MaxSize bounds a configuration block or envelope, in bytes. Fabric's orderers
	// take no transaction of more than their AbsoluteMaxBytes, 10 MB by default.
	MaxSize = 16 << 20
	// maxElements bounds groups, values and policies of one configuration.
	maxElements = 1 << 15
	// maxDepth bounds groups within groups; Fabric's own configurations have four.
	maxDepth = 16
	// maxSignatures bounds the signatures of an update.
	maxSignatures = 256
	// maxRules bounds the rules of one signature policy.
	maxRules = 1 << 12
	// maxCertificates bounds authorities, administrators, units and revocation lists
	// of one MSP, each.
	maxCertificates = 1 << 10
	// maxFields bounds the fields of one message and those in it: maxElements, each
	// with its name, content, version and policy, and what there is besides.
	maxFields = 1 << 18
	// maxPrincipal bounds one principal of a signature policy, in bytes, and
	// maxCombined principals within principals: each is decoded for each signer.
	maxPrincipal = 1 << 16
	maxCombined  = 8
	// recursion bounds messages within messages.
	recursion = 100
)

func sized(text []byte) error {
	if len(text) > MaxSize {
		return failure(ErrLimit, "", "%d bytes; at most %d are read", len(text), MaxSize)
	}
	return nil
}
