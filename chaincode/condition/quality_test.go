package condition_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// The policy of these is the manufacturer's.
func TestNobodyIsTheOnlyOneToReleaseAnothersGoods(t *testing.T) {
	for name, c := range map[string]struct {
		quality string
		goods   func(*product.Twin)
		decides string
	}{
		"the owner's policy names nobody":              {"", nil, maker},
		"the owner's policy names another":             {carrier, nil, carrier},
		"another's goods, under a policy of one's own": {maker, func(t *product.Twin) { t.Owner, t.CommissionedBy = carrier, carrier }, carrier},
		"another's goods, that one made":               {maker, func(t *product.Twin) { t.Owner = carrier }, maker},
		"another's goods, made for one":                {maker, func(t *product.Twin) { t.Owner, t.CommissionedBy, t.Licensee = carrier, carrier, maker }, maker},
		"another's goods, made for a third":            {maker, func(t *product.Twin) { t.Owner, t.Licensee = carrier, carrier }, carrier},
		"another's goods, adopted":                     {maker, func(t *product.Twin) { t.Owner, t.Unproven = carrier, true }, carrier},
		"another's goods, and a third is named":        {reader, func(t *product.Twin) { t.Owner = carrier }, carrier},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.definePolicy(func(r *condition.DefinePolicyRequest) { r.Quality = c.quality })
			_, err := w.startWatch(watchName, w.commission(3, c.goods))
			require.NoError(t, err)
			id := w.hot()
			require.Equal(t, c.decides, w.breach(id).Quality)
			_, err = w.decide(w.as(c.decides, ledger.RoleQuality), w.statement(id, condition.Release), nil)
			require.NoError(t, err)
		})
	}
}

func TestWithoutATimeForItNothingIsDisputed(t *testing.T) {
	w, id := breached(t)
	w.hand(object(0))
	_, err := w.decide(w.as(maker, ledger.RoleQuality), w.says("d1", id, condition.Release), nil)
	require.NoError(t, err)
	_, err = w.decide(w.as(carrier, ledger.RoleQuality), w.disputes("x", id, maker+"/d1"), nil)
	require.ErrorIs(t, err, fault.Closed)
}
