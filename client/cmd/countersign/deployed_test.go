package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/gateway"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer/lifecycle"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// peerThatAnswers is a peer's gateway that says what a real one has said of
// package network's default network.
type peerThatAnswers struct {
	gateway.UnimplementedGatewayServer
	answers map[string][]byte // by system chaincode
}

func (p *peerThatAnswers) Evaluate(_ context.Context, request *gateway.EvaluateRequest) (*gateway.EvaluateResponse, error) {
	var proposal peer.Proposal
	var header common.Header
	var channel common.ChannelHeader
	var extension peer.ChaincodeHeaderExtension
	for _, step := range []struct {
		text func() []byte
		into proto.Message
	}{
		{request.GetProposedTransaction().GetProposalBytes, &proposal},
		{proposal.GetHeader, &header},
		{header.GetChannelHeader, &channel},
		{channel.GetExtension, &extension},
	} {
		if err := proto.Unmarshal(step.text(), step.into); err != nil {
			return nil, err
		}
	}
	answer, known := p.answers[extension.GetChaincodeId().GetName()]
	if !known {
		return nil, status.Error(codes.Aborted, "access denied for [QueryChaincodeDefinition]")
	}
	return &gateway.EvaluateResponse{Result: &peer.Response{Status: 200, Payload: answer}}, nil
}

// deployments gives the scripts connection profiles of three peers, which say that
// all is well (well.yaml), that all is not (weak.yaml), and nothing (mute.yaml); and
// user, the MSP folder of a user.
func deployments(t *testing.T) map[string][]byte {
	t.Helper()
	read := func(name string) []byte {
		text, err := os.ReadFile(filepath.Join("..", "..", "deployment", "testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	config, definition := read("config.pb"), read("definition.pb")
	files := user(t)
	files["well.yaml"] = serve(t, map[string][]byte{"cscc": config, "_lifecycle": definition})
	files["weak.yaml"] = serve(t, map[string][]byte{"cscc": config, "_lifecycle": weakened(t, definition)})
	files["mute.yaml"] = serve(t, map[string][]byte{"cscc": config})
	return files
}

// weakened lets a collection's private data reach nobody but its endorser.
func weakened(t *testing.T, definition []byte) []byte {
	t.Helper()
	var d lifecycle.QueryChaincodeDefinitionResult
	if err := proto.Unmarshal(definition, &d); err != nil {
		t.Fatal(err)
	}
	d.GetCollections().GetConfig()[1].GetStaticCollectionConfig().RequiredPeerCount = 0
	text, err := proto.Marshal(&d)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// serve runs a peer until the test ends, and returns a connection profile for it.
func serve(t *testing.T, answers map[string][]byte) []byte {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	gateway.RegisterGatewayServer(server, &peerThatAnswers{answers: answers})
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	t.Cleanup(func() {
		server.Stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return fmt.Appendf(nil, `client: {organization: carrier}
organizations: {carrier: {mspid: CarrierMSP, peers: [peer0]}}
channels: {supplychain: {}}
peers: {peer0: {url: "grpc://%s"}}
`, listener.Addr())
}

// user is the MSP folder of a user.
func user(t *testing.T) map[string][]byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "auditor"}, NotAfter: time.Now().Add(time.Hour)}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{
		"user/signcerts/cert.pem": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate}),
		"user/keystore/key.pem":   pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}),
	}
}
