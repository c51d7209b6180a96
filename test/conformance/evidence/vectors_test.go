package evidence_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/client/evidence"
	"github.com/countersign-ledger/countersign/client/verify"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var write = flag.Bool("write", false, "make the vectors anew")

const file = "testdata/vectors.json"

// vectors are evidence and what a verifier says of it: language-neutral.
type vectors struct {
	// Roots is a file countersign-roots/1, Policy and At what to verify with.
	Roots  string    `json:"roots"`
	Policy string    `json:"policy"`
	At     time.Time `json:"at"`
	Cases  []vector  `json:"cases"`
}

// vector is one file.
type vector struct {
	Name string `json:"name"`
	File string `json:"file"`
	// Roots, At and Policy are other than those of all.
	Roots  string     `json:"roots,omitempty"`
	At     *time.Time `json:"at,omitempty"`
	Policy string     `json:"policy,omitempty"`
	// Verified is what must come out; if not, Check must be among the checks that
	// fail.
	Verified bool        `json:"verified"`
	Check    verify.Name `json:"check,omitempty"`
}

func load(t *testing.T) vectors {
	if *write {
		*write = false // once
		require.NoError(t, os.WriteFile(file, generate(t), 0o600))
	}
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	var v vectors
	require.NoError(t, json.Unmarshal(text, &v))
	return v
}

// judge verifies a vector's file.
func (v vectors) judge(t *testing.T, c vector) *verify.Report {
	roots, err := verify.DecodeRoots([]byte(cmp.Or(c.Roots, v.Roots)))
	require.NoError(t, err)
	verifier, err := verify.New(roots)
	require.NoError(t, err)
	policy, err := verify.ParsePolicy(cmp.Or(c.Policy, v.Policy))
	require.NoError(t, err)
	at := v.At
	if c.At != nil {
		at = *c.At
	}
	e, err := evidence.Decode([]byte(c.File))
	if err != nil {
		return verify.Malformed(err, policy, at)
	}
	return verifier.Verify(e, policy, at)
}

func TestEveryVectorComesOutAsItSays(t *testing.T) {
	v := load(t)
	kinds := map[string]bool{}
	for _, c := range v.Cases {
		report := v.judge(t, c)
		require.Equal(t, c.Verified, report.Verified(), "%s: %s", c.Name, report)
		if c.Verified {
			kinds[report.Kind] = true
			continue
		}
		found := false
		for _, failed := range report.Failures() {
			found = found || failed.Name == c.Check
		}
		require.True(t, found, "%s: %s did not fail: %s", c.Name, c.Check, report)
	}
	require.Len(t, kinds, 5, "one of each kind verifies")
}

// The page that describes the format suffices: a verifier written from it in another
// language agrees on each vector.
func TestAVerifierInAnotherLanguageAgrees(t *testing.T) {
	load(t)
	t.Logf("%s", python(t, "verify.py", file))
}

// It takes nothing for a query that the ledger does not.
func TestTheVerifierInAnotherLanguageKnowsTheQueries(t *testing.T) {
	var queries []string
	for _, f := range api.Functions() {
		if f.Kind == api.Query {
			queries = append(queries, f.FullName())
		}
	}
	require.ElementsMatch(t, queries, strings.Fields(python(t, "-c", "import verify; print(*verify.QUERIES)")))
}

// python runs the interpreter in this directory.
func python(t *testing.T, arguments ...string) string {
	t.Helper()
	program, err := exec.LookPath("python3")
	if err != nil {
		const missing = "PYTHON NOT PRESENT: that docs/evidence-format.md suffices for a verifier in another language is NOT SHOWN"
		if os.Getenv("CI") != "" {
			t.Fatal(missing) // where nobody reads what was skipped
		}
		t.Skip(missing)
	}
	var out bytes.Buffer
	command := exec.CommandContext(t.Context(), program, arguments...) //nolint:gosec // our own program
	command.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
	command.Stdout, command.Stderr = &out, &out
	require.NoError(t, command.Run(), "%s", &out)
	return out.String()
}
