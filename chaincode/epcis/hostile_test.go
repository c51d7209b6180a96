package epcis_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
)

// Inputs made to cost more than their size: they are read or refused in time that grows
// with their size only (a quadratic step would make this test run for minutes), and
// what is reported of them stays small.
func TestHostileInputsCostNoMoreThanTheirSize(t *testing.T) {
	const many = 60_000
	repeat := func(format string) string {
		var b strings.Builder
		for i := range many {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	event := strings.TrimSuffix(minimal, "}")
	long := strings.Repeat("n", 1<<20)
	for name, in := range map[string]string{
		"many extensions":  event + repeat(`,"ext:a%d":1`) + "}",
		"many members":     event + `,"ext:a":{"b":1` + repeat(`,"m%d":1`) + "}}",
		"many terms":       strings.Replace(event, `"https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"`, `{"a":"b:"`+repeat(`,"p%d":"x:"`)+"}", 1) + repeat(`,"p%[1]d:a%[1]d":1`) + "}",
		"many contexts":    strings.Replace(event, `"https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"`, `["a:b"`+repeat(`,"a:%d"`)+"]", 1) + "}",
		"many violations":  event + `,"ext:` + long + `":[1` + repeat(`,null`)[:0] + strings.Repeat(",null", many) + "]}",
		"exponents":        event + `,"ext:a":[1` + strings.Repeat(`,"1e127"`, many) + "]}",
		"many epcs":        strings.Replace(minimal, `9876"`, `9876"`+repeat(`,"a:%d"`), 1),
		"XML extensions":   strings.Replace(xmlDocument(""), "</ObjectEvent>", repeat(`<my_ext:a%d/>`)+"</ObjectEvent>", 1),
		"XML namespaces":   strings.Replace(xmlDocument(""), "</ObjectEvent>", repeat(`<p:a xmlns:p="urn:%d"/>`)+"</ObjectEvent>", 1),
		"XML prefixes":     strings.Replace(xmlDocument(""), "</ObjectEvent>", repeat(`<p%[1]d:a xmlns:p%[1]d="urn:x:%[1]d"/>`)+"</ObjectEvent>", 1),
		"XML repeated":     strings.Replace(xmlDocument(""), "</ObjectEvent>", strings.Repeat(`<my_ext:a/>`, many)+"</ObjectEvent>", 1),
		"XML unmapped":     strings.Replace(xmlDocument(""), "<ObjectEvent>", strings.Repeat(`<QuantityEvent/>`, many)+"<ObjectEvent>", 1),
		"XML wrong fields": strings.Replace(xmlDocument(""), "</ObjectEvent>", strings.Repeat(`<wrong/>`, many)+"</ObjectEvent>", 1),
	} {
		t.Run(name, func(t *testing.T) {
			doc, unmapped, err := epcis.ReadAny(strings.NewReader(in), epcis.Limits{EPCs: 1 << 20})
			if err != nil {
				var invalid *epcis.ValidationError
				require.ErrorAs(t, err, &invalid)
				size := 0
				for _, v := range invalid.Violations {
					size += len(v.Pointer) + len(v.Message)
				}
				require.Less(t, size, 1<<20)
				return
			}
			require.LessOrEqual(t, len(unmapped), 1000)
			for i := range doc.Events {
				pre, err := doc.Events[i].PreHash()
				require.NoError(t, err)
				require.Less(t, len(pre), 40*len(in)) // a number of seven characters spells out to 128
			}
			var b bytes.Buffer
			require.NoError(t, epcis.WriteDocument(&b, doc))
		})
	}
}
