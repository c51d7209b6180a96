package evidence_test

import (
	"crypto/sha256"
	"encoding/base64"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
	"github.com/countersign-ledger/countersign/chaincode/selective"
	"github.com/countersign-ledger/countersign/client/evidence"
)

// salt is one that looks random and is the same in every run.
func salt(of string) string {
	sum := sha256.Sum256([]byte(of))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// fields are two decoys and two fields that are in the order of a file.
func fields() []selective.Field {
	return []selective.Field{
		{Salt: salt("decoy")},
		{Salt: salt("another decoy")},
		{Name: "/note", Value: "<\"é\u2028\\\n>", Salt: salt("note")},
		{Name: "/price", Value: "12.50", Salt: salt("price")},
	}
}

func shown(t testing.TB, fields ...selective.Field) *evidence.ShownFields {
	s, err := evidence.NewShownFields(statement(t, `{"id":"1"}`, memledger.Results{}), fields...)
	require.NoError(t, err)
	return s
}

func TestShownFieldsAreReadAsTheyWereWritten(t *testing.T) {
	all := fields()
	for n := range all {
		some := all[n:]
		reversed := slices.Clone(some)
		slices.Reverse(reversed)
		s := shown(t, reversed...)
		require.ElementsMatch(t, some, s.Fields)
		file, err := s.Encode()
		require.NoError(t, err)
		again, err := evidence.Decode(file)
		require.NoError(t, err)
		require.Equal(t, s, again)
		require.Equal(t, evidence.KindShownFields, again.Kind())
	}
}

// A stranger takes the texts out of the JSON and hashes them as they are.
func TestADisclosureStandsInTheFileAsItIsCommittedTo(t *testing.T) {
	field := selective.Field{Name: "/price", Value: "12.50", Salt: salt("price")}
	file, err := shown(t, field).Encode()
	require.NoError(t, err)
	require.Contains(t, string(file), `"disclosures": [`+"\n    "+`"[\"`+field.Salt+`\",\"/price\",\"12.50\"]"`+"\n  ],\n  \"proposal\"")
}

func TestFieldsOutOfOrderOrFormAreNoFile(t *testing.T) {
	all := fields()
	many := make([]selective.Field, evidence.MaxFields+1)
	for i := range many {
		many[i] = selective.Field{Name: "/" + strconv.Itoa(i), Value: "x", Salt: salt(strconv.Itoa(i))}
	}
	of := statement(t, `{"id":"1"}`, memledger.Results{})
	refused := func(t *testing.T, fields ...selective.Field) {
		t.Helper()
		var wrong *evidence.FormatError
		_, err := evidence.NewShownFields(of, fields...)
		require.ErrorAs(t, err, &wrong)
		_, err = (&evidence.ShownFields{Statement: of, Fields: fields}).Encode()
		require.ErrorAs(t, err, &wrong)
		for _, f := range fields {
			if f.Value != "" {
				require.NotContains(t, err.Error(), f.Value)
			}
		}
	}
	t.Run("none", func(t *testing.T) { refused(t) })
	t.Run("too many", func(t *testing.T) { refused(t, many...) })
	t.Run("one twice", func(t *testing.T) { refused(t, all[3], all[3]) })
	t.Run("a decoy twice", func(t *testing.T) { refused(t, all[0], all[0]) })
	t.Run("a name twice", func(t *testing.T) {
		refused(t, all[3], selective.Field{Name: "/price", Value: "99", Salt: salt("other")})
	})
	t.Run("a weak salt", func(t *testing.T) {
		weak := selective.Field{Name: "/price", Value: "12.50", Salt: base64.RawURLEncoding.EncodeToString(make([]byte, 32))}
		refused(t, weak)
		_, err := evidence.NewShownFields(of, weak)
		require.ErrorIs(t, err, selective.ErrWeakSalt)
	})
	t.Run("a name without a value", func(t *testing.T) { refused(t, selective.Field{Name: "/price", Salt: salt("x")}) })
	t.Run("no statement", func(t *testing.T) {
		var wrong *evidence.FormatError
		_, err := evidence.NewShownFields(nil, all[0])
		require.ErrorAs(t, err, &wrong)
		_, err = (&evidence.ShownFields{Fields: all}).Encode()
		require.ErrorAs(t, err, &wrong)
	})
	t.Run("out of order", func(t *testing.T) {
		_, err := (&evidence.ShownFields{Statement: of, Fields: []selective.Field{all[3], all[2]}}).Encode()
		require.ErrorContains(t, err, "in order")
	})
}

func TestAFileOfFieldsInOtherBytesIsRefused(t *testing.T) {
	s := shown(t, fields()[2:]...)
	file, err := s.Encode()
	require.NoError(t, err)
	text := string(file)
	price, err := s.Fields[1].MarshalText()
	require.NoError(t, err)
	inFile := strings.ReplaceAll(string(price), `"`, `\"`)
	note, err := s.Fields[0].MarshalText()
	require.NoError(t, err)
	noteLine := "    " + strings.TrimSpace(lineWith(t, text, "/note")) + "\n"
	require.Contains(t, string(note), "/note")
	for name, changed := range map[string]string{
		"spaces in a disclosure":        strings.Replace(text, inFile, strings.ReplaceAll(inFile, ",", ", "), 1),
		"a disclosure of four":          strings.Replace(text, inFile, strings.Replace(inFile, "]", `,\"\"]`, 1), 1),
		"a disclosure of two":           strings.Replace(text, inFile, `[\"`+salt("x")+`\",\"/price\"]`, 1),
		"an object":                     strings.Replace(text, inFile, `{}`, 1),
		"a number for a value":          strings.Replace(text, `\"12.50\"`, `12.50`, 1),
		"an escape in a disclosure":     strings.Replace(text, `/price`, `\\u002fprice`, 1),
		"an escape around it":           strings.Replace(text, `/price`, `\u002fprice`, 1),
		"a padded salt":                 strings.Replace(text, s.Fields[1].Salt, s.Fields[1].Salt+"=", 1),
		"a disclosure dropped to none":  strings.Replace(strings.Replace(text, noteLine, "", 1), lineWith(t, text, "/price"), "", 1),
		"a disclosure twice":            strings.Replace(text, noteLine, noteLine+noteLine, 1),
		"the statement's kind":          strings.Replace(text, evidence.KindShownFields, evidence.KindStatement, 1),
		"an unknown member":             strings.Replace(text, `"disclosures"`, `"note": "x", "disclosures"`, 1),
		"the member in capitals":        strings.Replace(text, `"disclosures"`, `"Disclosures"`, 1),
		"the member twice":              strings.Replace(text, `"disclosures"`, `"disclosures": [], "disclosures"`, 1),
		"something after the last byte": text + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			require.NotEqual(t, text, changed)
			_, err := evidence.Decode([]byte(changed))
			var wrong *evidence.FormatError
			require.ErrorAs(t, err, &wrong)
		})
	}
	statementFile, err := s.Statement.Encode()
	require.NoError(t, err)
	_, err = evidence.Decode([]byte(strings.Replace(string(statementFile), evidence.KindStatement, evidence.KindShownFields, 1)))
	require.ErrorContains(t, err, "1 to 64 fields")
}

func lineWith(t *testing.T, text, part string) string {
	for line := range strings.Lines(text) {
		if strings.Contains(line, part) {
			return line
		}
	}
	t.Fatalf("no line has %q", part)
	return ""
}

// What docs/evidence-format.md shows to whoever writes a verifier is so.
func TestTheExampleOfTheFormatOpensItsCommitment(t *testing.T) {
	page, err := os.ReadFile("../../docs/evidence-format.md")
	require.NoError(t, err)
	field := selective.Field{Name: "/price", Value: "12.50", Salt: salt("salt")}
	text, err := field.MarshalText()
	require.NoError(t, err)
	commitment, err := selective.Commit(salt("record"), field)
	require.NoError(t, err)
	require.Contains(t, string(page), "the record `"+salt("record")+"` has the commitment `"+commitment+"`, which this text opens:\n\n    "+string(text)+"\n")
}
