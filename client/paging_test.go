package client_test

import (
	"context"
	"net/http"
	"reflect"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/gateway"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/client"
)

// paged are the queries that answer in pages, and the client's iterators over them.
var paged = map[string][]string{
	"condition:Affected":              {"Affected"},
	"condition:Breaches":              {"Breaches"},
	"condition:DeviceVerdicts":        {"DeviceVerdicts", "GatewayVerdicts"},
	"condition:OpenBreaches":          {"OpenBreaches"},
	"condition:Runs":                  {"Runs"},
	"condition:Steps":                 {"BreachSteps"},
	"confidential:LegalHoldSteps":     {"LegalHoldSteps"},
	"confidential:Records":            {"RecordsAbout", "RecordsOf"},
	"disclosure:Requests":             {"DisclosuresBy", "DisclosuresOfRecord", "DisclosuresTo"},
	"participant:Calibrations":        {"Calibrations"},
	"participant:Delegations":         {"DelegationsBy", "DelegationsTo"},
	"participant:DeviceHistory":       {"DeviceHistory"},
	"participant:Devices":             {"DevicesOf", "VouchedBy"},
	"participant:Organisations":       {"Organisations"},
	"participant:RevokedCertificates": {"RevokedCertificates"},
	"product:Contents":                {"Attached", "Contents"},
	"product:Declarations":            {"Declarations"},
	"product:Documents":               {"Documents"},
	"product:Flags":                   {"Flags"},
	"product:History":                 {"History", "HistoryFrom"},
	"product:Holdings":                {"Holdings"},
	"product:Lot":                     {"LotAccounts"},
	"product:LotHistory":              {"LotHistory"},
	"product:LotHolds":                {"LotHolds"},
	"product:RecallScope":             {"RecallScope"},
	"product:RecallStatus":            {"Acknowledgements"},
	"product:Recalls":                 {"Recalls"},
	"product:Suspicions":              {"Suspicions"},
	"product:TagReadings":             {"TagReadings"},
	"product:TraceBack":               {"TraceBack"},
	"product:TraceForward":            {"TraceForward"},
	"product:Witnesses":               {"Witnesses"},
	"shipment:Discrepancies":          {"Discrepancies", "ListDiscrepancies"},
	"shipment:Offers":                 {"ShippedFrom", "ShippedTo"},
	"shipment:Shipment":               {"Shipped"},
}

// bounded are the lists in answers that are no pages, with what keeps each short: a
// limit when it is written, or that it stands in one record of 10 KB.
var bounded = map[string]string{
	"disclosure:Received.Fields":             "one private record",
	"confidential:Record.Published":          "one record",
	"condition:Breach.Decided":               "one record",
	"condition:Breach.Disputers":             "condition.MaxDisputers",
	"condition:Breach.Rules":                 "those of one policy",
	"condition:Breach.Submitters":            "16, then another breach is opened",
	"condition:Decision.Statement":           "one record",
	"condition:Object.Policies":              "condition.MaxApplied",
	"condition:Permits.Permits":              "product.MaxPermits",
	"condition:Policy.Terms":                 "evaluation.MaxBands",
	"condition:Watch.AtEnd":                  "one record",
	"condition:Watch.Devices":                "condition.MaxDevices",
	"condition:Watch.Lanes":                  "condition.MaxDevices",
	"condition:Watch.Lots":                   "condition.MaxLots",
	"condition:Watch.Objects":                "condition.MaxObjects",
	"condition:Watch.Reasons":                "those of condition.MaxDevices lanes",
	"condition:Watch.Terms":                  "evaluation.MaxBands",
	"confidential:Read.Content":              "one private record",
	"confidential:Read.Manifest":             "one record",
	"confidential:Record.Holds":              "one an organisation",
	"disclosure:SignedRequest.Statement":     "one record",
	"disclosure:Status.Erasure":              "one record",
	"disclosure:Status.Fields":               "one record",
	"disclosure:Status.Missing":              "one an organisation",
	"disclosure:Status.Voters":               "one an organisation",
	"disclosure:Status.Votes":                "one an organisation",
	"participant:Device.Suspensions":         "one record",
	"participant:Organisation.Divided":       "one record",
	"participant:Organisation.GLNs":          "one record",
	"participant:Organisation.IdentityRoots": "one record",
	"participant:Organisation.Licences":      "one record",
	"participant:Organisation.Roles":         "one record",
	"participant:Party.Organisation":         "one record",
	"participant:Proposal.Organisations":     "participant.MaxOrganisations",
	"participant:Proposal.Votes":             "one an organisation, ledger.MaxScan at most",
	"product:Event.Declarations":             "product.MaxDeclarations",
	"product:Event.Record":                   "one record",
	"product:Tag.Earlier":                    "product.MaxTags",
	"product:Twin.Holds":                     "product.MaxHolds",
	"product:Twin.Inferred":                  "one word a kind of fact",
	"product:Twin.PersistentDisposition":     "one record",
	"product:Twin.Recalls":                   "product.MaxRecalls",
	"product:Twin.Seals":                     "one record",
	"product:Twin.Suspicions":                "product.MaxSuspicions",
	"product:Twin.Through":                   "product.MaxDepth",
	"product:TwinAsOf.Inferred":              "one word a kind of fact",
	"product:TwinAsOf.PersistentDisposition": "one record",
	"product:TwinAsOf.Through":               "product.MaxDepth",
	"shipment:Discrepancy.Documents":         "shipment.MaxDocuments",
	"shipment:Discrepancy.Objects":           "shipment.MaxClaimed",
	"shipment:Discrepancy.Said":              "one record",
	"version:Versions.Speaks":                "the versions of this chaincode",
}

// lists tells whether a type has a list in it.
func lists(t reflect.Type, above map[reflect.Type]bool) bool {
	switch t.Kind() {
	case reflect.Pointer:
		return lists(t.Elem(), above)
	case reflect.Map:
		return true
	case reflect.Slice:
		return t.Elem().Kind() != reflect.Uint8
	case reflect.Struct:
		if above[t] || t == reflect.TypeFor[time.Time]() {
			return false
		}
		above[t] = true
		defer delete(above, t)
		for i := range t.NumField() {
			if t.Field(i).IsExported() && lists(t.Field(i).Type, above) {
				return true
			}
		}
	}
	return false
}

// listed are the members of an answer that have lists, those of embedded types as its
// own.
func listed(t reflect.Type) (names []string) {
	for _, f := range reflect.VisibleFields(t) {
		if f.IsExported() && !f.Anonymous && lists(f.Type, map[reflect.Type]bool{}) {
			names = append(names, f.Name)
		}
	}
	return names
}

func TestNoAnswerIsAsLongAsTheLedger(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range api.Functions() {
		if f.Kind != api.Query && f.Kind != api.PrivateQuery {
			continue
		}
		_, size := f.Request().FieldByName("Size")
		_, bookmark := f.Response().FieldByName("Bookmark")
		_, next := f.Response().FieldByName("Next")
		_, length := f.Response().FieldByName("Length")
		if size {
			require.True(t, bookmark || next || length, "%s has a size, and does not say where the next page is", f.FullName())
			require.Contains(t, paged, f.FullName(), "an iterator is missing")
			seen[f.FullName()] = true
			continue
		}
		require.False(t, bookmark || next, "%s has a next page, and no size", f.FullName())
		for _, name := range listed(f.Response()) {
			member := f.FullName() + "." + name
			require.Contains(t, bounded, member, "it is a page, or something keeps it short")
			seen[member] = true
		}
	}
	for name := range paged {
		require.Contains(t, seen, name, "there is no such page any more")
	}
	for name := range bounded {
		require.Contains(t, seen, name, "there is no such list any more")
	}
}

func TestEveryPageHasAnIterator(t *testing.T) {
	c := reflect.TypeFor[*client.Client]()
	failure := reflect.TypeFor[error]()
	for function, names := range paged {
		for _, name := range names {
			method, found := c.MethodByName(name)
			require.True(t, found, "%s: the client has no %s", function, name)
			require.Equal(t, 1, method.Type.NumOut(), name)
			all := method.Type.Out(0) // func(yield func(T, error) bool)
			require.Equal(t, reflect.Func, all.Kind(), name)
			yield := all.In(0)
			require.Equal(t, 2, yield.NumIn(), name)
			require.True(t, yield.In(1).Implements(failure), name)
		}
	}
}

// endless is a connection to a peer that gives out the same page for ever.
type endless struct {
	grpc.ClientConnInterface
	lies  atomic.Bool
	pages atomic.Int32
}

func (r *endless) Invoke(ctx context.Context, method string, args, reply any, options ...grpc.CallOption) error {
	if !r.lies.Load() {
		return r.ClientConnInterface.Invoke(ctx, method, args, reply, options...)
	}
	r.pages.Add(1)
	reply.(*gateway.EvaluateResponse).Result = &peer.Response{Status: http.StatusOK, Payload: []byte(`{"devices":[],"bookmark":"again"}`)}
	return nil
}

func TestAPeerCannotMakeAListEndless(t *testing.T) {
	c := founded(t)
	connection, err := c.Connection("manufacturer")
	require.NoError(t, err)
	lying := &endless{ClientConnInterface: connection}
	operator := c.Client(t, "manufacturer", "operator", client.WithClientConnection(lying))
	lying.lies.Store(true)
	for _, failure := range operator.DevicesOf(t.Context(), "ManufacturerMSP") {
		require.Error(t, failure)
		err = failure
	}
	require.ErrorContains(t, err, "same page")
	require.Equal(t, int32(2), lying.pages.Load())
}
