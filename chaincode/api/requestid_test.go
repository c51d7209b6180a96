package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
)

var at = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// book is a ledger on which organisations propose a consortium, which anybody may do
// before there is one.
type book struct {
	*memledger.Ledger
	n int
}

func (b *book) submit(t *testing.T, msp, subject string, f *api.Function, request string) (string, error) {
	t.Helper()
	id, results, err := b.endorse(msp, subject, f, request)
	if err != nil {
		return id, err
	}
	require.Equal(t, memledger.Valid, b.Commit(memledger.Transaction{ID: id, Results: results})[0])
	return id, nil
}

func (b *book) endorse(msp, subject string, f *api.Function, request string) (string, memledger.Results, error) {
	b.n++
	id := fmt.Sprintf("t%d", b.n)
	simulation := b.Simulate(memledger.Proposal{ID: id, Time: at, Caller: ledger.Caller{MSP: msp, Subject: subject, Role: ledger.RoleAdmin}}, msp)
	_, err := f.Execute(simulation, []byte(request))
	return id, simulation.Results(), err
}

func proposal(name, id string) string {
	text := `{"organisations":[{"msp":"AMSP","name":"` + name + `"},{"msp":"BMSP","name":"b"}]`
	if id != "" {
		text += `,"requestId":"` + id + `"`
	}
	return text + "}"
}

func TestANamedRequestIsCarriedOutOnce(t *testing.T) {
	b := &book{Ledger: memledger.New("trade")}
	first, err := b.submit(t, "AMSP", "one", api.Propose.Function, proposal("a", "po-4711"))
	require.NoError(t, err)
	height := b.Height()
	for name, c := range map[string]struct {
		subject, request string
		code             fault.Code
	}{
		"the same":                  {"one", proposal("a", "po-4711"), fault.AlreadyRecorded},
		"by a colleague":            {"two", proposal("a", "po-4711"), fault.AlreadyRecorded},
		"in another order":          {"one", `{"requestId" : "po-4711", ` + proposal("a", "")[1:], fault.AlreadyRecorded},
		"with other content":        {"one", proposal("other", "po-4711"), fault.RequestIDConflict},
		"with content that is none": {"one", `{"requestId":"po-4711","x":1}`, fault.RequestIDConflict},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := b.submit(t, "AMSP", c.subject, api.Propose.Function, c.request)
			require.ErrorIs(t, err, c.code)
			refused := fault.Of(err)
			require.Equal(t, first, refused.Detail["transaction"])
			require.Equal(t, "po-4711", refused.Detail[api.MemberRequestID])
		})
	}
	require.Equal(t, height, b.Height())

	_, err = b.submit(t, "AMSP", "one", api.RegisterParty.Function, `{"requestId":"po-4711"}`)
	require.ErrorIs(t, err, fault.RequestIDConflict, "the function is part of it")
	_, err = b.submit(t, "BMSP", "one", api.Propose.Function, proposal("of b", "po-4711"))
	require.NoError(t, err, "another organisation's names are its own")
}

func TestARequestThatWasRefusedLeavesItsNameFree(t *testing.T) {
	b := &book{Ledger: memledger.New("trade")}
	_, err := b.submit(t, "AMSP", "one", api.Propose.Function, `{"requestId":"r","organisations":[]}`)
	require.ErrorIs(t, err, fault.InvalidRequest)
	_, err = b.submit(t, "AMSP", "one", api.Propose.Function, proposal("a", "r"))
	require.NoError(t, err)
}

func TestOfTwoThatRaceUnderOneNameOneIsTaken(t *testing.T) {
	b := &book{Ledger: memledger.New("trade")}
	first, one, err := b.endorse("AMSP", "one", api.Propose.Function, proposal("a", "r"))
	require.NoError(t, err)
	second, two, err := b.endorse("AMSP", "two", api.Propose.Function, proposal("other", "r"))
	require.NoError(t, err)
	require.Equal(t, []memledger.Code{memledger.Valid, memledger.MVCCConflict},
		b.Commit(memledger.Transaction{ID: first, Results: one}, memledger.Transaction{ID: second, Results: two}))
}

func TestANameHasOneMeaningOrIsRefused(t *testing.T) {
	for name, request := range map[string]string{
		"empty":                `{"requestId":""}`,
		"too long":             `{"requestId":"` + strings.Repeat("x", api.MaxRequestID+1) + `"}`,
		"a space":              `{"requestId":"a b"}`,
		"U+0000":               `{"requestId":"a\u0000b"}`,
		"no ASCII":             `{"requestId":"é"}`,
		"null":                 `{"requestId":null}`,
		"a number":             `{"requestId":1}`,
		"twice":                `{"requestId":"a","requestId":"a"}`,
		"in another case":      `{"RequestId":"a"}`,
		"escaped":              `{"request\u0049d":"a"}`,
		"escaped, and twice":   `{"request\u0049d":"a","requestId":"b"}`,
		"something after it":   `{"requestId":"a"} x`,
		"in an object of it":   `{"organisations":[{"requestId":"a"}]}`,
		"the value of another": `{"x":"requestId"}`,
	} {
		t.Run(name, func(t *testing.T) {
			b := &book{Ledger: memledger.New("trade")}
			_, err := b.submit(t, "AMSP", "one", api.Propose.Function, request)
			require.ErrorIs(t, err, fault.InvalidRequest)
		})
	}
	longest := strings.Repeat("~", api.MaxRequestID)
	_, err := (&book{Ledger: memledger.New("trade")}).submit(t, "AMSP", "one", api.Propose.Function, proposal("a", longest))
	require.NoError(t, err)
}

func TestWhatHasAnIdentityOfItsOwnTakesNoName(t *testing.T) {
	for _, f := range api.Functions() {
		own := f == api.Capture.Function || f == api.Record.Function
		require.Equal(t, f.Kind == api.Update && !own, f.RequestID, f.FullName())
		if !f.RequestID {
			_, err := run(f, `{"requestId":"a"}`)
			require.ErrorIs(t, err, fault.InvalidRequest, f.FullName())
		}
	}
}

func TestWhatIsKeptOfANameIsTheSameAtEveryEndorserAndHasAVersion(t *testing.T) {
	b := &book{Ledger: memledger.New("trade")}
	var kept [][]byte
	for _, peer := range []string{"AMSP", "BMSP"} {
		simulation := b.Simulate(memledger.Proposal{ID: "t", Time: at, Caller: ledger.Caller{MSP: "AMSP", Role: ledger.RoleAdmin}}, peer)
		_, err := api.Propose.Execute(simulation, []byte(proposal("a", "r")))
		require.NoError(t, err)
		for _, w := range simulation.Results().Writes {
			if w.Key == ledger.NewKey("requestid", "AMSP", "r") {
				kept = append(kept, w.Value)
			}
		}
	}
	require.Len(t, kept, 2)
	require.Equal(t, kept[0], kept[1])
	record, err := ledger.Decode[struct {
		V           int    `json:"v"`
		Transaction string `json:"transaction"`
	}](ledger.NewKey("requestid", "AMSP", "r"), kept[0])
	require.NoError(t, err)
	require.Equal(t, 1, record.V)
	require.Equal(t, "t", record.Transaction)
	require.Less(t, len(kept[0]), 200)
}
