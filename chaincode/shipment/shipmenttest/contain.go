package shipmenttest

// Pack is the event that puts objects into a container.
func Pack(parent string, children ...string) Event {
	return contain("AggregationEvent", "ADD", "packing", parent, children)
}

// Unpack is the event that takes objects out of a container, all when it names
// none.
func Unpack(parent string, children ...string) Event {
	return contain("AggregationEvent", "DELETE", "unpacking", parent, children)
}

// Count is the event that sees objects in a container.
func Count(parent string, children ...string) Event {
	return contain("AggregationEvent", "OBSERVE", "inspecting", parent, children)
}

// Attach is the event that fixes objects to another, or installs them at a place.
func Attach(parent string, children ...string) Event {
	return contain("AssociationEvent", "ADD", "assembling", parent, children)
}

// Detach is the event that takes them off again, all when it names none.
func Detach(parent string, children ...string) Event {
	return contain("AssociationEvent", "DELETE", "removing", parent, children)
}

// Link is the event that links a purchase order to objects.
func Link(order string, epcs ...string) Event {
	return Event{Action: "ADD", EPCs: epcs, More: map[string]any{
		"type": "TransactionEvent", "bizTransactionList": []map[string]string{{"type": "po", "bizTransaction": order}},
	}}
}

func contain(kind, action, bizStep, parent string, children []string) Event {
	more := map[string]any{"type": kind, "parentID": uri(parent), "epcList": nil}
	if len(children) > 0 {
		list := make([]string, len(children))
		for i, epc := range children {
			list[i] = uri(epc)
		}
		more["childEPCs"] = list
	}
	return Event{Action: action, BizStep: bizStep, More: more}
}
