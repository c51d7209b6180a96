package evidence_test

import (
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/client/evidence"
	"github.com/countersign-ledger/countersign/client/verify"
)

// claims are statements that their endorsers have really signed, and that are none.
func (s *story) claims() map[string]struct {
	statement *evidence.Statement
	check     verify.Name
} {
	path := "/01/09506000134352/21/X1"
	twin := memledger.Read{Key: product.TwinKey(path), Version: &memledger.Version{Block: 3}}
	base := clienttest.Claim{
		Function: api.Twin.FullName(), Request: `{"id":"` + path + `"}`, Time: begin,
		Result:  `{"v":2,"id":"` + path + `","state":"active","custodian":"CarrierMSP","owner":"CarrierMSP","events":1,"changed":1,"commissionedBy":"CarrierMSP","commissioned":"2026-03-01T08:00:00Z","occurred":"2026-03-01T08:00:00Z","updated":"2026-03-01T08:00:00Z"}`,
		Results: memledger.Results{Reads: []memledger.Read{twin}},
	}
	for _, organisation := range []string{"manufacturer", "carrier"} {
		peer, err := s.Peer(organisation)
		require.NoError(s, err)
		base.By = append(base.By, peer)
	}
	stranger, err := clienttest.New(s.T).Peer("carrier")
	require.NoError(s, err)
	person, err := s.Issue("carrier", "somebody", "client", begin.Add(-time.Hour), begin.AddDate(1, 0, 0))
	require.NoError(s, err)
	list := map[string]struct {
		statement *evidence.Statement
		check     verify.Name
	}{}
	for name, c := range map[string]struct {
		change func(*clienttest.Claim)
		check  verify.Name
	}{
		"signed, that wrote something":           {func(c *clienttest.Claim) { c.Results.Writes = []ledger.Write{{Key: twin.Key, Value: []byte("x")}} }, verify.CheckWrites},
		"signed, that set an event":              {func(c *clienttest.Claim) { c.Results.Event = &memledger.Event{Name: "x"} }, verify.CheckEvent},
		"signed, that read nothing":              {func(c *clienttest.Claim) { c.Results.Reads = nil }, verify.CheckReads},
		"signed, that found nothing":             {func(c *clienttest.Claim) { c.Results.Reads = []memledger.Read{{Key: twin.Key}} }, verify.CheckReads},
		"signed, of another chaincode's state":   {func(c *clienttest.Claim) { c.Foreign = c.Results }, verify.CheckReads},
		"signed, without the definition":         {func(c *clienttest.Claim) { c.Undefined = true }, verify.CheckReads},
		"signed, under another id":               {func(c *clienttest.Claim) { c.Transaction = "00" }, verify.CheckTransaction},
		"signed, by another definition":          {func(c *clienttest.Claim) { c.Version = "0.1" }, verify.CheckVersion},
		"signed, that is a refusal":              {func(c *clienttest.Claim) { c.Status = 500 }, verify.CheckStatus},
		"signed, with a member twice":            {func(c *clienttest.Claim) { c.Request = `{"id":"x",` + c.Request[1:] }, verify.CheckRequest},
		"signed, by a stranger of the same name": {func(c *clienttest.Claim) { c.By = []*clienttest.Identity{c.By[0], stranger} }, verify.CheckCertificate},
		"signed, by a person":                    {func(c *clienttest.Claim) { c.By = []*clienttest.Identity{c.By[0], person} }, verify.CheckUnit},
		"signed, of an update":                   {func(c *clienttest.Claim) { c.Function = api.Capture.FullName() }, verify.CheckFunction},
		"signed, of a private query":             {func(c *clienttest.Claim) { c.Function = api.ReadConfidential.FullName() }, verify.CheckFunction},
		"signed, of a function that is none":     {func(c *clienttest.Claim) { c.Function = "product:Twins" }, verify.CheckFunction},
		"signed, of a page that begins elsewhere": {func(c *clienttest.Claim) {
			c.Function, c.Request, c.Result = api.Organisations.FullName(), `{"bookmark":"\u0000organisation\u0000CarrierMSP\u0000"}`, `{"organisations":[]}`
			c.Results = memledger.Results{Ranges: []memledger.RangeRead{{Prefix: ledger.NewKey("organisation"), Start: ledger.NewKey("organisation", "DarkMSP")}}}
		}, verify.CheckRanges},
		"signed, of a lot's history with one left out": {func(c *clienttest.Claim) {
			c.Function, c.Request = api.LotHistory.FullName(), `{"id":"`+lot+`","organisation":"ManufacturerMSP"}`
			c.Result = `{"id":"` + lot + `","organisation":"ManufacturerMSP","events":1,"entries":[]}`
			c.Results.Reads = []memledger.Read{{Key: ledger.NewKey("account", lot, "ManufacturerMSP"), Version: &memledger.Version{Block: 3}}}
		}, verify.CheckReads},
		"signed, of a list with one left out": {func(c *clienttest.Claim) {
			c.Function, c.Request, c.Result = api.Organisations.FullName(), `{}`, `{"organisations":[]}`
			c.Results = memledger.Results{Ranges: []memledger.RangeRead{{Prefix: ledger.NewKey("organisation"), Reads: []memledger.Read{{Key: ledger.NewKey("organisation", "CarrierMSP"), Version: &memledger.Version{Block: 2}}}}}}
		}, verify.CheckRanges},
	} {
		claim := base
		c.change(&claim)
		made, err := s.State(claim)
		require.NoError(s, err, name)
		list[name] = struct {
			statement *evidence.Statement
			check     verify.Name
		}{made, c.check}
	}
	return list
}
