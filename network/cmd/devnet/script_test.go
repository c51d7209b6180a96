package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/network/internal/channel"
	"github.com/countersign-ledger/countersign/network/internal/material"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"devnet": main})
}

// The scripts need no network and no toolchain.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:  "testdata/script",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"certify": certify, "found": found},
	})
}

// certify CERTIFICATE KEY writes a new certificate and its key. No key is kept
// in the repository, not even a worthless one.
func certify(ts *testscript.TestScript, _ bool, args []string) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	ts.Check(err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	ts.Check(err)
	encoded, err := x509.MarshalPKCS8PrivateKey(key)
	ts.Check(err)
	for i, block := range []*pem.Block{{Type: "CERTIFICATE", Bytes: certificate}, {Type: "PRIVATE KEY", Bytes: encoded}} {
		ts.Check(os.WriteFile(ts.MkAbs(args[i]), pem.EncodeToMemory(block), 0o600))
	}
}

// found writes what channel-update reads: config.block of a channel with a carrier
// and a retailer that trade and a regulator that reads, and in grower-msp the verification MSP
// of who wants to join.
func found(ts *testscript.TestScript, _ bool, _ []string) {
	organisation := func(name, mspID string) (*material.Organisation, channel.Organisation) {
		o, err := material.NewOrganisation(mspID, name+".example")
		ts.Check(err)
		return o, channel.Organisation{MSPID: mspID, CA: o.CA.Certificate(), TLSCA: o.TLSCA.Certificate()}
	}
	orderers, ordering := organisation("ordering", "OrdererMSP")
	orderer, err := orderers.Host("orderer.ordering.example")
	ts.Check(err)
	_, carrier := organisation("carrier", "CarrierMSP")
	_, retailer := organisation("retailer", "RetailerMSP")
	_, regulator := organisation("regulator", "RegulatorMSP")
	block, err := channel.Genesis(channel.Config{
		Channel: "supplychain", Orderers: ordering, Members: []channel.Organisation{carrier, retailer, regulator},
		Consenters: []channel.Consenter{{Address: channel.Address{Host: "orderer.ordering.example", Port: 7050}, TLS: orderer.Certificate}},
		Policies: channel.Policies{
			Writers: "OR('CarrierMSP.admin','CarrierMSP.client','RetailerMSP.admin','RetailerMSP.client')", Admins: "OR('CarrierMSP.admin','RetailerMSP.admin')",
			Endorsement: "AND('CarrierMSP.peer','RetailerMSP.peer')", Lifecycle: "OR('CarrierMSP.peer','RetailerMSP.peer')",
		},
	})
	ts.Check(err)
	content, err := proto.Marshal(block)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs("config.block"), content, 0o600))
	grower, err := material.NewOrganisation("GrowerMSP", "grower.example")
	ts.Check(err)
	ts.Check(grower.WriteMSP(ts.MkAbs("grower-msp")))
}

// These start real networks. They use the caches of whoever runs the tests, so
// that Fabric is built once on a machine.
func TestScriptsOnARealNetwork(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED BY -short: these scripts start real networks")
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/network",
		Setup: func(e *testscript.Env) error {
			for _, name := range []string{"HOME", "XDG_CACHE_HOME", "GOMODCACHE", "GOCACHE", "GOFLAGS", "GOPROXY", "GOSUMDB", "GONOSUMDB", "GOTOOLCHAIN"} {
				if value, ok := os.LookupEnv(name); ok {
					e.Setenv(name, value)
				}
			}
			return nil
		},
	})
}

func TestTheMedianOfAnEvenNumberIsTheMeanOfTheMiddleTwo(t *testing.T) {
	s := time.Second
	require.Equal(t, 3*s, median([]time.Duration{3 * s}))
	require.Equal(t, 2*s, median([]time.Duration{9 * s, 1 * s, 2 * s}))
	require.Equal(t, 3*s, median([]time.Duration{9 * s, 4 * s, 1 * s, 2 * s}))
}
