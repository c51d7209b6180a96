package condition

import "github.com/countersign-ledger/countersign/chaincode/personal"

// member is a member of a JSON object that is signed: a text, or documents. One
// that is empty is left out.
type member struct {
	name  string
	value any
}

// canonical writes a JSON object in the form of RFC 8785.
func canonical(members []member) []byte {
	object := make(personal.Object, len(members))
	for i, m := range members {
		object[i] = personal.Member{Name: m.name, Value: m.value}
		if documents, ok := m.value.([]Document); ok {
			object[i].Value = documentObjects(documents)
		}
	}
	return personal.Canonical(object)
}

func documentObjects(documents []Document) []personal.Object {
	objects := make([]personal.Object, len(documents))
	for i, d := range documents {
		objects[i] = personal.Object{
			{Name: "mediaType", Value: d.MediaType}, {Name: "name", Value: d.Name}, {Name: "sha256", Value: d.SHA256},
		}
	}
	return objects
}
