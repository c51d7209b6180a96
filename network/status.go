package network

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/countersign-ledger/countersign/network/internal/filelock"
)

// NodeStatus is one process of a network.
type NodeStatus struct {
	Name         string   `json:"name"`
	Kind         NodeKind `json:"kind"`
	Organisation string   `json:"organisation"`
	Host         string   `json:"host"`    // name in its TLS certificate
	Address      string   `json:"address"` // host:port
	PID          int      `json:"pid,omitempty"`
	Running      bool     `json:"running"`
	Log          string   `json:"log"`
}

// Status is a network as other processes see it: the content of network.json in
// its directory.
type Status struct {
	Format    string       `json:"format"` // "countersign-network/1"
	Name      string       `json:"name"`
	Channel   string       `json:"channel"`
	Chaincode string       `json:"chaincode"`
	Dir       string       `json:"dir"`
	OwnerPID  int          `json:"ownerPid"`
	Started   time.Time    `json:"started"`
	Ready     bool         `json:"ready"`   // every trading organisation has endorsed
	ReadyMS   int64        `json:"readyMs"` // milliseconds from start to ready
	Running   bool         `json:"running"` // the process that started it lives
	Members   []Member     `json:"members"`
	Nodes     []NodeStatus `json:"nodes"`
}

// Member is an organisation, with what its clients need.
type Member struct {
	Name    string `json:"name"`
	MSPID   string `json:"mspId"`
	Reader  bool   `json:"reader"`
	Profile string `json:"profile"` // connection.yaml; connection.json lies beside it
	MSP     string `json:"msp"`     // verification MSP
	// TLS is the folder with client.crt and client.key, which its programs show to
	// nodes that ask for a TLS certificate; absent when they do not. Profile names them.
	TLS   string   `json:"tls,omitempty"`
	Users []string `json:"users"`
}

const statusFormat = "countersign-network/1"

// ReadStatus reads the status of a network that another process runs or ran in a
// directory. When that process is gone, so are the nodes, and it says so. The
// error wraps fs.ErrNotExist when no network was ever started there.
func ReadStatus(dir string) (Status, error) {
	var s Status
	content, err := os.ReadFile(layout{dir}.status())
	if err != nil {
		return s, fmt.Errorf("network: no network in %s: %w", dir, err)
	}
	if err := json.Unmarshal(content, &s); err != nil || s.Format != statusFormat {
		return s, &DirectoryError{Dir: dir, Reason: statusFile + " is not the status of a network"}
	}
	if !filelock.Held(layout{dir}.owner()) {
		s.Running = false
		for i := range s.Nodes {
			s.Nodes[i].Running, s.Nodes[i].PID = false, 0
		}
	}
	return s, nil
}

// writeStatus writes network.json so that a reader sees the old one or the new
// one. Only the owner of the directory writes, one call at a time.
func writeStatus(l layout, s Status) error {
	content, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return fmt.Errorf("network: status: %w", err)
	}
	err = os.WriteFile(l.statusNew(), append(content, '\n'), 0o600)
	if err == nil {
		err = os.Rename(l.statusNew(), l.status())
	}
	if err != nil {
		return fmt.Errorf("network: status: %w", errors.Join(err, os.RemoveAll(l.statusNew())))
	}
	return nil
}
