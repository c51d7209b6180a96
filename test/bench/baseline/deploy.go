package baseline

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/hyperledger/fabric-admin-sdk/pkg/chaincode"

	"github.com/countersign-ledger/countersign/network"
)

// source is the chaincodes' package, from the repository's root.
const source = "./test/bench/baseline/assetcc"

// Flavours of the chaincode; each is also the name that it is deployed under, with
// Prefix before it.
const (
	Contract = "contract"
	Shim     = "shim"
	Prefix   = "assets-"
)

// Deployed are the chaincode servers of a baseline.
type Deployed struct {
	// Name is what clients call.
	Name    string
	servers []*server
}

// PIDs are the processes of the servers.
func (d *Deployed) PIDs() []int {
	var ids []int
	for _, s := range d.servers {
		ids = append(ids, s.command.Process.Pid)
	}
	return ids
}

// Stop ends the servers.
func (d *Deployed) Stop() error {
	var errs []error
	for _, s := range d.servers {
		errs = append(errs, s.stop())
	}
	return errors.Join(errs...)
}

// Build compiles the chaincode into a directory, from the repository's root.
func Build(ctx context.Context, dir string) (string, error) {
	binary := filepath.Join(dir, "assetcc")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", binary, source).CombinedOutput(); err != nil {
		return "", fmt.Errorf("build %s (run it from the repository's root): %w\n%s", source, err, out)
	}
	return binary, nil
}

// Deploy installs a flavour of the chaincode at the first peer of each trading
// organisation, starts a server for each, and has all approve and one commit it.
func Deploy(ctx context.Context, n *network.Network, binary, flavour string) (*Deployed, error) {
	d := &Deployed{Name: Prefix + flavour}
	if err := d.deploy(ctx, n, binary, flavour); err != nil {
		return nil, errors.Join(fmt.Errorf("deploy %s: %w", d.Name, err), d.Stop())
	}
	return d, nil
}

func (d *Deployed) deploy(ctx context.Context, n *network.Network, binary, flavour string) error {
	topology := n.Topology()
	policy, err := chaincode.NewApplicationPolicy(topology.Consortium().EndorsementPolicy(), "")
	if err != nil {
		return err
	}
	definition := chaincode.Definition{ChannelName: topology.Channel, Name: d.Name, Version: "1", Sequence: 1, ApplicationPolicy: policy}
	var last *administrator
	for _, o := range topology.Organisations {
		if o.Reader {
			continue
		}
		admin, err := administratorOf(n, o)
		if err != nil {
			return err
		}
		defer admin.hangUp()
		if err := d.member(ctx, n, admin, binary, flavour, definition); err != nil {
			return fmt.Errorf("%s: %w", o.Name, err)
		}
		last = admin
	}
	return until(ctx, func() error {
		return chaincode.NewGateway(last.connection, last.identity).Commit(ctx, &definition)
	})
}

func (d *Deployed) member(ctx context.Context, n *network.Network, admin *administrator, binary, flavour string, definition chaincode.Definition) error {
	address, err := freeAddress(ctx)
	if err != nil {
		return err
	}
	home := filepath.Join(n.Dir(), "organisations", admin.organisation)
	c := connection{Address: address, DialTimeout: "10s", TLSRequired: true, ClientAuthRequired: true}
	for name, text := range map[string]*string{"server.key": &c.ClientKey, "server.crt": &c.ClientCert, "ca.crt": &c.RootCert} {
		content, err := os.ReadFile(filepath.Join(home, "peers", "peer0", "tls", name))
		if err != nil {
			return err
		}
		*text = string(content)
	}
	packed, err := pack(d.Name, c)
	if err != nil {
		return err
	}
	installed, err := chaincode.NewPeer(admin.connection, admin.identity).Install(ctx, bytes.NewReader(packed))
	if err != nil {
		return err
	}
	started, err := serve(binary, flavour, address, installed.GetPackageId(), filepath.Join(home, "chaincode", "tls"), filepath.Join(n.Dir(), "logs"))
	if err != nil {
		return err
	}
	d.servers = append(d.servers, started)
	definition.PackageID = installed.GetPackageId()
	return until(ctx, func() error {
		return chaincode.NewGateway(admin.connection, admin.identity).Approve(ctx, &definition)
	})
}

func freeAddress(ctx context.Context) (string, error) {
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}

// until repeats what fails while peers are still finding out about one another.
func until(ctx context.Context, attempt func() error) error {
	const tries = 20
	var err error
	for range tries {
		if err = attempt(); err == nil || ctx.Err() != nil {
			return err
		}
		select {
		case <-ctx.Done():
		case <-time.After(250 * time.Millisecond):
		}
	}
	return err
}
