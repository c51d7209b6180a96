package imports_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// goMod is what go.mod says, as `go mod edit -json` gives it.
type goMod struct {
	Require []struct {
		Path     string
		Version  string
		Indirect bool
	}
	Replace []struct{ Old struct{ Path string } }
	Exclude []struct{ Path string }
}

func readGoMod(t *testing.T) goMod {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "mod", "edit", "-json")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	require.NoError(t, err)
	var mod goMod
	require.NoError(t, json.Unmarshal(out, &mod))
	return mod
}

// A module comes in by a decision that is written down, and no other way.
func TestEveryDependencyIsOneThatWasDecidedOn(t *testing.T) {
	text, err := os.ReadFile("../../docs/dependencies.md")
	require.NoError(t, err)
	for _, r := range readGoMod(t).Require {
		if r.Indirect {
			continue
		}
		named := strings.Contains(string(text), r.Path) ||
			// one row speaks of several below one path
			strings.HasPrefix(r.Path, "go.opentelemetry.io/otel/") && strings.Contains(string(text), "go.opentelemetry.io/otel ")
		require.True(t, named, "%s is required, and docs/dependencies.md does not say what for", r.Path)
	}
}

// A replaced module is other code under a trusted name, to which no checksum database
// has anything to say.
func TestNoDependencyIsReplaced(t *testing.T) {
	mod := readGoMod(t)
	require.Empty(t, mod.Replace)
	require.Empty(t, mod.Exclude)
}

// Every required module is bound to its content.
func TestEveryDependencyHasItsChecksum(t *testing.T) {
	sums, err := os.ReadFile("../../go.sum")
	require.NoError(t, err)
	for _, r := range readGoMod(t).Require {
		require.Contains(t, string(sums), r.Path+" "+r.Version+"/go.mod h1:", "%s", r.Path)
		if !r.Indirect {
			require.Contains(t, string(sums), r.Path+" "+r.Version+" h1:", "%s", r.Path)
		}
	}
}
