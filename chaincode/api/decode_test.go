package api_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
)

func run(f *api.Function, request string) ([]byte, error) {
	return f.Execute(memledger.New("trade").Simulate(memledger.Proposal{Caller: ledger.Caller{MSP: "AMSP", Role: ledger.RoleAdmin}}, "AMSP"), []byte(request))
}

// Two readers of one request must not come to different ends.
func TestARequestHasOneMeaningOrIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		request string
		code    fault.Code
	}{
		"nothing":                     {``, fault.InvalidRequest},
		"no JSON":                     {`msp`, fault.InvalidRequest},
		"no object":                   {`["A"]`, fault.InvalidRequest},
		"null":                        {`null`, fault.InvalidRequest},
		"cut short":                   {`{"msp":"A"`, fault.InvalidRequest},
		"an unknown member":           {`{"msp":"A","other":"x"}`, fault.InvalidRequest},
		"a member twice":              {`{"msp":"A","msp":"B"}`, fault.InvalidRequest},
		"a member in two cases":       {`{"msp":"A","MSP":"B"}`, fault.InvalidRequest},
		"a member in another folding": {`{"msp":"A","mſp":"B"}`, fault.InvalidRequest},
		"a member escaped":            {`{"msp":"A","m\u0073p":"B"}`, fault.InvalidRequest},
		"another type":                {`{"msp":1}`, fault.InvalidRequest},
		"two objects":                 {`{"msp":"A"}{"msp":"B"}`, fault.InvalidRequest},
		"something after it":          {`{"msp":"A"} x`, fault.InvalidRequest},
		"too deep":                    {`{"msp":` + strings.Repeat("[", api.MaxDepth+1), fault.LimitExceeded},
		"too large":                   {`{"msp":"` + strings.Repeat("x", api.MaxRequest) + `"}`, fault.LimitExceeded},
		"U+0000 for a key":            {`{"msp":"A\u0000B"}`, fault.InvalidRequest},
		"the last rune for a key":     {`{"msp":"A\udbff\udfff"}`, fault.InvalidRequest},
		"too long for a key":          {`{"msp":"` + strings.Repeat("x", ledger.MaxKey) + `"}`, fault.InvalidRequest},
		"what is not there":           {`{"msp":"A"}`, fault.NotFound},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := run(api.Organisation.Function, c.request)
			require.ErrorIs(t, err, c.code)
		})
	}
}

// Whatever comes, a rule refuses and does not panic, and names no function of Go.
func FuzzEveryFunctionAnswersOrRefuses(f *testing.F) {
	f.Add(0, `{}`)
	f.Add(1, `{"proposal":"x"}`)
	f.Add(2, `{"organisations":[{"msp":"A","name":"a"}]}`)
	f.Fuzz(func(t *testing.T, number int, request string) {
		functions := api.Functions()
		function := functions[uint(number)%uint(len(functions))]
		if _, err := run(function, request); err != nil {
			require.NotContains(t, err.Error(), "runtime error", function.FullName())
		}
	})
}
