package main

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/api"
)

func TestTheExamplesInHelpAreRequests(t *testing.T) {
	for name, example := range examples {
		f, known := api.Lookup(name)
		require.True(t, known, name)
		decoder := json.NewDecoder(strings.NewReader(example))
		decoder.DisallowUnknownFields()
		require.NoError(t, decoder.Decode(reflect.New(f.Request()).Interface()), name)
	}
}
