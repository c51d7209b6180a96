package client_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/disclosure"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/client/examples"
)

// trade has an example acted in a consortium of its own.
func trade(ctx context.Context, example func(context.Context, *examples.Trade) error) (*clienttest.Consortium, error) {
	c, err := clienttest.Start()
	if err != nil {
		return nil, err
	}
	if err := c.Found(ctx,
		participant.Organisation{MSP: "ManufacturerMSP", GLNs: []string{examples.ManufacturerGLN}, Licences: []participant.Licence{{Prefix: "9521321"}}},
		participant.Organisation{MSP: "CarrierMSP", GLNs: []string{examples.CarrierGLN}, Licences: []participant.Licence{{Prefix: "9521987"}}},
		participant.Organisation{MSP: "RetailerMSP", GLNs: []string{examples.RetailerGLN}, Licences: []participant.Licence{{Prefix: "9521555"}}},
	); err != nil {
		return nil, err
	}
	person, err := c.User("manufacturer", "quality")
	if err != nil {
		return nil, err
	}
	t := &examples.Trade{Signatory: client.Signatory{Certificate: person.Certificate, Key: person.Key}, Run: 1, Out: &bytes.Buffer{}}
	for _, who := range []struct {
		client             **client.Client
		organisation, user string
	}{
		{&t.Manufacturer, "manufacturer", "operator"},
		{&t.Carrier, "carrier", "operator"},
		{&t.Retailer, "retailer", "operator"},
		{&t.Admin, "manufacturer", "admin"},
		{&t.Quality, "manufacturer", "quality"},
	} {
		connected, err := c.Connect(ctx, who.organisation, who.user)
		if err != nil {
			return nil, err
		}
		defer connected.Close() //nolint:errcheck // there is no connection behind it
		*who.client = connected
	}
	return c, example(ctx, t)
}

// acted has an example acted, and returns a client that follows what it did.
func acted(t *testing.T, example func(context.Context, *examples.Trade) error) *client.Client {
	t.Helper()
	c, err := trade(t.Context(), example)
	require.NoError(t, err)
	return c.Client(t, "regulator", "auditor")
}

func TestBreachesAreFollowedStepByStep(t *testing.T) {
	regulator := acted(t, examples.ReleaseBreach)
	items := all(t, regulator.FollowBreaches(client.UntilNow()))
	require.Len(t, items, 4)
	var steps []condition.Step
	for i, item := range items {
		require.Equal(t, i == 0, item.Record.Opened())
		require.Equal(t, items[0].Record.ID, item.Record.ID)
		steps = append(steps, item.Record.Became...)
	}
	var queried []condition.Step
	for step, err := range regulator.BreachSteps(t.Context(), items[0].Record.ID) {
		require.NoError(t, err)
		queried = append(queried, step)
	}
	require.Equal(t, queried, steps)
	breach, err := regulator.Breach(t.Context(), items[0].Record.ID)
	require.NoError(t, err)
	require.Equal(t, breach.Breach, items[3].Record.Breach, "the last is what a query answers")

	affected := all(t, regulator.FollowAffected(client.UntilNow()))
	require.Len(t, affected, 1)
	require.Equal(t, breach.ID, affected[0].Record.Breach)
	require.Len(t, affected[0].Record.Objects, 1)
	object := affected[0].Record.Objects[0]
	require.Len(t, all(t, regulator.FollowBreaches(client.About(object), client.UntilNow())), 1, "the transaction that found the object affected")
	require.Len(t, all(t, regulator.FollowBreaches(client.By("CarrierMSP"), client.UntilNow())), 4, "who recorded it is a party to all of it")
	require.Empty(t, all(t, regulator.FollowBreaches(client.By("RetailerMSP"), client.UntilNow())))

	mixed := all(t, regulator.Follow(client.UntilNow()))
	kinds := map[client.Kind]int{}
	for _, item := range mixed {
		kinds[item.Kind]++
	}
	require.Equal(t, 4, kinds[client.KindBreach])
	require.Equal(t, 1, kinds[client.KindAffected])
	made := all(t, regulator.FollowEvents(client.UntilNow(), client.By("CarrierMSP", "ManufacturerMSP")))
	require.Len(t, made, kinds[client.KindEvent])
	ledgerMade := 0
	for _, item := range made {
		if item.Record.LedgerMade {
			ledgerMade++
		}
	}
	require.Positive(t, ledgerMade, "holds are events that the ledger makes")
}

func TestDiscrepanciesAreFollowedFromClaimToAgreement(t *testing.T) {
	regulator := acted(t, examples.ReceiveWithShortage)
	items := all(t, regulator.FollowDiscrepancies(client.UntilNow()))
	require.Len(t, items, 2)
	require.EqualValues(t, "claimed", items[0].Record.Standing)
	require.EqualValues(t, "agreed", items[1].Record.Standing)
	read, err := regulator.Discrepancy(t.Context(), items[0].Record.ID)
	require.NoError(t, err)
	require.Equal(t, read, items[1].Record)
	require.Len(t, all(t, regulator.FollowDiscrepancies(client.About(items[0].Record.Objects[0]), client.By("RetailerMSP"), client.UntilNow())), 2)
	require.Empty(t, all(t, regulator.FollowDiscrepancies(client.By("CarrierMSP"), client.UntilNow())))
}

func TestRecallsAreFollowedWithTheirAnswers(t *testing.T) {
	regulator := acted(t, examples.RecallLot)
	first := all(t, regulator.FollowRecalls(client.UntilNow()))
	require.NotEmpty(t, first)
	begun := first[0].Record
	require.NotNil(t, begun.Recall)
	require.Equal(t, "ManufacturerMSP", begun.By)
	require.Len(t, begun.Subjects, begun.Recall.Subjects)
	items := all(t, regulator.FollowRecalls(client.From(first[0].Checkpoint), client.UntilNow()))
	answer, ended := items[0].Record, items[len(items)-1].Record
	require.NotNil(t, answer.Acknowledgement)
	require.Equal(t, "RetailerMSP", answer.Acknowledgement.MSP)
	require.NotNil(t, ended.Recall.Ended)
	require.Equal(t, begun.Subjects, ended.Subjects)
	require.Len(t, all(t, regulator.FollowRecalls(client.About(begun.Subjects[0]), client.UntilNow())), 2)
	require.Len(t, all(t, regulator.FollowRecalls(client.By("RetailerMSP"), client.UntilNow())), len(items)-1)
	require.Empty(t, all(t, regulator.FollowDisclosures(client.UntilNow())), "answers to recalls share a word with those to deliveries")
}

func TestDisclosuresAreFollowedAsFarAsTheyArePublic(t *testing.T) {
	c := founded(t)
	draft := sharedTerms(t, c)
	request := delivered(t, c, draft, "audit-1", "RegulatorMSP", "/price")
	regulator := c.Client(t, "regulator", "auditor")
	items := all(t, regulator.FollowDisclosures(client.UntilNow()))
	var became []string
	for _, item := range items {
		require.Equal(t, request, item.Record.Request)
		require.Equal(t, item.Transaction, item.Record.Act().Transaction)
		became = append(became, stepOf(item.Record))
	}
	require.ElementsMatch(t, []string{"asked", "vote"}, became[:2])
	require.Equal(t, "delivered", became[len(became)-1])
	require.NotEmpty(t, all(t, regulator.FollowDisclosures(client.By("RegulatorMSP"), client.UntilNow())))
	require.Empty(t, all(t, regulator.FollowRecalls(client.UntilNow())))
	for _, item := range items {
		require.NotContains(t, []any{item.Record}, "12.50")
	}
}

func stepOf(c *disclosure.Change) string {
	switch {
	case c.Asked != nil:
		return "asked"
	case c.Vote != nil:
		return "vote"
	case c.Delivered != nil:
		return "delivered"
	}
	return "other"
}
