package gs1_test

import (
	"errors"
	"fmt"

	"github.com/countersign-ledger/countersign/chaincode/gs1"
)

// All spellings of an identifier are the same value.
func ExampleParse() {
	for _, spelling := range []string{
		"urn:epc:id:sgtin:9506000.013435.V1",
		"https://shop.example.com/p/01/09506000134352/21/V1?17=261231",
		"https://id.gs1.org/01/09506000134352/10/L7/21/V1",
	} {
		id, err := gs1.Parse(spelling)
		fmt.Println(id.Kind(), id, err)
	}
	// Output:
	// SGTIN https://id.gs1.org/01/09506000134352/21/V1 <nil>
	// SGTIN https://id.gs1.org/01/09506000134352/21/V1 <nil>
	// SGTIN https://id.gs1.org/01/09506000134352/21/V1 <nil>
}

func ExampleParse_error() {
	_, err := gs1.Parse("https://id.gs1.org/01/09506000134353")
	fmt.Println(errors.Is(err, gs1.ErrCheckDigit))
	fmt.Println(err)
	// Output:
	// true
	// gs1: "https://id.gs1.org/01/09506000134353": (01) wrong check digit (csum: INCORRECT_CHECK_DIGIT)
}

// A URN needs the length of the company prefix, which a Digital Link does not carry.
func ExampleID_URN() {
	id, _ := gs1.Parse("https://id.gs1.org/01/09506000134352/21/V1")
	ours := gs1.NewPrefixTable("9506000")
	fmt.Println(id.URN(ours))
	fmt.Println(id.Class().URN(ours))
	other, _ := gs1.Parse("https://id.gs1.org/00/340123451111111111")
	_, err := other.URN(ours)
	fmt.Println(errors.Is(err, gs1.ErrPrefixLength))
	// Output:
	// urn:epc:id:sgtin:9506000.013435.V1 <nil>
	// urn:epc:idpat:sgtin:9506000.013435.* <nil>
	// true
}

// A scan becomes an identifier, and a link that says everything the scan said.
func ExampleParseElementString() {
	elements, err := gs1.ParseElementString("]d2\x1d010950600013435217261231" + "10L7\x1d21V1")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(elements.Bracketed())
	id, _ := elements.ID()
	fmt.Println(id)
	link, _ := elements.DigitalLink("https://example.com")
	fmt.Println(link)
	// Output:
	// (01)09506000134352(17)261231(10)L7(21)V1
	// https://id.gs1.org/01/09506000134352/21/V1
	// https://example.com/01/09506000134352/10/L7/21/V1?17=261231
}

func ExampleParsePattern() {
	pattern, _ := gs1.ParsePattern("urn:epc:idpat:sgtin:9506000.*.*")
	for _, text := range []string{"urn:epc:id:sgtin:9506000.013435.V1", "urn:epc:id:sgtin:4012345.098765.1"} {
		id, _ := gs1.Parse(text)
		fmt.Println(pattern.Matches(id))
	}
	// Output:
	// true
	// false
}

func ExampleConvertDecimal() {
	fahrenheit, _ := gs1.UnitByCode("FAH")
	celsius, _ := gs1.UnitByCode("CEL")
	fmt.Println(gs1.ConvertDecimal("46.4", fahrenheit, celsius, 1))
	// Output: 8.0 <nil>
}

// A limit of 8 degrees Celsius, held against a reading of 46.401 Fahrenheit in thousandths.
func ExampleConversion_Compare() {
	fahrenheit, _ := gs1.UnitByCode("FAH")
	celsius, _ := gs1.UnitByCode("CEL")
	c, _ := gs1.NewConversion(fahrenheit, celsius)
	fmt.Println(c.Compare(46401, 8000, 1000) > 0)
	// Output: true
}
