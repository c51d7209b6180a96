package determinism_test

import (
	"fmt"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// contents packs boxes on a pallet and that on a lorry, seals, ships, opens and
// counts them, and lists what is where.
func (w *world) contents() {
	w.Helper()
	var goods []string
	for i := range 150 {
		goods = append(goods, Object(Manufacturer, fmt.Sprintf("IN%04d", i)))
	}
	pallet, lorry, logger := Pallet(Manufacturer, 901), Pallet(Manufacturer, 902), "/8004/9506000IN1"
	next := func(msp string, events ...Event) {
		w.scene.Now = w.scene.Now.Add(time.Minute)
		w.capture(msp, events...)
	}
	seal := func(e Event, name string, numbers ...string) Event {
		e.More["@context"] = map[string]string{"countersign": product.Namespace}
		e.More["countersign:"+name] = numbers
		return e
	}
	next(Manufacturer, Commission(append(goods, logger)...))
	next(Manufacturer, Pack(pallet, goods...), Attach(pallet, logger), seal(Pack(lorry, pallet), "sealApplied", "S<1>", "S2"))
	next(Manufacturer, Ship(Retailer, lorry))
	next(Retailer, Step("receiving", goods[0]), Step("receiving", lorry))
	next(Retailer, seal(Unpack(lorry, pallet), "sealBroken", "S2"), Count(pallet, goods[:100]...), Count(lorry, goods[100]))
	who := w.as(Regulator, ledger.RoleAuditor)
	require.Len(w, must(w, api.Contents, who, product.ReadContentsRequest{ID: pallet, Size: 500}, nil).Objects, 149, "one was received on its own and counted, one turned up on the lorry")
	require.Len(w, must(w, api.Contents, who, product.ReadContentsRequest{ID: pallet, Attached: true}, nil).Objects, 1)
	next(Retailer, Unpack(pallet), Detach(pallet))
	next(Retailer, Link("urn:epcglobal:cbv:bt:4098765000019:1", goods...))
}
