package gs1_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/gs1"
)

// spellings are the usual forms, with the allocations that reading each may take.
var spellings = []struct {
	name, text  string
	allocations float64
}{
	{"canonical link", "https://id.gs1.org/01/09506000134352/21/V1", 0},
	{"canonical link of an SSCC", "https://id.gs1.org/00/095060001343520000", 0},
	{"link of a company", "https://example.com/p/01/09506000134352/21/V1", 1},
	{"link with lot and serial", "https://id.gs1.org/01/09506000134352/10/L1/21/V1", 1},
	{"path", "/01/09506000134352/21/V1", 1},
	{"URN of an SGTIN", "urn:epc:id:sgtin:9506000.013435.V1", 2},
	{"URN of an SSCC", "urn:epc:id:sscc:9506000.0134352000", 2},
	{"URN of a lot", "urn:epc:class:lgtin:9506000.013435.L1", 2},
}

func TestTheUsualFormsAllocateNoMoreThanTheirResult(t *testing.T) {
	for _, one := range spellings {
		_, err := gs1.Parse(one.text)
		if err != nil {
			t.Fatalf("%s: %v", one.name, err)
		}
		require.LessOrEqual(t, testing.AllocsPerRun(100, func() { _, _ = gs1.Parse(one.text) }), one.allocations, one.name)
	}
	id, err := gs1.Parse("https://id.gs1.org/01/09506000134352/21/V1")
	require.NoError(t, err)
	c, err := gs1.NewConversion(unit(t, "FAH"), unit(t, "CEL"))
	require.NoError(t, err)
	for name, run := range map[string]func(){
		"accessors": func() {
			_, _, _, _, _, _ = id.String(), id.Path(), id.Class(), id.Level(), id.LicenceDigits(), id.Serial()
		},
		"hash form":  func() { _, _ = gs1.HashForm("https://id.gs1.org/01/09506000134352/21/V1") },
		"unit":       func() { _, _ = gs1.UnitByCode("CEL") },
		"conversion": func() { _, _, _ = c.Scaled(98600, 1000) },
		"comparison": func() { _ = c.Compare(98600, 37000, 1000) },
		"check":      func() { _ = gs1.VerifyCheckDigit("09506000134352") },
	} {
		require.Zero(t, testing.AllocsPerRun(100, run), name)
	}
}

func BenchmarkParse(b *testing.B) {
	for _, one := range spellings {
		b.Run(one.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = gs1.Parse(one.text)
			}
		})
	}
}

func BenchmarkHashForm(b *testing.B) {
	for _, one := range spellings {
		b.Run(one.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = gs1.HashForm(one.text)
			}
		})
	}
}

func BenchmarkURN(b *testing.B) {
	id, err := gs1.Parse(spellings[0].text)
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		_, _ = id.URN(gs1.PrefixLength(7))
	}
}

func BenchmarkParseElementString(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_, _ = gs1.ParseElementString("\x1d01095060001343521726013110LOT1\x1d21V1")
	}
}

func BenchmarkConversionScaled(b *testing.B) {
	c, err := gs1.NewConversion(unit(b, "FAH"), unit(b, "CEL"))
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		_, _, _ = c.Scaled(98600, 1000)
	}
}
