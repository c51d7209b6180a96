package gs1_test

import (
	"bufio"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/gs1"
)

func TestCheckDigitsAgreeWithTheCorpus(t *testing.T) {
	const name = "keys/check_digit.csv"
	rows := corpusRows(t, name)
	c := &tally{name: name}
	for _, row := range rows {
		err := gs1.VerifyCheckDigit(row["value"])
		if row["class"] == "invalid" {
			c.check(t, errors.Is(err, gs1.ErrCheckDigit), "%s: %v", row["value"], err)
			continue
		}
		c.check(t, err == nil, "%s: %v", row["value"], err)
	}
	c.report(t, len(rows))
}

func TestCheckPairsAgreeWithTheCorpus(t *testing.T) {
	const name = "keys/gmn_check_pair.csv"
	rows := corpusRows(t, name)
	c := &tally{name: name}
	for _, row := range rows {
		err := gs1.VerifyCheckPair(row["value"])
		lint := lintCode(gs1.Lint("csumalpha", row["value"]))
		agrees := lint == row["error"] && (err == nil) == (row["class"] == "valid")
		c.check(t, agrees, "%q: %v, %s", row["value"], err, lint)
	}
	c.report(t, len(rows))
}

func lintCode(err error) string {
	var lint *gs1.LintError
	if errors.As(err, &lint) {
		return lint.Code
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// offline is a source of prefix lengths that cannot answer.
type offline struct{}

var errOffline = errors.New("offline")

func (offline) PrefixLength(string) (int, error) { return 0, errOffline }

func TestComponentChecksAgreeWithTheCorpus(t *testing.T) {
	const name = "keys/ai_component_lint.csv"
	rows := corpusRows(t, name)
	c := &tally{name: name}
	for _, row := range rows {
		check, value, want := row["kind_or_linter"], row["value"], row["error"]
		switch want {
		case "GCP_DATASOURCE_OFFLINE":
			err := gs1.LintPrefix(check, value, offline{})
			c.check(t, errors.Is(err, errOffline), "%s %q: %v", check, value, err)
		case "INVALID_GCP_PREFIX":
			err := gs1.LintPrefix(check, value, gs1.NewPrefixTable())
			c.check(t, lintCode(err) == want, "%s %q: %v", check, value, err)
		default:
			got := lintCode(gs1.Lint(check, value))
			c.check(t, got == want, "%s %q: %q, not %q", check, value, got, want)
		}
	}
	c.report(t, len(rows))
}

func TestBracketedElementStringsAgreeWithTheCorpus(t *testing.T) {
	const name = "keys/ai_bracketed_element_strings.csv"
	rows := corpusRows(t, name)
	c := &tally{name: name}
	for _, row := range rows {
		elements, err := gs1.ParseElementString(row["bracketed"])
		if row["class"] == "invalid" {
			c.check(t, err != nil, "%s is accepted", row["bracketed"])
			continue
		}
		c.check(t, err == nil && elements.FNC1(gs1.Caret) == row["expected_caret_form"] &&
			elements.Bracketed() == row["bracketed"],
			"%s: %v %s", row["bracketed"], err, elements.FNC1(gs1.Caret))
	}
	c.report(t, len(rows))
}

func TestScannedElementStringsAgreeWithTheCorpus(t *testing.T) {
	const name = "keys/ai_caret_element_strings.csv"
	rows := corpusRows(t, name)
	c := &tally{name: name}
	for _, row := range rows {
		caret := row["caret_form (^ = FNC1)"]
		elements, err := gs1.ParseElementString(caret)
		if row["class"] == "invalid" {
			c.check(t, err != nil, "%s is accepted", caret)
			continue
		}
		canonical := strings.TrimSuffix(caret, "^")
		if caret == "^800112341234512398^0112345678901231" {
			canonical = caret
		}
		c.check(t, err == nil && elements.FNC1(gs1.Caret) == canonical, "%s: %v %s", caret, err, elements.FNC1(gs1.Caret))
	}
	c.report(t, len(rows))
}

func TestPairingRulesAgreeWithTheCorpus(t *testing.T) {
	const name = "keys/ai_association_rules.csv"
	rows := corpusRows(t, name)
	c := &tally{name: name}
	for _, row := range rows {
		elements, err := gs1.ParseElementStringMode(row["bracketed_or_caret"], gs1.UnknownAIs)
		require.NoError(t, err, row["bracketed_or_caret"])
		err = elements.Validate()
		if row["class"] == "invalid" {
			c.check(t, errors.Is(err, gs1.ErrPairing), "%s: %v", row["bracketed_or_caret"], err)
			continue
		}
		// The rules are tried one at a time upstream, so a valid row can offend
		// against a rule it is not about.
		c.check(t, err == nil || row["rule_function"] != "validateAIrequisites" && errors.Is(err, gs1.ErrPairing),
			"%s: %v", row["bracketed_or_caret"], err)
	}
	c.report(t, len(rows))
}

// TestTheTableAgreesWithTheSyntaxDictionary compares every application
// identifier with the published dictionary, so that a slip in a row is seen.
func TestTheTableAgreesWithTheSyntaxDictionary(t *testing.T) {
	const name = "keys/gs1-syntax-dictionary.txt"
	file, err := os.Open(corpusFile(t, name))
	require.NoError(t, err)
	defer func() { _ = file.Close() }()
	lines := 0
	c := &tally{name: name}
	scanner := bufio.NewScanner(file)
	for scanner.Scan() {
		line := scanner.Text()
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		lines++
		c.check(t, dictionaryLine(t, line), "%s", line)
	}
	require.NoError(t, scanner.Err())
	c.report(t, lines)
}

func dictionaryLine(t *testing.T, line string) bool {
	t.Helper()
	body, title, _ := strings.Cut(line, "# ")
	fields := strings.Fields(body)
	first, last, _ := strings.Cut(fields[0], "-")
	if last == "" {
		last = first
	}
	flags := ""
	if strings.ContainsAny(fields[1], "*?") {
		flags, fields = fields[1], fields[1:]
	}
	var components, attributes []string
	for _, field := range fields[1:] {
		if strings.ContainsAny(field[:1], "NXYZ[") {
			components = append(components, field)
		} else {
			attributes = append(attributes, field)
		}
	}
	for _, code := range []string{first, last} {
		ai, ok := gs1.LookupAI(code)
		if !ok || ai.Code() != code || ai.Title() != strings.TrimSpace(title) ||
			ai.Format() != strings.Join(components, " ") ||
			ai.Predefined() != strings.Contains(flags, "*") ||
			ai.IsAttribute() != strings.Contains(flags, "?") ||
			ai.IsKey() != strings.Contains(body, "dlpkey") ||
			ai.Rules() != strings.Join(attributes, " ") {
			return false
		}
	}
	return true
}
