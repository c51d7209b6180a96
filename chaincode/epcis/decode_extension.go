package epcis

import "strings"

// extension reads a member that is not a standard field.
func (d *decoder) extension(dst *Extensions, name []byte, clause string) {
	n := string(name)
	d.push(n)
	defer d.pop()
	if !isURI(n) {
		d.bad(clauseExtension, "no field of "+strings.TrimPrefix(clause, "EPCIS 2.0, ")+
			", and the name of an extension must be a CURIE or a URI")
		d.skip()
		return
	}
	d.member((*[]Member)(dst), n, d.namesOf(dst))
}

// nameSet finds names that occur twice. It is empty while there are few members, which
// are compared one by one.
type nameSet map[string]struct{}

const fewMembers = 32

// add reports whether the name is new. list are the members before it.
func (s *nameSet) add(list []Member, name string) bool {
	if len(list) < fewMembers {
		for i := range list {
			if list[i].Name == name {
				return false
			}
		}
		return true
	}
	if *s == nil {
		*s = make(nameSet, 2*fewMembers)
		for i := range list {
			(*s)[list[i].Name] = struct{}{}
		}
	}
	if _, twice := (*s)[name]; twice {
		return false
	}
	(*s)[name] = struct{}{}
	return true
}

// namesOf returns the set of names for a list of extensions, which may be read in
// between those of other lists.
func (d *decoder) namesOf(list *Extensions) *nameSet {
	if len(*list) == 0 {
		delete(d.names, list) // that of an earlier list at the same address
	}
	if len(*list) < fewMembers {
		return new(nameSet)
	}
	if d.names == nil {
		d.names = make(map[*Extensions]*nameSet)
	}
	s, ok := d.names[list]
	if !ok {
		s = new(nameSet)
		d.names[list] = s
	}
	return s
}

// member appends a member with the value that follows.
func (d *decoder) member(dst *[]Member, name string, names *nameSet) {
	if !names.add(*dst, name) {
		d.bad(clauseUnique, "occurs twice")
		d.skip()
		return
	}
	if v, ok := d.value(); ok {
		*dst = append(*dst, Member{Name: name, Value: v})
	}
}
