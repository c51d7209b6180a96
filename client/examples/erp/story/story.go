package story

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/examples/erp"
)

// Tell does all ten tasks, and everything a program does again after a crash twice. It
// fails the test where one does not do what it says.
func Tell(t testing.TB, w World) {
	t.Helper()
	s := &tale{World: w, TB: t, made: time.Now().Add(-time.Hour).UTC().Truncate(time.Second)}
	s.connect()
	s.commission()
	s.watch()
	s.ship()
	s.receive()
	s.recordReadings()
	s.askVerdict()
	s.followBreaches()
	s.releasePrivateData()
	s.attestAndVerify()
	s.surviveADeadGateway()
}

func (s *tale) connect() {
	for user, into := range map[[2]string]**client.Client{
		{"manufacturer", "operator"}: &s.manufacturer, {"manufacturer", "admin"}: &s.admin,
		{"carrier", "operator"}: &s.carrier, {"retailer", "operator"}: &s.retailer,
	} {
		s.once(func(ctx context.Context) (err error) {
			*into, err = erp.Connect(ctx, s.Profile(user[0]), s.MSP(user[0], user[1]))
			return err
		})
		s.Cleanup(func() { require.NoError(s, (*into).Close()) })
	}
	_, err := erp.Connect(s.Context(), s.Profile("manufacturer"), s.MSP("nobody", "operator"))
	require.Error(s, err)
}

func (s *tale) commission() {
	order := erp.ProductionOrder{Number: "PO " + s.Run, GTIN: gtin, Lot: "L" + s.Run, Made: s.made, Expires: s.made.AddDate(2, 0, 0)}
	for i := range 1000 {
		order.Serials = append(order.Serials, s.serial(i))
	}
	group, err := client.NewGroup(s.manufacturer)
	require.NoError(s, err)
	require.NoError(s, erp.Commission(s.Context(), group, order))
	require.NoError(s, erp.Commission(s.Context(), group, order), "again")
	require.NoError(s, group.Close(s.Context()))
	twin, err := s.manufacturer.Twin(s.Context(), s.item(999))
	require.NoError(s, err)
	require.EqualValues(s, 1, twin.Events)
	s.items = []string{s.item(0), s.item(1), s.item(2)}
}

func (s *tale) ship() {
	note := erp.DeliveryNote{Number: "DN/" + s.Run, ReceiverGLN: retailerGLN, Objects: s.items, Left: s.made.Add(50 * time.Minute)}
	var err error
	s.shipment, err = erp.Ship(s.Context(), s.manufacturer, note)
	require.NoError(s, err)
	again, err := erp.Ship(s.Context(), s.manufacturer, note)
	require.NoError(s, err)
	require.Equal(s, s.shipment, again)
}

func (s *tale) receive() {
	var claim string
	for range 2 {
		s.once(func(ctx context.Context) error {
			missing, id, err := erp.Receive(ctx, s.retailer, "R "+s.Run, s.shipment, s.items[:2], s.made.Add(55*time.Minute))
			if err != nil {
				return err
			}
			require.Equal(s, []string{s.items[2][len("https://id.gs1.org"):]}, missing)
			require.NotEmpty(s, id)
			require.True(s, claim == "" || claim == id, "again")
			claim = id
			return nil
		})
	}
	read, err := s.retailer.Discrepancy(s.Context(), claim)
	require.NoError(s, err)
	require.Equal(s, "RetailerMSP", read.Claimant)
}

func (s *tale) attestAndVerify() {
	s.once(func(ctx context.Context) error {
		report, err := erp.AttestAndVerify(ctx, s.retailer, s.items[0], s.TempDir()+"/twin.json", s.Roots, "2 of ManufacturerMSP,RetailerMSP")
		if err != nil {
			return err
		}
		require.True(s, report.Verified(), "%v", report.Checks)
		require.Equal(s, []string{"ManufacturerMSP", "RetailerMSP"}, report.Endorsers)
		return nil
	})
	report, err := erp.AttestAndVerify(s.Context(), s.retailer, s.items[0], s.TempDir()+"/twin.json", s.Roots, "1 of RegulatorMSP")
	require.Error(s, err, "its peer runs no chaincode: %v", report)
}
