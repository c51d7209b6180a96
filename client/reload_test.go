package client_test

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
)

// renew writes another identity into an MSP folder, or half of it.
func renew(t *testing.T, dir string, to *clienttest.Identity, key bool) {
	t.Helper()
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: to.Certificate.Raw})
	require.NoError(t, os.WriteFile(filepath.Join(dir, "signcerts", "cert.pem"), certificate, 0o600))
	if !key {
		return
	}
	der, err := x509.MarshalPKCS8PrivateKey(to.Key)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "keystore", "key.pem"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600))
}

func users(t *testing.T, c *clienttest.Consortium, names ...string) (all []*clienttest.Identity) {
	t.Helper()
	for _, name := range names {
		user, err := c.User("manufacturer", name)
		require.NoError(t, err)
		all = append(all, user)
	}
	return all
}

// fromFolder connects with an MSP folder.
func fromFolder(t *testing.T, c *clienttest.Consortium, dir string, options ...client.Option) *client.Client {
	t.Helper()
	connection, err := c.Connection("manufacturer")
	require.NoError(t, err)
	connected, err := client.Connect(t.Context(), append([]client.Option{
		client.WithClientConnection(connection), client.WithChannel(clienttest.Channel), client.WithMSP(dir), client.WithOrganisation("ManufacturerMSP"),
	}, options...)...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, connected.Close()) })
	return connected
}

func TestACertificateIsRenewedWithoutARestart(t *testing.T) {
	c := founded(t)
	both := users(t, c, "auditor", "admin")
	dir := writeMSP(t, both[0])
	told := &events{}
	connected := fromFolder(t, c, dir, client.WithObserver(told))
	_, err := connected.RegisterDevice(t.Context(), logger("1"))
	require.ErrorIs(t, err, fault.RoleRequired)
	require.Contains(t, connected.Identity().Subject, "auditor")

	// Half of it: the old identity stays, and it is told.
	renew(t, dir, both[1], false)
	require.ErrorContains(t, connected.Reload(t.Context()), "not the certificate's")
	require.Contains(t, connected.Identity().Subject, "auditor")
	require.ErrorContains(t, connected.Identity().Err, "not the certificate's")
	_, err = connected.Organisation(t.Context(), "CarrierMSP")
	require.NoError(t, err)

	renew(t, dir, both[1], true)
	require.NoError(t, connected.Reload(t.Context()))
	require.Contains(t, connected.Identity().Subject, "admin")
	require.NoError(t, connected.Identity().Err)
	_, err = connected.RegisterDevice(t.Context(), logger("1"))
	require.NoError(t, err)
	require.Contains(t, told.kinds(), client.IdentityRenewed)
}

// mount lays a folder out as Kubernetes mounts a secret, a new version at each call:
// the files are links into ..data, which is one to the present version.
func mount(t *testing.T, dir, version string, files map[string][]byte) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, ".."+version), 0o700))
	for name, content := range files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, ".."+version, name), content, 0o600))
		_ = os.Symlink(filepath.Join("..data", name), filepath.Join(dir, name)) // there from the second on
	}
	require.NoError(t, os.Symlink(".."+version, filepath.Join(dir, "..new")))
	require.NoError(t, os.Rename(filepath.Join(dir, "..new"), filepath.Join(dir, "..data")))
}

func TestAMountedSecretIsAnMSPFolder(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there are no such links")
	}
	c := founded(t)
	both, dir := users(t, c, "auditor", "admin"), t.TempDir()
	mounted := func(version string, to *clienttest.Identity) {
		plain := writeMSP(t, to)
		for folder, file := range map[string]string{"signcerts": "cert.pem", "keystore": "key.pem"} {
			content, err := os.ReadFile(filepath.Join(plain, folder, file))
			require.NoError(t, err)
			mount(t, filepath.Join(dir, folder), version, map[string][]byte{file: content})
		}
	}
	mounted("2026_1", both[0])
	connected := fromFolder(t, c, dir)
	require.Contains(t, connected.Identity().Subject, "auditor")
	mounted("2026_2", both[1])
	require.NoError(t, connected.Reload(t.Context()))
	require.Contains(t, connected.Identity().Subject, "admin")
}

// Who enrols again with a new key may find the old one beside it.
func TestOfSeveralKeysTheCertificatesIsTaken(t *testing.T) {
	c := founded(t)
	both := users(t, c, "auditor", "admin")
	for _, to := range both {
		dir := writeMSP(t, both[0])
		other, err := os.ReadFile(filepath.Join(writeMSP(t, both[1]), "keystore", "key.pem"))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, "keystore", "another.pem"), other, 0o600))
		renew(t, dir, to, false)
		fromFolder(t, c, dir)
	}
}

func TestARenewedFolderIsNoticedByTheCallsThemselves(t *testing.T) {
	c := founded(t)
	both := users(t, c, "auditor", "admin")
	dir := writeMSP(t, both[0])
	connected := fromFolder(t, c, dir)
	renew(t, dir, both[1], true)
	require.Eventually(t, func() bool {
		_, err := connected.RegisterDevice(t.Context(), logger("1"))
		return err == nil || errors.Is(err, fault.AlreadyExists)
	}, time.Minute, 50*time.Millisecond)
}

// The certificate changes between endorsement and submission: the transaction is the
// old one's to the end.
func TestACallUnderWayKeepsItsIdentity(t *testing.T) {
	c := founded(t)
	both := users(t, c, "admin", "auditor")
	dir := writeMSP(t, both[0])
	connection, err := c.Connection("manufacturer")
	require.NoError(t, err)
	var connected *client.Client
	wrapped := &between{ClientConnInterface: connection, before: map[string]func(){string(clienttest.Submit): func() {
		renew(t, dir, both[1], true)
		require.NoError(t, connected.Reload(t.Context()))
	}}}
	connected = fromFolder(t, c, dir, client.WithClientConnection(wrapped))
	_, err = connected.RegisterDevice(t.Context(), logger("1"))
	require.NoError(t, err)
	require.Contains(t, connected.Identity().Subject, "auditor")
}

func TestAnIdentityComesFromASource(t *testing.T) {
	c := founded(t)
	both := users(t, c, "auditor", "admin")
	connection, err := c.Connection("manufacturer")
	require.NoError(t, err)
	now, failed := both[0], error(nil)
	connected, err := client.Connect(t.Context(), client.WithClientConnection(connection), client.WithChannel(clienttest.Channel),
		client.WithIdentitySource("ManufacturerMSP", func(context.Context) (client.Credentials, error) {
			return client.Credentials{Certificate: now.Certificate, Signer: now.Key}, failed
		}))
	require.NoError(t, err)
	defer func() { require.NoError(t, connected.Close()) }()
	now = both[1]
	require.NoError(t, connected.Reload(t.Context()))
	_, err = connected.RegisterDevice(t.Context(), logger("1"))
	require.NoError(t, err)
	failed = errors.New("the key service is down")
	require.ErrorIs(t, connected.Reload(t.Context()), failed)
	_, err = connected.RegisterDevice(t.Context(), logger("2"))
	require.NoError(t, err, "it goes on with what it has")
	failed, now = nil, &clienttest.Identity{}
	require.ErrorContains(t, connected.Reload(t.Context()), "gave no certificate")
}
