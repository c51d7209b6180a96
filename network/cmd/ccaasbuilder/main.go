// Command ccaasbuilder is a Fabric external builder for chaincode as a service:
// the chaincode runs as a server of its own, and its package says nothing but
// where that server listens.
//
// A peer calls three programs, which are this one under three names:
//
//	bin/detect  SOURCE METADATA          succeeds if the package's type is "ccaas"
//	bin/build   SOURCE METADATA OUTPUT   checks connection.json and keeps it
//	bin/release OUTPUT RELEASE           hands connection.json to the peer
//
// There is no bin/run: a peer that finds chaincode/server/connection.json in a
// release connects instead of launching. To use it on a network of your own,
// build it, copy it under the three names into a directory DIR/bin, and name DIR
// in core.yaml:
//
//	chaincode:
//	  externalBuilders:
//	    - name: ccaas
//	      path: DIR
//
// Protocol: Fabric documentation, "External Builders and Launchers".
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

const (
	connectionFile = "connection.json"
	indexFolder    = "META-INF"
)

var errUsage = errors.New("call it as detect SOURCE METADATA, build SOURCE METADATA OUTPUT, or release OUTPUT RELEASE")

func main() {
	if err := run(filepath.Base(os.Args[0]), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "ccaasbuilder:", err)
		os.Exit(1)
	}
}

func run(name string, args []string) error {
	switch {
	case name == "detect" && len(args) == 2:
		return detect(args[1])
	case name == "build" && len(args) == 3:
		return build(args[0], args[2])
	case name == "release" && len(args) == 2:
		return release(args[0], args[1])
	default:
		return errUsage
	}
}

func detect(metadata string) error {
	content, err := os.ReadFile(filepath.Join(metadata, "metadata.json"))
	if err != nil {
		return err
	}
	var m struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(content, &m); err != nil {
		return fmt.Errorf("metadata.json: %w", err)
	}
	if m.Type != "ccaas" {
		return fmt.Errorf("the package's type is %q, not \"ccaas\"", m.Type)
	}
	return nil
}

// build refuses what the peer would only stumble over at the first call.
func build(source, output string) error {
	content, err := os.ReadFile(filepath.Join(source, connectionFile))
	if err != nil {
		return fmt.Errorf("the package needs a %s: %w", connectionFile, err)
	}
	var c struct {
		Address     string `json:"address"`
		TLSRequired bool   `json:"tls_required"`
		RootCert    string `json:"root_cert"`
	}
	if err := json.Unmarshal(content, &c); err != nil {
		return fmt.Errorf("%s: %w", connectionFile, err)
	}
	if c.Address == "" {
		return fmt.Errorf("%s: address is empty", connectionFile)
	}
	if c.TLSRequired && c.RootCert == "" {
		return fmt.Errorf("%s: tls_required needs root_cert", connectionFile)
	}
	// Index definitions for a state database may come with the package.
	if err := copyTree(filepath.Join(source, indexFolder), filepath.Join(output, indexFolder)); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(output, connectionFile), content, 0o600)
}

func release(output, dir string) error {
	content, err := os.ReadFile(filepath.Join(output, connectionFile))
	if err != nil {
		return err
	}
	server := filepath.Join(dir, "chaincode", "server")
	if err := os.MkdirAll(server, 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(server, connectionFile), content, 0o600); err != nil {
		return err
	}
	return copyTree(filepath.Join(output, indexFolder, "statedb"), filepath.Join(dir, "statedb"))
}

// copyTree copies a directory if there is one.
func copyTree(from, to string) error {
	if _, err := os.Stat(from); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return filepath.WalkDir(from, func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, relative)
		switch {
		case entry.IsDir():
			return os.MkdirAll(target, 0o700)
		case entry.Type().IsRegular():
			return copyFile(path, target)
		default:
			return nil // a link could point out of the package
		}
	})
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
