package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/countersign-ledger/countersign/chaincode/gs1"
)

// prefixFlags are the flags that say how long GS1 company prefixes are.
type prefixFlags struct {
	prefixes []string
	length   int
	list     string
}

func (f *prefixFlags) add(c *cobra.Command) {
	c.Flags().StringArrayVar(&f.prefixes, "prefix", nil, "a GS1 company prefix, for URNs")
	c.Flags().IntVar(&f.length, "prefix-length", 0, "the length of the company prefix of every ID that no other flag covers, for URNs")
	c.Flags().StringVar(&f.list, "prefix-list", "", "a file with GS1's list of prefix lengths, for URNs")
}

// prefixSource asks a table first.
type prefixSource struct {
	table  *gs1.PrefixTable
	length int
}

func (s prefixSource) PrefixLength(digits string) (int, error) {
	n, err := s.table.PrefixLength(digits)
	if errors.Is(err, gs1.ErrPrefixLength) && s.length != 0 {
		return s.length, nil
	}
	return n, err
}

func (f *prefixFlags) source() (gs1.PrefixSource, error) {
	table := gs1.NewPrefixTable()
	if f.list != "" {
		file, err := os.Open(f.list)
		if err != nil {
			return nil, err
		}
		defer file.Close() //nolint:errcheck // it was only read
		if table, err = gs1.ReadPrefixTable(file); err != nil {
			return nil, fmt.Errorf("read %s: %w", f.list, err)
		}
	}
	for _, prefix := range f.prefixes {
		if strings.Trim(prefix, "0123456789") != "" || !urnLength(len(prefix)) {
			return nil, fmt.Errorf("--prefix takes %d to %d digits, not %q", gs1.MinURNPrefix, gs1.MaxURNPrefix, prefix)
		}
		table.Add(prefix, len(prefix))
	}
	if f.length != 0 && !urnLength(f.length) {
		return nil, fmt.Errorf("--prefix-length takes %d to %d, not %d", gs1.MinURNPrefix, gs1.MaxURNPrefix, f.length)
	}
	return prefixSource{table, f.length}, nil
}

func urnLength(n int) bool { return n >= gs1.MinURNPrefix && n <= gs1.MaxURNPrefix }
