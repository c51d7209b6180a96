package clienttest

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	pb "github.com/hyperledger/fabric-protos-go-apiv2/gateway"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
)

// Serve serves an organisation's gateway on a free loopback port, without TLS,
// until the test ends: for programs that are tested as processes of their own. It
// writes into a folder what they connect with, as operators hand it out:
// connection.yaml, and users/NAME/msp for each user.
func (c *Consortium) Serve(t testing.TB, organisation, dir string) (address string) {
	t.Helper()
	m, err := c.named(organisation)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer(grpc.MaxRecvMsgSize(maxMessage))
	at := &served{gateway: &gateway{consortium: c, home: m}}
	pb.RegisterGatewayServer(server, at)
	peer.RegisterDeliverServer(server, at)
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	t.Cleanup(func() {
		server.Stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	address = listener.Addr().String()
	if err := m.write(dir, address); err != nil {
		t.Fatal(err)
	}
	return address
}

// maxMessage is Fabric's own limit, in bytes.
const maxMessage = 100 << 20

// write writes the organisation's connection profile and its users' MSP folders.
func (m *member) write(dir, address string) error {
	profile := fmt.Appendf(nil, `client: {organization: %[1]s}
organizations: {%[1]s: {mspid: %[2]s, peers: [peer0]}}
channels: {%[3]s: {}}
peers: {peer0: {url: "grpc://%[4]s"}}
`, m.Name, m.MSP, Channel, address)
	files := map[string][]byte{"connection.yaml": profile}
	for name, user := range m.users {
		key, err := x509.MarshalPKCS8PrivateKey(user.Key)
		if err != nil {
			return err
		}
		folder := filepath.Join("users", name, "msp")
		files[filepath.Join(folder, "signcerts", "cert.pem")] = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: user.Certificate.Raw})
		files[filepath.Join(folder, "keystore", "key.pem")] = pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})
	}
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, text, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// served is a gateway behind a socket.
type served struct {
	pb.UnimplementedGatewayServer
	peer.UnimplementedDeliverServer

	gateway *gateway
}

func (s *served) call(ctx context.Context, method string, request, response proto.Message) error {
	return s.gateway.Invoke(ctx, method, request, response)
}

// Evaluate implements the gateway service, as the following do.
func (s *served) Evaluate(ctx context.Context, request *pb.EvaluateRequest) (*pb.EvaluateResponse, error) {
	response := &pb.EvaluateResponse{}
	return response, s.call(ctx, pb.Gateway_Evaluate_FullMethodName, request, response)
}

// Endorse implements the gateway service.
func (s *served) Endorse(ctx context.Context, request *pb.EndorseRequest) (*pb.EndorseResponse, error) {
	response := &pb.EndorseResponse{}
	return response, s.call(ctx, pb.Gateway_Endorse_FullMethodName, request, response)
}

// Submit implements the gateway service.
func (s *served) Submit(ctx context.Context, request *pb.SubmitRequest) (*pb.SubmitResponse, error) {
	response := &pb.SubmitResponse{}
	return response, s.call(ctx, pb.Gateway_Submit_FullMethodName, request, response)
}

// CommitStatus implements the gateway service.
func (s *served) CommitStatus(ctx context.Context, request *pb.SignedCommitStatusRequest) (*pb.CommitStatusResponse, error) {
	response := &pb.CommitStatusResponse{}
	return response, s.call(ctx, pb.Gateway_CommitStatus_FullMethodName, request, response)
}

// Deliver implements the deliver service, as the following do.
func (s *served) Deliver(stream peer.Deliver_DeliverServer) error {
	return s.deliver(stream, peer.Deliver_Deliver_FullMethodName)
}

// DeliverFiltered implements the deliver service.
func (s *served) DeliverFiltered(stream peer.Deliver_DeliverFilteredServer) error {
	return s.deliver(stream, peer.Deliver_DeliverFiltered_FullMethodName)
}

// DeliverWithPrivateData implements the deliver service.
func (s *served) DeliverWithPrivateData(stream peer.Deliver_DeliverWithPrivateDataServer) error {
	return s.deliver(stream, peer.Deliver_DeliverWithPrivateData_FullMethodName)
}

func (s *served) deliver(to grpc.ServerStream, method string) error {
	from, err := s.gateway.NewStream(to.Context(), &grpc.StreamDesc{}, method)
	if err != nil {
		return err
	}
	request := &common.Envelope{}
	if err := to.RecvMsg(request); err != nil {
		return err
	}
	if err := from.SendMsg(request); err != nil {
		return err
	}
	for {
		var answer peer.DeliverResponse
		err := from.RecvMsg(&answer)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := to.SendMsg(&answer); err != nil {
			return err
		}
	}
}
