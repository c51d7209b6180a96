package evidence

// Shapes are the messages that this package walks through, by name: the kinds of
// their fields from number 1 on.
func Shapes() map[string][]string {
	names := map[kind]string{
		none: "none", uint64s: "uint64", int64s: "int64", uint32s: "uint32", int32s: "int32", flag: "bool",
		text: "string", octets: "bytes", message: "message",
	}
	all := map[string][]string{}
	for _, s := range []*shape{
		proposalShape, headerShape, channelShape, timestampShape, extensionShape, nameShape, signatureShape, identityShape,
		inputShape, invocationShape, specShape, argumentsShape, payloadShape, actionShape, responseShape, setsShape, setShape,
		collectionShape, publicShape, readShape, versionShape, rangeShape, readsShape, summaryShape, writeShape, metadataShape,
		entryShape, hashedShape, readHashShape, writeHashShape, metaHashShape,
	} {
		for _, k := range s.fields {
			name := names[k&^many]
			if k&many != 0 {
				name = "repeated " + name
			}
			all[s.name] = append(all[s.name], name)
		}
	}
	return all
}
