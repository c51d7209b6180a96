package main

import (
	"encoding/hex"
	"maps"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"github.com/rogpeppe/go-internal/testscript"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/client/evidence"
	"github.com/countersign-ledger/countersign/client/verify/channelconfig/configtest"
)

// Each script gets the configuration blocks of a channel, genesis.block, 1.block (the
// carrier's authority is rotated), 2.block (the retailer is removed), and forged.block
// and fork.block in the place of 2.block; HASH, that of genesis.block; evidence.json by
// manufacturer and carrier before, on 2026-03-01; and mute.yaml and user, a peer that
// answers nothing.
func TestTrustScripts(t *testing.T) {
	files, hash := channelFiles(t)
	maps.Copy(files, user(t))
	files["mute.yaml"] = serve(t, nil)
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "trust"),
		Setup: func(env *testscript.Env) error {
			env.Setenv("GORACE", raceExits)
			env.Setenv("HASH", hash)
			for name, text := range files {
				path := filepath.Join(env.WorkDir, filepath.FromSlash(name))
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					return err
				}
				if err := os.WriteFile(path, text, 0o600); err != nil {
					return err
				}
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
	})
}

func must[T any](t *testing.T) func(T, error) T {
	t.Helper()
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func channelFiles(t *testing.T) (files map[string][]byte, hash string) {
	t.Helper()
	files = map[string][]byte{}
	asked := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	consortium := clienttest.New(t, clienttest.WithTime(asked))
	if err := consortium.Found(t.Context(), shipmenttest.Founders()...); err != nil {
		t.Fatal(err)
	}
	statement := must[*evidence.Statement](t)(client.Attest(t.Context(), consortium.Client(t, "regulator", "auditor"),
		api.Organisation, participant.ReadOrganisationRequest{MSP: "CarrierMSP"}, "ManufacturerMSP", "CarrierMSP"))
	files["evidence.json"] = must[[]byte](t)(statement.Encode())
	roots := consortium.Roots()
	var names []string
	for _, o := range roots.Organisations {
		names = append(names, o.MSP)
	}
	c := must[*configtest.Channel](t)(configtest.New(roots.Channel, names...))
	for _, o := range roots.Organisations {
		c.Config.ChannelGroup.Groups["Application"].Groups[o.MSP].Values["MSP"] = withAuthority(c.Members[o.MSP], configtest.PEM(o.Roots[0]))
	}
	files["genesis.block"] = must[[]byte](t)(c.Genesis())
	var block common.Block
	if err := proto.Unmarshal(files["genesis.block"], &block); err != nil {
		t.Fatal(err)
	}
	sum := must[[32]byte](t)(configtest.HashOf(&block))
	c.Now = asked.AddDate(0, 0, -14)
	next := must[*configtest.Authority](t)(configtest.NewAuthority("ca2.carrier"))
	files["1.block"] = must[[]byte](t)(c.Commit(func(channel *common.ConfigGroup) {
		channel.Groups["Application"].Groups["CarrierMSP"].Values["MSP"] = withAuthority(c.Members["CarrierMSP"], configtest.PEM(next.Certificate))
	}))
	remove := func(channel *common.ConfigGroup) { delete(channel.Groups["Application"].Groups, "RetailerMSP") }
	forged := must[*configtest.Update](t)(c.Propose(remove).Sign(c.Members["CarrierMSP"].Admin))
	files["forged.block"] = must[[]byte](t)(c.Block(forged))
	admins := []*configtest.Identity{c.Members["ManufacturerMSP"].Admin, c.Members["CarrierMSP"].Admin, c.Members["RetailerMSP"].Admin}
	fork := must[*configtest.Update](t)(c.Propose(func(channel *common.ConfigGroup) {
		delete(channel.Groups["Application"].Groups, "CarrierMSP")
	}).Sign(admins...))
	files["fork.block"] = must[[]byte](t)(c.Block(fork))
	files["2.block"] = must[[]byte](t)(c.Commit(remove))
	return files, hex.EncodeToString(sum[:])
}

// withAuthority is an MSP with the administrators' authority and that of peers.
func withAuthority(o *configtest.Organisation, authority []byte) *common.ConfigValue {
	d := o.Definition()
	d.RootCerts = append(d.RootCerts, authority)
	for _, u := range []*msp.FabricOUIdentifier{d.FabricNodeOus.ClientOuIdentifier, d.FabricNodeOus.PeerOuIdentifier, d.FabricNodeOus.AdminOuIdentifier, d.FabricNodeOus.OrdererOuIdentifier} {
		u.Certificate = nil
	}
	return configtest.Value(configtest.Typed(d))
}
