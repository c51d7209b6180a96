package baseline

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// server is a chaincode server of one organisation.
type server struct {
	command *exec.Cmd
	input   io.Closer // it ends with this
	log     *os.File
}

func serve(binary, flavour, address, packageID, tls, logs string) (*server, error) {
	log, err := os.CreateTemp(logs, Prefix+flavour+"-*.log")
	if err != nil {
		return nil, err
	}
	command := exec.Command(binary, flavour)
	command.Stdout, command.Stderr = log, log
	command.Env = append(os.Environ(),
		"CHAINCODE_ID="+packageID,
		"CHAINCODE_SERVER_ADDRESS="+address,
		"CHAINCODE_TLS_KEY_FILE="+filepath.Join(tls, "server.key"),
		"CHAINCODE_TLS_CERT_FILE="+filepath.Join(tls, "server.crt"),
		"CHAINCODE_CLIENT_CA_CERT_FILE="+filepath.Join(tls, "ca.crt"),
	)
	input, err := command.StdinPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		return nil, errors.Join(err, log.Close())
	}
	return &server{command: command, input: input, log: log}, nil
}

// stop ends the server by the end of its input.
func (s *server) stop() error {
	return errors.Join(s.input.Close(), s.command.Wait(), s.log.Close())
}
