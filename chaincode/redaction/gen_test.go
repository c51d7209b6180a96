package redaction_test

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"strconv"
	"time"

	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/redaction"
)

// stream is a source of bytes that look random and are the same in every run.
type stream struct {
	seed, n uint64
	rest    []byte
}

func (s *stream) Read(p []byte) (int, error) {
	for i := range p {
		if len(s.rest) == 0 {
			s.n++
			sum := sha256.Sum256(binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, s.seed), s.n))
			s.rest = sum[:]
		}
		p[i], s.rest = s.rest[0], s.rest[1:]
	}
	return len(p), nil
}

func seeded(seed uint64) io.Reader { return &stream{seed: seed} }

// genContext declares the prefixes of generated names; ours is declared, taken for
// something else, or not there.
func genContext(t *rapid.T) *epcis.Context {
	pairs := []string{"ext", "https://ns.example.com/epcis/", "more", "urn:example:more"}
	switch rapid.IntRange(0, 4).Draw(t, "prefix") {
	case 1:
		pairs = append(pairs, "countersign", redaction.Namespace)
	case 2:
		pairs = append(pairs, "countersign", "https://countersign.example/")
	case 3:
		pairs = append(pairs, "cs", redaction.Namespace, "countersign2", "https://countersign.example/")
	case 4:
		pairs = append(pairs, "@vocab", redaction.Namespace)
	}
	return epcis.NewContext(pairs...)
}

// genEvent draws a valid event that stands alone, with much that can be private.
func genEvent(t *rapid.T) *epcis.Event {
	e := &epcis.Event{
		Type:      rapid.SampledFrom([]epcis.EventType{epcis.ObjectEvent, epcis.AggregationEvent, epcis.TransformationEvent, epcis.TransactionEvent}).Draw(t, "type"),
		EventTime: time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "time"), 123_000_000).UTC(), EventTimeZoneOffset: "+02:00",
		Context: genContext(t), BizStep: rapid.SampledFrom([]string{"", "shipping", "https://steps.example/x"}).Draw(t, "step"),
	}
	serial := rapid.IntRange(0, 9999).Draw(t, "serial")
	epcs := []string{fmt.Sprintf("urn:epc:id:sgtin:4012345.011111.%d", serial)}
	if e.Type != epcis.TransformationEvent {
		e.Action = rapid.SampledFrom([]epcis.Action{epcis.Observe, epcis.Add}).Draw(t, "action")
	}
	switch e.Type {
	case epcis.AggregationEvent:
		e.ParentID, e.ChildEPCs = "urn:epc:id:sscc:4012345.3111111111", epcs
	case epcis.TransformationEvent:
		e.InputEPCList, e.OutputEPCList = epcs, []string{"urn:epc:id:sgtin:4012345.022222.1"}
	default:
		e.EPCList = epcs
	}
	if e.Type == epcis.TransformationEvent || e.Type == epcis.ObjectEvent && e.Action == epcis.Add {
		e.ILMD = genMembers(t, "ilmd", "cbvmda:lotNumber", "ext:recipe", "more:origin", "https://full.example/e")
	}
	genLists(t, e)
	if rapid.Bool().Draw(t, "place") {
		e.ReadPoint = &epcis.Place{ID: "urn:epc:id:sgln:4012345.00005.122", Extensions: genMembers(t, "inner", "ext:dock")}
	}
	e.Extensions = genMembers(t, "extensions", "ext:price", "ext:note", "more:c", "countersign:own", "https://full.example/e", "rdfs:comment")
	return e
}

func genLists(t *rapid.T, e *epcis.Event) {
	n := rapid.IntRange(0, 3).Draw(t, "documents")
	for i := range n {
		e.BizTransactionList = append(e.BizTransactionList, epcis.BizTransaction{
			Type: rapid.SampledFrom([]string{"", "po", "desadv", "https://types.example/x"}).Draw(t, "kind"), ID: "urn:x-example:" + strconv.Itoa(i%2),
		})
	}
	if e.Type == epcis.TransactionEvent { // the one that stays
		e.BizTransactionList = append(e.BizTransactionList, epcis.BizTransaction{Type: "inv", ID: "urn:x-example:inv"})
	}
	parties := []epcis.Party{
		{Type: "possessing_party", ID: "urn:epc:id:pgln:4012345.00001"},
		{Type: "owning_party", ID: "urn:epc:id:pgln:4012345.00002"},
		{Type: "location", ID: "urn:epc:id:sgln:4012345.00005.0"},
	}
	e.SourceList = rapid.SliceOfN(rapid.SampledFrom(parties), 0, 3).Draw(t, "sources")
	if rapid.Bool().Draw(t, "destination") {
		e.DestinationList = rapid.SliceOfN(rapid.SampledFrom(parties), 1, 3).Draw(t, "destinations")
	}
}

func genMembers(t *rapid.T, label string, from ...string) epcis.Extensions {
	var list epcis.Extensions
	for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom(from), 0, len(from), rapid.ID[string]).Draw(t, label) {
		list = append(list, epcis.Member{Name: name, Value: genValue(t, 2)})
	}
	return list
}

func genValue(t *rapid.T, depth int) epcis.Value {
	kinds := 2
	if depth > 0 {
		kinds = 4
	}
	switch rapid.IntRange(0, kinds).Draw(t, "kind") {
	case 0:
		return epcis.Text(rapid.SampledFrom([]string{"", "<b>&", "a\"b\\c\n", "日本", "countersign:x", "1.50"}).Draw(t, "text"))
	case 1:
		return epcis.Value{Kind: epcis.Numeric, Text: rapid.SampledFrom([]string{"0", "-12.5", "1000000000000000000000"}).Draw(t, "number")}
	case 2:
		return epcis.Value{Kind: epcis.Boolean, Text: "true"}
	case 3:
		v := epcis.Value{Kind: epcis.Array}
		n := rapid.IntRange(0, 3).Draw(t, "items")
		for range n {
			v.Items = append(v.Items, genValue(t, depth-1))
		}
		return v
	default:
		return epcis.Value{Kind: epcis.Object, Members: []epcis.Member{
			{Name: "ext:b", Value: genValue(t, depth-1)}, {Name: "bare", Value: genValue(t, depth-1)},
		}}
	}
}

func genFields(t *rapid.T) redaction.Fields {
	names := func(label string, from ...string) []string {
		return rapid.SliceOfN(rapid.SampledFrom(from), 0, 3).Draw(t, label)
	}
	return redaction.Fields{
		BizTransactions: names("types", "", "po", "urn:epcglobal:cbv:btt:desadv", "https://types.example/x"),
		ILMD:            names("ilmd names", redaction.All, "cbvmda:lotNumber", "ext:recipe", "https://ns.example.com/epcis/recipe"),
		Owners:          rapid.Bool().Draw(t, "owners"),
		Extensions:      names("extension names", redaction.All, "ext:price", "urn:example:morec", "ext:absent"),
		Least:           rapid.IntRange(0, 12).Draw(t, "least"),
	}
}
