package show

import (
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/countersign-ledger/countersign/network"
)

// Connect says how clients connect to a network.
func Connect(out io.Writer, s network.Status) {
	_, _ = fmt.Fprintf(out, "Channel %s, chaincode %s. Each organisation's connection profile (connection.json lies beside it):\n\n", s.Channel, s.Chaincode)
	table(out, func(row func(...string)) {
		for _, m := range s.Members {
			right := "reads and writes"
			if m.Reader {
				right = "only reads"
			}
			row("  "+m.Name, m.MSPID, right, m.Profile)
		}
	})
	if len(s.Members) == 0 {
		return
	}
	first := s.Members[0]
	_, _ = fmt.Fprintf(out, "\nUsers of each organisation: %s. A user's certificate and key, for any Fabric client:\n\n", strings.Join(first.Users, ", "))
	user := filepath.Join(filepath.Dir(first.Profile), "users", "USER", "msp")
	_, _ = fmt.Fprintf(out, "  %s\n  %s\n", filepath.Join(user, "signcerts", "cert.pem"), filepath.Join(user, "keystore", "key.pem"))
	if first.TLS != "" {
		_, _ = fmt.Fprintf(out, "\nPeers and orderers ask for a TLS certificate. Each profile names its organisation's:\n\n  %s\n  %s\n",
			filepath.Join(first.TLS, "client.crt"), filepath.Join(first.TLS, "client.key"))
	}
}

// Nodes lists a network's processes.
func Nodes(out io.Writer, s network.Status) {
	table(out, func(row func(...string)) {
		row("NODE", "ORGANISATION", "KIND", "STATE", "PID", "ADDRESS", "LOG")
		for _, n := range s.Nodes {
			state, pid := "stopped", "-"
			if n.Running {
				state, pid = "running", strconv.Itoa(n.PID)
			}
			row(n.Name, n.Organisation, string(n.Kind), state, pid, n.Address, n.Log)
		}
	})
}

func table(out io.Writer, fill func(row func(...string))) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fill(func(cells ...string) { _, _ = fmt.Fprintln(w, strings.Join(cells, "\t")) })
	_ = w.Flush()
}
