package gs1_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/countersign-ledger/countersign/chaincode/gs1"
)

// modes translates the switches of the syntax engine.
func modes(options string) gs1.Mode {
	var mode gs1.Mode
	for option := range strings.SplitSeq(options, "|") {
		switch option {
		case "convenienceAlphas":
			mode |= gs1.ShortNames
		case "zeroSuppressedGTIN":
			mode |= gs1.ShortGTIN
		case "permitUnknownAIs":
			mode |= gs1.UnknownAIs
		case "noUnknownAiNotDlAttrCheck":
			mode |= gs1.UnknownAttributes
		}
	}
	return mode
}

func TestLinksParseAsTheSyntaxEngineDoes(t *testing.T) {
	const name = "digitallink/engine_parse_dl_uri.csv"
	rows := corpusRows(t, name)
	c := &tally{name: name}
	for _, row := range rows {
		link, err := gs1.ParseDigitalLinkMode(row["dl_uri"], modes(row["non_default_options"]))
		if row["class"] == "invalid" {
			c.check(t, err != nil, "%s is accepted", row["dl_uri"])
			continue
		}
		got := link.Elements().FNC1(gs1.Caret)
		c.check(t, err == nil && got == row["expected_element_string"], "%s: %v %s", row["dl_uri"], err, got)
	}
	c.report(t, len(rows))
}

func TestLinksAreMadeAsTheSyntaxEngineMakesThem(t *testing.T) {
	const name = "digitallink/engine_generate_dl_uri.csv"
	rows := corpusRows(t, name)
	c := &tally{name: name}
	for _, row := range rows {
		mode := gs1.UnknownAIs
		// The table does not carry the switches: the one valid row with an
		// unknown AI is the one that permits it in a link.
		if row["class"] == "valid" && strings.Contains(row["element_string"], "(89)") {
			mode |= gs1.UnknownAttributes
		}
		elements, err := gs1.ParseElementStringMode(row["element_string"], mode)
		if err != nil {
			t.Errorf("%s: %v", row["element_string"], err)
			continue
		}
		link, err := elements.DigitalLinkMode(row["stem_empty_means_https://id.gs1.org"], mode)
		if row["class"] == "invalid" {
			c.check(t, errors.Is(err, gs1.ErrAttribute), "%s: %v", row["element_string"], err)
			continue
		}
		c.check(t, err == nil && link.String() == row["expected_dl_uri"], "%s: %v %s", row["element_string"], err, link)
	}
	c.report(t, len(rows))
}

func TestPercentEncodingAgreesWithTheSyntaxEngine(t *testing.T) {
	const name = "digitallink/engine_uri_escape.csv"
	rows := corpusRows(t, name)
	c := &tally{name: name}
	for _, row := range rows {
		input, path, query := row["input"], row["expected_as_path"], row["expected_as_query"]
		switch row["operation"] {
		case "unescape":
			c.check(t, gs1.Unescape(input, false) == path && gs1.Unescape(input, true) == query, "%q", input)
		default:
			c.check(t, gs1.Escape(input, false) == path && gs1.Escape(input, true) == query, "%q", input)
		}
	}
	c.report(t, len(rows))
}

func TestHashFormsAgreeWithTheNormaliser(t *testing.T) {
	const name = "digitallink/normalise_to_canonical_dl.csv"
	rows := corpusRows(t, name)
	c := &tally{name: name}
	for _, row := range rows {
		got, ok := gs1.HashForm(row["input_uri"])
		c.check(t, ok == (row["class"] == "valid") && got == row["expected_2026"], "%s: %s", row["input_uri"], got)
	}
	c.report(t, len(rows))
}

func TestOnlyPublishedSequencesOfQualifiersAreAccepted(t *testing.T) {
	const name = "digitallink/valid_key_qualifier_sequences.csv"
	rows := corpusRows(t, name)
	values := map[string]string{
		"00": "106141412345678908", "01": "09506000134352", "253": "9506000134352", "255": "9506000134352",
		"401": "9506000ABC", "402": "95060001343520001", "414": "9506000134352", "417": "9506000134352",
		"8003": "09506000134352", "8004": "9506000ABC", "8006": "095060001343520102", "8010": "9506000ABC",
		"8013": "1987654Ad4X4bL5ttr2310c2K", "8017": "950600013435200000", "8018": "950600013435200000",
		"10": "LOT", "21": "SER", "22": "CPV", "235": "TPX", "254": "EXT", "7040": "1ABC", "8011": "12", "8019": "1",
	}
	for ai, value := range values {
		if info, ok := gs1.LookupAI(ai); ok && info.Validate(value) != nil {
			digit, _ := gs1.CheckDigit(value[:len(value)-1])
			values[ai] = value[:len(value)-1] + string(digit)
		}
	}
	published := map[string]bool{}
	c := &tally{name: name}
	for _, row := range rows {
		published[row["ai_sequence"]] = true
		uri := "https://example.com/stem"
		for ai := range strings.SplitSeq(row["ai_sequence"], "/") {
			uri += "/" + ai + "/" + values[ai]
		}
		_, err := gs1.ParseDigitalLink(uri)
		c.check(t, err == nil, "%s: %v", uri, err)
	}
	c.report(t, len(rows))
	refused := 0
	for sequence := range sequences(values) {
		name := strings.Join(sequence, "/")
		uri := "https://example.com"
		for _, ai := range sequence {
			uri += "/" + ai + "/" + values[ai]
		}
		link, err := gs1.ParseDigitalLink(uri)
		if published[name] || err == nil && len(link.Path) != len(sequence) {
			continue // a later key wins, and what stands before it is the stem
		}
		refused++
		if err == nil {
			t.Errorf("%s is accepted", uri)
		}
	}
	t.Logf("%d other sequences are refused", refused)
}

// sequences yields every key with up to three different qualifiers in any order.
func sequences(values map[string]string) func(func([]string) bool) {
	var keys, qualifiers []string
	for ai := range values {
		if info, _ := gs1.LookupAI(ai); info.IsKey() {
			keys = append(keys, ai)
		} else {
			qualifiers = append(qualifiers, ai)
		}
	}
	return func(yield func([]string) bool) {
		var extend func(sequence []string) bool
		extend = func(sequence []string) bool {
			if !yield(sequence) {
				return false
			}
			if len(sequence) == 4 {
				return true
			}
			for _, ai := range qualifiers {
				if !slices.Contains(sequence, ai) && !extend(append(slices.Clone(sequence), ai)) {
					return false
				}
			}
			return true
		}
		for _, key := range keys {
			if !extend([]string{key}) {
				return
			}
		}
	}
}
