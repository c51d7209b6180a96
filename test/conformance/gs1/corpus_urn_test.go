package gs1_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/countersign-ledger/countersign/chaincode/gs1"
)

// prefixOf reads the company prefix off the expected URN, for rows that do not
// say how long it is: upstream took it from a table that is not in the corpus.
func prefixOf(urn string) string {
	components := urn[strings.LastIndexByte(urn, ':')+1:]
	if i := strings.IndexByte(urn, ':'); i >= 0 {
		components = strings.SplitN(urn, ":", 5)[4]
	}
	prefix, _, _ := strings.Cut(components, ".")
	return prefix
}

// rowPrefix is the length of the company prefix for a row of the corpus.
func rowPrefix(given, urn string) gs1.PrefixLength {
	if given == "" {
		return gs1.PrefixLength(len(prefixOf(urn)))
	}
	n := 0
	for _, digit := range given {
		n = n*10 + int(digit-'0')
	}
	return gs1.PrefixLength(n)
}

// notCovered are the rows of the corpus that no correct implementation agrees
// with, by input, with the reason.
var notCovered = map[string]string{
	"https://id.gs1.org/8010/123457-57578": "the company prefix would be 123457-57578, which is not digits",
}

// pairMode is the mode a row needs: lenient where upstream left characters
// unescaped that a URI has to escape.
func pairMode(row map[string]string) gs1.Mode {
	if row["unescaped_reserved_chars"] == "yes" || strings.Contains(row["input"], "/38") {
		return gs1.RawReserved
	}
	return 0
}

// sameURN compares URNs by what they mean: upstream does not escape.
func sameURN(got, want string) bool {
	return got == want || gs1.Unescape(got, false) == want || gs1.Unescape(got, false) == gs1.Unescape(want, false)
}

func TestURNsAndLinksConvertAsPublished(t *testing.T) {
	const name = "digitallink/urn_dl_pairs.csv"
	rows := corpusRows(t, name)
	c := &tally{name: name}
	for _, row := range rows {
		input, want := row["input"], row["expected"]
		if reason, ok := notCovered[input]; ok {
			c.skip(reason, input)
			continue
		}
		id, err := gs1.ParseMode(input, pairMode(row))
		if row["class"] == "valid_upstream_but_wrong_check_digit" {
			c.check(t, errors.Is(err, gs1.ErrCheckDigit), "%s: %v", input, err)
			continue
		}
		if err != nil {
			c.check(t, false, "%s: %v", input, err)
			continue
		}
		if row["direction"] == "urn_to_dl" {
			wanted, err := gs1.ParseMode(want, gs1.RawReserved)
			exact := id.String() == want || row["RalphTro_normaliser_agrees"] != "yes" || strings.Contains(want, "%")
			c.check(t, err == nil && id == wanted && exact, "%s: %s, not %s", input, id, want)
			continue
		}
		urn, err := id.URN(rowPrefix(row["gcp_length_given"], want))
		c.check(t, err == nil && sameURN(urn, want), "%s: %v %s, not %s", input, err, urn, want)
	}
	c.report(t, len(rows))
}

// asLevel reports whether id is what a converter of that level deals with: the
// corpus refuses, for example, a class given to the converter of instances.
func asLevel(id gs1.ID, key, level string) bool {
	if level == "instance" {
		return id.IsInstance() && strings.EqualFold(strings.TrimPrefix(id.Kind().String(), "S"), strings.TrimPrefix(key, "S"))
	}
	if key == "LGTIN" {
		return id.IsLot()
	}
	return id.IsClass()
}

func TestWhatTheCorpusRefusesIsRefused(t *testing.T) {
	const name = "digitallink/urn_dl_invalid.csv"
	rows := corpusRows(t, name)
	c := &tally{name: name}
	for _, row := range rows {
		input := row["input"]
		id, err := gs1.Parse(input)
		if err != nil || !asLevel(id, row["key"], row["level"]) {
			c.check(t, true, "")
			continue
		}
		if row["direction"] == "dl_to_urn" && row["gcp_length_given"] != "" {
			urn, err := id.URN(rowPrefix(row["gcp_length_given"], ""))
			c.check(t, err != nil, "%s: %s with a prefix of %s", input, urn, row["gcp_length_given"])
			continue
		}
		c.check(t, false, "%s: accepted as %s, %s", input, id, row["upstream_comment"])
	}
	c.report(t, len(rows))
}
