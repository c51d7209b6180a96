package roots_test

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/client/verify/channelconfig/configtest"
)

// oracle is Fabric's own code, at the version that network builds.
type oracle struct {
	in  io.Writer
	out *bufio.Reader
}

func newOracle(t *testing.T) *oracle {
	t.Helper()
	if testing.Short() {
		t.Skip("SHORT: needs Fabric's source, and a minute to compile it")
	}
	dir := t.TempDir()
	for from, to := range map[string]string{
		filepath.Join("..", "..", "network", "binaries", "fabric", "go.mod.txt"): "go.mod",
		filepath.Join("..", "..", "network", "binaries", "fabric", "go.sum.txt"): "go.sum",
		filepath.Join("testdata", "oracle", "main.go.txt"):                       "main.go",
	} {
		text, err := os.ReadFile(from)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, to), text, 0o600))
	}
	program := filepath.Join(dir, "oracle")
	build := exec.CommandContext(t.Context(), "go", "build", "-mod=mod", "-buildvcs=false", "-p", "2", "-o", program, ".")
	build.Dir = dir
	build.Env = append(build.Environ(), "CGO_ENABLED=0", "GOFLAGS=", "GOWORK=off")
	said, err := build.CombinedOutput()
	require.NoError(t, err, "%s", said)

	run := exec.CommandContext(t.Context(), program)
	in, err := run.StdinPipe()
	require.NoError(t, err)
	out, err := run.StdoutPipe()
	require.NoError(t, err)
	run.Stderr = os.Stderr
	require.NoError(t, run.Start())
	t.Cleanup(func() {
		_ = in.Close()
		_, _ = io.Copy(io.Discard, out)
		_ = run.Wait() // ends with its standard input, or with the test
	})
	return &oracle{in: in, out: bufio.NewReader(out)}
}

// takes asks whether a peer would take an update over, and why not.
func (o *oracle) takes(t interface {
	require.TestingT
	Helper()
}, c *configtest.Channel, u *configtest.Update,
) (bool, string) {
	t.Helper()
	config, err := proto.Marshal(c.Config)
	require.NoError(t, err)
	line, err := json.Marshal(map[string]any{"Channel": c.Name, "Config": config, "Envelope": c.Envelope(u)})
	require.NoError(t, err)
	_, err = o.in.Write(append(line, '\n'))
	require.NoError(t, err)
	text, err := o.out.ReadBytes('\n')
	require.NoError(t, err)
	var answer string
	require.NoError(t, json.Unmarshal(text, &answer))
	require.False(t, strings.HasPrefix(answer, "PINNED"), answer)
	return answer == "taken", answer
}
