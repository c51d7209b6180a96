package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

const (
	// settingsVariable names the file of saved profiles, in place of the user's
	// configuration folder.
	settingsVariable = "COUNTERSIGN_CONFIG"
	// profileVariable names the profile of commands that name none.
	profileVariable = "COUNTERSIGN_PROFILE"
)

// settings are a saved profile: as whom, and on which ledger, commands act.
type settings struct {
	// Connection is the path of a Fabric connection profile, MSP that of a user's MSP
	// folder.
	Connection string `yaml:"connection"         json:"connection"`
	MSP        string `yaml:"msp"                json:"msp"`
	Channel    string `yaml:"channel,omitempty"  json:"channel,omitempty"`
	Chaincode  string `yaml:"chaincode,omitempty" json:"chaincode,omitempty"`
	// Roots is the path of a roots file and Policy a verification policy: evidence is
	// verified against them.
	Roots  string `yaml:"roots,omitempty"  json:"roots,omitempty"`
	Policy string `yaml:"policy,omitempty" json:"policy,omitempty"`
	// AttestedBy are the organisations that are asked to sign, MSP ids.
	AttestedBy []string `yaml:"attestedBy,omitempty" json:"attestedBy,omitempty"`
}

// settingsFile is the file of saved profiles. It holds no secrets: keys stay in MSP
// folders.
type settingsFile struct {
	Default  string              `yaml:"default,omitempty"`
	Profiles map[string]settings `yaml:"profiles"`
}

func settingsPath() (string, error) {
	if path := os.Getenv(settingsVariable); path != "" {
		return path, nil
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("where to keep profiles: %w; name a file in %s", err, settingsVariable)
	}
	return filepath.Join(dir, "countersign", "profiles.yaml"), nil
}

// readSettings reads the saved profiles; there are none when there is no file.
func readSettings() (*settingsFile, error) {
	path, err := settingsPath()
	if err != nil {
		return nil, err
	}
	saved := &settingsFile{}
	text, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, fmt.Errorf("read the saved profiles: %w", err)
	default:
		decoder := yaml.NewDecoder(strings.NewReader(string(text)))
		decoder.KnownFields(true)
		if err := decoder.Decode(saved); err != nil {
			return nil, fmt.Errorf("read the saved profiles in %s: %w", path, err)
		}
	}
	if saved.Profiles == nil {
		saved.Profiles = map[string]settings{}
	}
	return saved, nil
}

// write replaces the file, so that a reader sees the old one or the new.
func (f *settingsFile) write() error {
	path, err := settingsPath()
	if err != nil {
		return err
	}
	text, err := yaml.Marshal(f)
	if err != nil {
		return fmt.Errorf("write the saved profiles: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("write the saved profiles: %w", err)
	}
	return replace(path, text)
}

// replace writes a file beside the one of a name, and renames it.
func replace(path string, text []byte) (err error) {
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file.Name()))
		}
	}()
	if _, err := file.Write(text); err != nil {
		return errors.Join(err, file.Close())
	}
	if err := errors.Join(file.Sync(), file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}

func (f *settingsFile) names() []string { return slices.Sorted(maps.Keys(f.Profiles)) }

// profile finds what --profile, the environment or the file's default names: a saved
// profile, or else a connection profile by its path.
func profile(named string) (settings, error) {
	saved, err := readSettings()
	if err != nil {
		return settings{}, err
	}
	for _, name := range []string{named, os.Getenv(profileVariable), saved.Default} {
		if name == "" {
			continue
		}
		if found, ok := saved.Profiles[name]; ok {
			return found, nil
		}
		if _, err := os.Stat(name); err != nil {
			return settings{}, fmt.Errorf("there is no saved profile %q (there are: %s), and no connection profile of that path: %w",
				name, strings.Join(saved.names(), ", "), err)
		}
		return settings{Connection: name}, nil
	}
	return settings{}, fmt.Errorf("say on which ledger and as whom: --profile with a saved profile (countersign profile add) or a connection profile, or %s", profileVariable)
}
