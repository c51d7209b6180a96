package condition_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// However many recordings a watch has, what an object saw of it is found by halving.
func TestWhatAnObjectSufferedIsFoundInFewReads(t *testing.T) {
	r := onRoute(t, nil)
	r.say(Manufacturer, 0, Commission(item, box))
	r.watch(Manufacturer, "m", 0, 0, []string{box}, Manufacturer)
	r.say(Manufacturer, 0, Pack(box, item))
	for i := range int64(400) {
		if i == 200 {
			r.say(Manufacturer, 1995, Unpack(box))
		}
		r.log(Manufacturer, square(10*i, 10*i, 500, 520)...)
	}
	sim := r.As(Regulator, ledger.RoleAuditor).Simulate()
	found, err := condition.ReadObject(ledger.BeginQuery(sim), condition.ReadObjectRequest{Object: item})
	require.NoError(t, err)
	require.Equal(t, "25", r.minutes(found.Policies[0].Bands[0].OutMs))
	require.Less(t, len(sim.Results().Reads), 260, "the runs of its time at most once, for the longest excursion")

	sim = r.As(Regulator, ledger.RoleAuditor).Simulate()
	found, err = condition.ReadObject(ledger.BeginQuery(sim), condition.ReadObjectRequest{Object: item, From: r.at(1000)})
	require.NoError(t, err)
	require.Zero(t, found.Policies[0].Bands[0].OutMs)
	require.Less(t, len(sim.Results().Reads), 60, "no excursion in its time: only the runs at its ends")
}

// A custodian who starts and ends watch after watch keeps nobody from asking how
// an object was kept.
func TestManyWatchesKeepNobodyFromAsking(t *testing.T) {
	r := onRoute(t, nil)
	r.say(Manufacturer, 0, Commission(item))
	for i := range 800 {
		name := "w" + ledger.Number(uint64(i))
		r.watch(Manufacturer, name, 0, 1, []string{item}, Manufacturer)
		if i%15 == 14 { // the device lets go of ended watches
			r.logger(Manufacturer, name[len(name)-4:])
			r.loggers[Manufacturer] = r.loggers[name[len(name)-4:]]
		}
	}
	r.goTo(10)
	req := condition.ReadObjectRequest{Object: item}
	require.NoError(t, r.As(Regulator, ledger.RoleAuditor).Query(func(tx *ledger.Tx) error {
		_, err := condition.ReadObject(tx, req)
		return err
	}))
}
