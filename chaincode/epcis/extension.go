package epcis

import "slices"

// ExtensionsIn returns the event's own extensions whose names are in a namespace,
// by their local names and in their order, whatever prefixes the event and its
// document spell the namespace with. A prefix that is not declared stands for
// nothing. Names inside of them are shortened likewise; others stay as written.
func (e *Event) ExtensionsIn(namespace string) Extensions {
	names := scopes{own: e.Context, outer: e.scope}
	var found Extensions
	for _, m := range e.Extensions {
		if local, ok := names.local(m.Name, namespace); ok {
			found = append(found, Member{Name: local, Value: names.shorten(m.Value, namespace)})
		}
	}
	return found
}

// local returns what follows a namespace in a name, a CURIE or a whole URI.
func (s scopes) local(name, namespace string) (string, bool) {
	if prefix, rest, ok := splitName(name); ok {
		if ns, declared := s.namespace(prefix); declared {
			return rest, ns == namespace
		}
	}
	if len(name) > len(namespace) && name[:len(namespace)] == namespace {
		return name[len(namespace):], true
	}
	return "", false
}

func (s scopes) shorten(v Value, namespace string) Value {
	v.Members = slices.Clone(v.Members)
	for i, m := range v.Members {
		if local, ok := s.local(m.Name, namespace); ok {
			m.Name = local
		}
		m.Value = s.shorten(m.Value, namespace)
		v.Members[i] = m
	}
	v.Items = slices.Clone(v.Items)
	for i, item := range v.Items {
		v.Items[i] = s.shorten(item, namespace)
	}
	return v
}
