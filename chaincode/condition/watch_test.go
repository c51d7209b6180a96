package condition_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

func TestAPolicyNeverChanges(t *testing.T) {
	w := newWorld(t)
	w.definePolicy(nil)
	define := func(who person, change func(*condition.DefinePolicyRequest)) error {
		req := condition.DefinePolicyRequest{Name: policyName, Version: 1, Terms: vaccine(w), Consequences: held()}
		change(&req)
		_, err := call(w, who, condition.DefinePolicy, req)
		return err
	}
	quality := w.as(maker, ledger.RoleQuality)
	require.ErrorIs(t, define(quality, func(*condition.DefinePolicyRequest) {}), fault.AlreadyRecorded)
	require.ErrorIs(t, define(quality, func(r *condition.DefinePolicyRequest) { r.Hold = condition.HoldNever }), fault.AlreadyExists)
	require.ErrorIs(t, define(quality, func(r *condition.DefinePolicyRequest) { r.Version = 3 }), fault.OutOfSequence)
	require.ErrorIs(t, define(quality, func(r *condition.DefinePolicyRequest) { r.Version = 0 }), fault.OutOfSequence)
	require.NoError(t, define(w.as(carrier, ledger.RoleQuality), func(r *condition.DefinePolicyRequest) { r.Hold = condition.HoldNever }), "another organisation's policy of that name is another")
	require.ErrorIs(t, define(w.as(maker, ledger.RoleOperator), func(r *condition.DefinePolicyRequest) { r.Version = 2 }), fault.RoleRequired)
	require.NoError(t, define(quality, func(r *condition.DefinePolicyRequest) { r.Version, r.Terms.LargestGapMs = 2, 5 }))

	first, err := ask(w, condition.ReadPolicy, condition.PolicyRef{ID: policyID, Version: 1})
	require.NoError(t, err)
	require.Equal(t, vaccine(t), first.Terms)
	_, err = ask(w, condition.ReadPolicy, condition.PolicyRef{ID: policyID, Version: 3})
	require.ErrorIs(t, err, fault.NotFound)
}

func TestTermsThatJudgeNothingAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*condition.DefinePolicyRequest)
		at     string
	}{
		"no limit":          {func(r *condition.DefinePolicyRequest) { r.Terms.Bands[0].Lower, r.Terms.Bands[0].Upper = nil, nil }, "/terms/bands/0/upper"},
		"crossed limits":    {func(r *condition.DefinePolicyRequest) { r.Terms.Bands[0].Lower = amount(t, "8.000000001") }, "/terms/bands/0/upper"},
		"a limit too large": {func(r *condition.DefinePolicyRequest) { *r.Terms.Bands[0].Upper += 4e18 }, "/terms/bands/0/upper"},
		"no rule": {func(r *condition.DefinePolicyRequest) {
			r.Terms.Bands[0].LongestExcursionMs, r.Terms.Bands[0].AllowanceMs = nil, nil
		}, "/terms/bands/0/longestExcursionMs"},
		"negative":             {func(r *condition.DefinePolicyRequest) { r.Terms.Bands[0].AllowanceMs = ms(-1) }, "/terms/bands/0/allowanceMs"},
		"too long":             {func(r *condition.DefinePolicyRequest) { r.Terms.Bands[0].LongestExcursionMs = ms(1 << 62) }, "/terms/bands/0/longestExcursionMs"},
		"no gap":               {func(r *condition.DefinePolicyRequest) { r.Terms.LargestGapMs = 0 }, "/terms/largestGapMs"},
		"curves":               {func(r *condition.DefinePolicyRequest) { r.Terms.Between = "spline" }, "/terms/between"},
		"no measurement":       {func(r *condition.DefinePolicyRequest) { r.Terms.Measurement = "" }, "/terms/measurement"},
		"no unit":              {func(r *condition.DefinePolicyRequest) { r.Terms.Unit = "" }, "/terms/unit"},
		"a unit by name":       {func(r *condition.DefinePolicyRequest) { r.Terms.Unit = "C" }, "/terms/unit"},
		"no name":              {func(r *condition.DefinePolicyRequest) { r.Name = "" }, "/name"},
		"a name with an owner": {func(r *condition.DefinePolicyRequest) { r.Name = carrier + "/x" }, "/name"},
		"no consequence":       {func(r *condition.DefinePolicyRequest) { r.Hold = "" }, "/hold"},
		"a gate that opens":    {func(r *condition.DefinePolicyRequest) { r.Gate = "open" }, "/gate"},
		"endless dispute":      {func(r *condition.DefinePolicyRequest) { r.DisputeMs = 1 << 60 }, "/disputeMs"},
		"confirmed by none":    {func(r *condition.DefinePolicyRequest) { r.Confirm = &condition.Confirm{} }, "/confirm"},
		"confirmed by one":     {func(r *condition.DefinePolicyRequest) { r.Confirm = &condition.Confirm{Devices: 1} }, "/confirm/devices"},
		"too many devices":     {func(r *condition.DefinePolicyRequest) { r.Devices = &condition.DeviceTerms{Count: 17} }, "/devices/count"},
		"a long story":         {func(r *condition.DefinePolicyRequest) { r.Description = string(make([]byte, 1001)) }, "/description"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			req := condition.DefinePolicyRequest{Name: policyName, Version: 1, Terms: vaccine(t), Consequences: held()}
			c.change(&req)
			_, err := call(w, w.as(maker, ledger.RoleQuality), condition.DefinePolicy, req)
			require.Error(t, err)
			require.Equal(t, c.at, fault.Of(err).Field)
		})
	}
}

func TestAWatchIsStartedByTheCustodianWithItsOwnDevices(t *testing.T) {
	good := func(r *condition.StartWatchRequest) {}
	for name, c := range map[string]struct {
		who    [2]string
		twins  func(*product.Twin)
		change func(*condition.StartWatchRequest)
		want   error
	}{
		"as it should be":    {[2]string{maker, ledger.RoleOperator}, nil, good, nil},
		"by another":         {[2]string{carrier, ledger.RoleOperator}, nil, good, fault.NotCustodian},
		"by a gateway":       {[2]string{maker, ledger.RoleGateway}, nil, good, fault.RoleRequired},
		"by a reader":        {[2]string{reader, ledger.RoleOperator}, nil, good, fault.ReaderOnly},
		"ended objects":      {[2]string{maker, ledger.RoleOperator}, func(t *product.Twin) { t.State = product.Ended }, good, fault.ObjectEnded},
		"no policy":          {[2]string{maker, ledger.RoleOperator}, nil, func(r *condition.StartWatchRequest) { r.Policy.Version = 2 }, fault.NotFound},
		"no objects":         {[2]string{maker, ledger.RoleOperator}, nil, func(r *condition.StartWatchRequest) { r.Objects = nil }, fault.LimitExceeded},
		"too many objects":   {[2]string{maker, ledger.RoleOperator}, nil, func(r *condition.StartWatchRequest) { r.Objects = make([]string, 1001) }, fault.LimitExceeded},
		"an object twice":    {[2]string{maker, ledger.RoleOperator}, nil, func(r *condition.StartWatchRequest) { r.Objects = append(r.Objects, r.Objects[0]) }, fault.InvalidRequest},
		"an unknown object":  {[2]string{maker, ledger.RoleOperator}, nil, func(r *condition.StartWatchRequest) { r.Objects[1] = object(99) }, fault.NotFound},
		"not an object":      {[2]string{maker, ledger.RoleOperator}, nil, func(r *condition.StartWatchRequest) { r.Objects[1] = "x" }, fault.InvalidIdentifier},
		"no devices":         {[2]string{maker, ledger.RoleOperator}, nil, func(r *condition.StartWatchRequest) { r.Devices = nil }, fault.LimitExceeded},
		"an unknown device":  {[2]string{maker, ledger.RoleOperator}, nil, func(r *condition.StartWatchRequest) { r.Devices[0] += "X" }, fault.NotFound},
		"a device twice":     {[2]string{maker, ledger.RoleOperator}, nil, func(r *condition.StartWatchRequest) { r.Devices = append(r.Devices, r.Devices[0]) }, fault.InvalidRequest},
		"a bad id":           {[2]string{maker, ledger.RoleOperator}, nil, func(r *condition.StartWatchRequest) { r.Name = "a~b" }, fault.InvalidRequest},
		"far ahead":          {[2]string{maker, ledger.RoleOperator}, nil, func(r *condition.StartWatchRequest) { r.Start = origin.Add(15*time.Minute + time.Millisecond) }, fault.TimeAhead},
		"before time itself": {[2]string{maker, ledger.RoleOperator}, nil, func(r *condition.StartWatchRequest) { r.Start = time.Unix(-1, 0).UTC() }, fault.InvalidRequest},
		"objects of several owners": {[2]string{maker, ledger.RoleOperator}, func(t *product.Twin) {
			if t.ID == object(1) {
				t.Owner = carrier
			}
		}, good, fault.Unsupported},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.definePolicy(nil)
			req := condition.StartWatchRequest{
				Name: watchName, Policy: condition.PolicyRef{ID: policyID, Version: 1}, Objects: w.commission(2, c.twins), Devices: []string{deviceID},
			}
			c.change(&req)
			_, err := call(w, w.as(c.who[0], c.who[1]), condition.StartWatch, req)
			if c.want == nil {
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, err, c.want)
			}
		})
	}
}

func TestADeviceThatCannotServeIsRefused(t *testing.T) {
	w := newWorld(t)
	w.definePolicy(func(r *condition.DefinePolicyRequest) { r.Terms.Unit = "P1" })
	objects := w.commission(1, nil)
	_, err := w.startWatch(watchName, objects)
	require.ErrorIs(t, err, fault.Unsupported)

	w = newWorld(t)
	w.definePolicy(nil)
	_, err = call(w, w.as(maker, ledger.RoleAdmin), participant.RevokeDevice, participant.RevokeDeviceRequest{ID: deviceID, Reason: "broken"})
	require.NoError(t, err)
	_, err = w.startWatch(watchName, w.commission(1, nil))
	require.ErrorIs(t, err, fault.DeviceUnfit)
}

func TestAWatchIdIsTakenOnce(t *testing.T) {
	w := watching(t)
	_, err := w.startWatch(watchName, []string{object(0)})
	require.ErrorIs(t, err, fault.AlreadyExists)
}

func TestAWatchStartsNoEarlierThanReadingsItHasNotSeen(t *testing.T) {
	w := watching(t)
	w.record(0, 50, 5, 90)
	_, err := w.startWatch("late", []string{object(0)})
	require.ErrorIs(t, err, fault.OutOfSequence)

	start := func(id string, minute int) {
		_, err := call(w, w.as(maker, ledger.RoleOperator), condition.StartWatch, condition.StartWatchRequest{
			Name: id, Policy: condition.PolicyRef{ID: policyID, Version: 1}, Objects: []string{object(0)}, Devices: []string{deviceID},
			Start: origin.Add(time.Duration(minute) * time.Minute),
		})
		require.NoError(t, err)
	}
	start("late", 7)
	w.record(10, 70)
	late, err := ask(w, condition.ReadWatch, condition.ReadWatchRequest{ID: maker + "/late"})
	require.NoError(t, err)
	require.Equal(t, evaluation.Kept, late.Verdict)
	require.Equal(t, int64(minute/2), late.Lanes[0].Bands[0].OutMs, "the reading before the start still begins the first stretch: 9 at 5, 8 at 7.5")
	require.Equal(t, uint64(1), late.Lanes[0].Readings)
}

func TestADeviceFeedsAFewWatches(t *testing.T) {
	w := watching(t)
	for i := range condition.MaxFeeds - 1 {
		_, err := w.startWatch("more-"+strconv.Itoa(i), []string{object(0)})
		require.NoError(t, err)
	}
	_, err := w.startWatch("one-too-many", []string{object(0)})
	require.ErrorIs(t, err, fault.LimitExceeded)
	resp := w.record(0, 90, 10, 90, 20, 50)
	require.Len(t, resp.Lanes, condition.MaxFeeds)
	require.Equal(t, condition.MaxFeeds, w.twin(object(0)).Holds, "each watch has its own breach and hold")
	require.Equal(t, 1, w.twin(object(1)).Holds)

	w.endWatch(20)
	_, err = call(w, w.as(maker, ledger.RoleOperator), condition.StartWatch, condition.StartWatchRequest{
		Name: "after", Policy: condition.PolicyRef{ID: policyID, Version: 1}, Objects: []string{object(0)}, Devices: []string{deviceID},
	})
	require.NoError(t, err, "a watch that is complete takes no place")
}

func (w *world) endWatch(minute int) {
	w.Helper()
	_, err := call(w, w.as(maker, ledger.RoleOperator), condition.EndWatch, condition.EndWatchRequest{
		ID: watchID, End: origin.Add(time.Duration(minute) * time.Minute),
	})
	require.NoError(w, err)
}

func TestAnEndedWatchWaitsForTheReadingsUpToItsEnd(t *testing.T) {
	w := watching(t)
	w.record(0, 50, 10, 50)
	w.now = origin.Add(40 * time.Minute)
	w.endWatch(40)
	require.Equal(t, evaluation.Undetermined, w.watch().Verdict, "withholding the last recording hides nothing")
	w.record(20, 90, 30, 90)
	require.Equal(t, evaluation.Broken, w.watch().Verdict, "read after delivery")

	kept := watching(t)
	kept.record(0, 50, 10, 50)
	kept.now = origin.Add(30 * time.Minute)
	kept.endWatch(30)
	require.Len(t, kept.record(20, 50).Lanes, 1)
	require.Equal(t, evaluation.Kept, kept.watch().Verdict)
	require.Len(t, kept.record(30, 50, 31, 99).Lanes, 1)
	require.Equal(t, evaluation.Kept, kept.watch().Verdict, "what comes after the end is another's affair")
	require.Empty(t, kept.record(40, 99, 60, 99).Lanes)
	require.Equal(t, "2026-03-01T08:30:00.000Z", kept.watch().AsOf.String())
}

func TestWhoMayEndAWatchAndWhen(t *testing.T) {
	w := watching(t)
	w.record(0, 50, 10, 50)
	end := func(who person, at time.Time) error {
		_, err := call(w, who, condition.EndWatch, condition.EndWatchRequest{ID: watchID, End: at})
		return err
	}
	owner := w.as(maker, ledger.RoleQuality)
	require.ErrorIs(t, end(w.as(carrier, ledger.RoleOperator), w.now), fault.NotCustodian)
	require.ErrorIs(t, end(w.as(maker, ledger.RoleGateway), w.now), fault.RoleRequired)
	require.ErrorIs(t, end(owner, w.now.Add(16*time.Minute)), fault.TimeAhead)
	require.ErrorIs(t, end(owner, origin.Add(-time.Second)), fault.InvalidRequest)
	require.ErrorIs(t, end(owner, origin.Add(9*time.Minute)), fault.OutOfSequence)
	require.NoError(t, end(owner, time.Time{}))
	require.ErrorIs(t, end(owner, time.Time{}), fault.Closed)
	_, err := call(w, owner, condition.EndWatch, condition.EndWatchRequest{ID: "none"})
	require.ErrorIs(t, err, fault.NotFound)

	received := newWorld(t)
	received.definePolicy(nil)
	_, err = received.startWatch(watchName, received.commission(2, nil))
	require.NoError(t, err)
	received.must(received.as(maker, ledger.RoleOperator), func(tx *ledger.Tx) error {
		for i := range 2 {
			twin := *received.twin(object(i))
			twin.Custodian = carrier
			if err := ledger.Store(tx, product.TwinKey(twin.ID), twin); err != nil {
				return err
			}
		}
		return nil
	})
	_, err = call(received, received.as(carrier, ledger.RoleOperator), condition.EndWatch, condition.EndWatchRequest{ID: watchID})
	require.NoError(t, err, "who has received all objects ends the watch")
}

// The readings of an excursion are in the logger, and the custodian knows it: it
// would end the watch just before.
func TestWhoHasTheObjectsCannotEndTheirWatchInThePast(t *testing.T) {
	w := watching(t)
	w.record(0, 50, 10, 50)
	w.now = origin.Add(60 * time.Minute)
	end := func(minute int) error {
		_, err := call(w, w.as(maker, ledger.RoleOperator), condition.EndWatch, condition.EndWatchRequest{
			ID: watchID, End: origin.Add(time.Duration(minute) * time.Minute),
		})
		return err
	}
	require.ErrorIs(t, end(20), fault.OutOfSequence)
	require.NoError(t, end(50), "clocks differ")
	w.record(20, 90, 30, 90, 40, 90, 50, 90)
	require.Equal(t, evaluation.Broken, w.watch().Verdict)
}

func TestTheLargestWatchIsHeldAndReleasedInTwoTransactions(t *testing.T) {
	w := newWorld(t)
	w.definePolicy(nil)
	_, err := w.startWatch(watchName, w.commission(condition.MaxObjects, nil))
	require.NoError(t, err)
	id := w.record(0, 90, 10, 90, 20, 50).Lanes[0].Breach
	spread := func() condition.SpreadBreachResponse {
		resp, err := call(w, w.as(carrier, ledger.RoleOperator), condition.SpreadBreach, condition.SpreadBreachRequest{Breach: id})
		require.NoError(t, err)
		return resp
	}
	require.Empty(t, w.holds(object(condition.MaxObjects-1)))
	require.Equal(t, condition.SpreadBreachResponse{Breach: id, Done: true, Affected: condition.MaxObjects, Placed: condition.MaxSpread}, spread())
	require.Equal(t, id, w.holds(object(condition.MaxObjects - 1))[0].ID)
	resp, err := w.decide(w.as(maker, ledger.RoleQuality), w.statement(id, condition.Release), nil)
	require.NoError(t, err)
	require.Equal(t, condition.MaxObjects/2, resp.Released)
	require.Equal(t, condition.MaxObjects/2, spread().Released)
	require.Zero(t, w.twin(object(condition.MaxObjects-1)).Holds)
	require.Len(t, w.watch().Objects, condition.MaxObjects)
}

func TestConcurrentStartAndRecordingConflict(t *testing.T) {
	// Two transactions simulated over the same state: a recording that was
	// evaluated without a watch must not commit after the watch has begun.
	w := newWorld(t)
	w.definePolicy(nil)
	objects := w.commission(1, nil)
	recording := w.seal(readings(0, 50), nil)

	start := w.ledger.Simulate(memledger.Proposal{Time: w.now, Caller: w.as(maker, ledger.RoleOperator).Caller}, maker)
	tx := ledger.Begin(start)
	_, err := condition.StartWatch(tx, condition.StartWatchRequest{
		Name: watchName, Policy: condition.PolicyRef{ID: policyID, Version: 1}, Objects: objects, Devices: []string{deviceID}, Start: origin,
	})
	require.NoError(t, err)
	require.NoError(t, tx.Flush())

	record := w.ledger.Simulate(w.proposal(recording.Bytes()), maker)
	tx = ledger.Begin(record)
	_, err = condition.Record(tx, condition.RecordRequest{})
	require.NoError(t, err)
	require.NoError(t, tx.Flush())

	codes := w.ledger.Commit(
		memledger.Transaction{ID: start.Info().ID, Results: start.Results()},
		memledger.Transaction{ID: record.Info().ID, Results: record.Results()},
	)
	require.Equal(t, memledger.Valid, codes[0])
	require.NotEqual(t, memledger.Valid, codes[1])
}
