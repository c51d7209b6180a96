package evidence

// The messages of Fabric that are in evidence (fabric-protos), and nothing else of
// them: a test holds each against its descriptor.
var (
	proposalShape   = &shape{"protos.Proposal", []kind{octets, octets, octets}}
	headerShape     = &shape{"common.Header", []kind{octets, octets}}
	channelShape    = &shape{"common.ChannelHeader", []kind{int32s, int32s, message, text, text, uint64s, octets, octets}}
	timestampShape  = &shape{"google.protobuf.Timestamp", []kind{int64s, int32s}}
	extensionShape  = &shape{"protos.ChaincodeHeaderExtension", []kind{none, message}}
	nameShape       = &shape{"protos.ChaincodeID", []kind{text, text, text}}
	signatureShape  = &shape{"common.SignatureHeader", []kind{octets, octets}}
	identityShape   = &shape{"msp.SerializedIdentity", []kind{text, octets}}
	inputShape      = &shape{"protos.ChaincodeProposalPayload", []kind{octets, message | many}}
	invocationShape = &shape{"protos.ChaincodeInvocationSpec", []kind{message}}
	specShape       = &shape{"protos.ChaincodeSpec", []kind{int32s, message, message, int32s}}
	argumentsShape  = &shape{"protos.ChaincodeInput", []kind{octets | many, message | many, flag}}

	payloadShape  = &shape{"protos.ProposalResponsePayload", []kind{octets, octets}}
	actionShape   = &shape{"protos.ChaincodeAction", []kind{octets, octets, message, message}}
	responseShape = &shape{"protos.Response", []kind{int32s, text, octets}}

	setsShape       = &shape{"rwset.TxReadWriteSet", []kind{int32s, message | many}}
	setShape        = &shape{"rwset.NsReadWriteSet", []kind{text, octets, message | many}}
	collectionShape = &shape{"rwset.CollectionHashedReadWriteSet", []kind{text, octets, octets}}

	publicShape    = &shape{"kvrwset.KVRWSet", []kind{message | many, message | many, message | many, message | many}}
	readShape      = &shape{"kvrwset.KVRead", []kind{text, message}}
	versionShape   = &shape{"kvrwset.Version", []kind{uint64s, uint64s}}
	rangeShape     = &shape{"kvrwset.RangeQueryInfo", []kind{text, text, flag, message, message}}
	readsShape     = &shape{"kvrwset.QueryReads", []kind{message | many}}
	summaryShape   = &shape{"kvrwset.QueryReadsMerkleSummary", []kind{uint32s, uint32s, octets | many}}
	writeShape     = &shape{"kvrwset.KVWrite", []kind{text, flag, octets}}
	metadataShape  = &shape{"kvrwset.KVMetadataWrite", []kind{text, message | many}}
	entryShape     = &shape{"kvrwset.KVMetadataEntry", []kind{text, octets}}
	hashedShape    = &shape{"kvrwset.HashedRWSet", []kind{message | many, message | many, message | many}}
	readHashShape  = &shape{"kvrwset.KVReadHash", []kind{octets, message}}
	writeHashShape = &shape{"kvrwset.KVWriteHash", []kind{octets, flag, octets, flag}}
	metaHashShape  = &shape{"kvrwset.KVMetadataWriteHash", []kind{octets, message | many}}
)
