package story

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/examples/erp"
	"github.com/countersign-ledger/countersign/client/profiles"
)

// watch has a policy apply to what will be shipped.
func (s *tale) watch() {
	ctx := s.Context()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(s, err)
	s.loggerKey = key
	proven, err := client.ProveDeviceKey(s.logger(), "ManufacturerMSP", key)
	require.NoError(s, err)
	_, err = s.manufacturer.RegisterDevice(ctx, participant.RegisterDeviceRequest{
		ID: s.logger(), PublicKey: proven.PublicKey, Algorithm: proven.Algorithm, Proof: proven.Proof,
		Measures: "Temperature", Unit: "CEL", Accuracy: "0.5", Model: participant.Model{IntervalMs: 600_000},
		CalibratedFrom: s.made.AddDate(0, -1, 0), CalibratedUntil: s.made.AddDate(0, 11, 0),
	})
	require.NoError(s, err)
	profile, _ := profiles.Find("refrigerated-2-8")
	policy := profile.Policy("erp-" + s.Run)
	policy.Hold, policy.Gate = condition.HoldAtSuspicion, condition.GateRecords
	defined, err := s.admin.DefinePolicy(ctx, policy)
	require.NoError(s, err)
	_, err = s.manufacturer.StartWatch(ctx, condition.StartWatchRequest{
		Name: "erp-" + s.Run, Policy: defined.Policy.PolicyRef, Objects: s.items, Devices: []string{s.logger()}, Start: s.made,
	})
	require.NoError(s, err)
}

func (s *tale) logger() string { return "/8004/9521321ERP" + s.Run }

func (s *tale) recordReadings() {
	file := func(celsius ...string) *strings.Reader {
		text := "Time (UTC),Temperature (°C)\n"
		for i, value := range celsius {
			text += s.made.Add(time.Duration(i)*10*time.Minute).Format("2006-01-02 15:04:05") + "," + value + "\n"
		}
		return strings.NewReader(text)
	}
	s.once(func(ctx context.Context) error {
		breaches, err := erp.RecordReadings(ctx, s.carrier, s.logger(), s.loggerKey, file("5.0", "5.5"))
		require.Empty(s, breaches)
		return err
	})
	s.once(func(ctx context.Context) error { // the logger's file has grown
		breaches, err := erp.RecordReadings(ctx, s.carrier, s.logger(), s.loggerKey, file("5.0", "5.5", "45.0", "45.0", "45.0", "44.0"))
		if err != nil {
			return err
		}
		require.Len(s, breaches, 1)
		s.breach = breaches[0]
		return nil
	})
	breaches, err := erp.RecordReadings(s.Context(), s.carrier, s.logger(), s.loggerKey, file("5.0", "5.5", "45.0", "45.0", "45.0", "44.0"))
	require.NoError(s, err)
	require.Empty(s, breaches, "again")
}

func (s *tale) askVerdict() {
	s.once(func(ctx context.Context) error {
		usable, notes, err := erp.AskVerdict(ctx, s.retailer, s.items[0], s.made.Add(50*time.Minute))
		if err != nil {
			return err
		}
		if len(notes) == 0 || !strings.Contains(notes[0], ": broken") {
			return fmt.Errorf("%w: %q", errNotYet, notes)
		}
		require.False(s, usable)
		return nil
	})
	usable, _, err := erp.AskVerdict(s.Context(), s.retailer, s.item(500), s.made.Add(50*time.Minute))
	require.NoError(s, err)
	require.False(s, usable, "nothing is known of how it was kept")
}

func (s *tale) followBreaches() {
	for range 2 {
		s.once(func(ctx context.Context) error {
			if err := erp.FollowBreaches(ctx, s.retailer, s.DB, client.UntilNow()); err != nil {
				return err
			}
			var held bool
			var changes int
			err := s.DB.QueryRowContext(ctx, `SELECT held, changes FROM breach WHERE id = ?`, s.breach).Scan(&held, &changes)
			if err != nil || changes == 0 {
				return fmt.Errorf("%w: %w", errNotYet, err)
			}
			require.True(s, held)
			s.changes = max(s.changes, changes)
			require.Equal(s, s.changes, changes)
			return nil
		})
	}
}
