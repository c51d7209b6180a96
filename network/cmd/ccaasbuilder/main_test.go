package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// peerCalls runs the three programs as a peer does and returns the release.
func peerCalls(t *testing.T, metadata string, source map[string]string) (release string, err error) {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"source", "metadata", "output", "release"} {
		require.NoError(t, os.Mkdir(filepath.Join(dir, name), 0o700))
	}
	at := func(name string) string { return filepath.Join(dir, name) }
	require.NoError(t, os.WriteFile(filepath.Join(at("metadata"), "metadata.json"), []byte(metadata), 0o600))
	for name, content := range source {
		file := filepath.Join(at("source"), name)
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o700))
		require.NoError(t, os.WriteFile(file, []byte(content), 0o600))
	}
	for _, call := range [][]string{
		{"detect", at("source"), at("metadata")},
		{"build", at("source"), at("metadata"), at("output")},
		{"release", at("output"), at("release")},
	} {
		if err := run(call[0], call[1:]); err != nil {
			return "", err
		}
	}
	return at("release"), nil
}

func TestAPackageIsReleasedWithItsConnectionAndIndexes(t *testing.T) {
	connection := `{"address":"127.0.0.1:9999","tls_required":true,"root_cert":"PEM"}`
	release, err := peerCalls(t, `{"type":"ccaas","label":"countersign"}`, map[string]string{
		"connection.json": connection,
		"META-INF/statedb/couchdb/indexes/owner.json": `{"index":{}}`,
		"extra.txt": "not released",
	})
	require.NoError(t, err)
	got, err := os.ReadFile(filepath.Join(release, "chaincode", "server", "connection.json"))
	require.NoError(t, err)
	require.Equal(t, connection, string(got))
	require.FileExists(t, filepath.Join(release, "statedb", "couchdb", "indexes", "owner.json"))
	require.NoFileExists(t, filepath.Join(release, "extra.txt"))
}

func TestWhatIsRefused(t *testing.T) {
	const ccaas = `{"type":"ccaas"}`
	tests := map[string]struct {
		metadata   string
		connection string
		want       string
	}{
		"another type":        {metadata: `{"type":"golang"}`, connection: `{"address":"a:1"}`, want: `"golang"`},
		"broken metadata":     {metadata: `{`, connection: `{"address":"a:1"}`, want: "metadata.json"},
		"no connection":       {metadata: ccaas, want: "needs a connection.json"},
		"broken connection":   {metadata: ccaas, connection: `[]`, want: "connection.json"},
		"no address":          {metadata: ccaas, connection: `{}`, want: "address is empty"},
		"TLS without a trust": {metadata: ccaas, connection: `{"address":"a:1","tls_required":true}`, want: "root_cert"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			source := map[string]string{}
			if test.connection != "" {
				source["connection.json"] = test.connection
			}
			_, err := peerCalls(t, test.metadata, source)
			require.ErrorContains(t, err, test.want)
		})
	}
}

func TestAnyOtherCallIsRefused(t *testing.T) {
	for _, call := range [][]string{{"run", "a", "b"}, {"ccaasbuilder"}, {"detect", "a"}, {"build", "a", "b"}, {"release", "a"}} {
		require.ErrorIs(t, run(call[0], call[1:]), errUsage)
	}
}

func TestLinksInAPackageAreNotFollowed(t *testing.T) {
	from, to := t.TempDir(), filepath.Join(t.TempDir(), "to")
	require.NoError(t, os.Symlink("/etc/passwd", filepath.Join(from, "link")))
	require.NoError(t, copyTree(from, to))
	require.NoFileExists(t, filepath.Join(to, "link"))
}
