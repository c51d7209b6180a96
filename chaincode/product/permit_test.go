package product_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/product"
)

func TestAPermitIsForOneDeedAndPlace(t *testing.T) {
	now := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	const msp, gln = "CarrierMSP", "/417/4012345000009"
	there := func(purpose string) product.Permit {
		return product.Permit{Purpose: purpose, Destination: msp, MSP: msp}
	}
	ship := product.Deed{Kind: product.Shipping, By: "ManufacturerMSP", To: msp, ToGLN: gln}
	returned, outside := ship, ship
	returned.Returned, outside.Outside, outside.ToGLN = true, true, "/417/7612345000060"
	for name, c := range map[string]struct {
		product.Permit
		product.Deed
		allowed bool
	}{
		"ship":                              {there(product.ForQuarantine), ship, true},
		"ship to inspect":                   {there(product.ForInspection), ship, true},
		"ship to destroy":                   {there(product.ForDestruction), ship, true},
		"ship as a return":                  {there(product.ForReturn), returned, true},
		"ship, not as a return":             {there(product.ForReturn), ship, false},
		"ship to another":                   {there(product.ForQuarantine), product.Deed{Kind: product.Shipping, To: "RetailerMSP"}, false},
		"ship to whom an MSP sponsors":      {there(product.ForQuarantine), outside, false},
		"ship to a party outside":           {product.Permit{Purpose: product.ForQuarantine, Destination: outside.ToGLN, MSP: msp}, outside, true},
		"ship to a party":                   {product.Permit{Purpose: product.ForQuarantine, Destination: gln, MSP: msp}, ship, true},
		"ship to another party of the same": {product.Permit{Purpose: product.ForQuarantine, Destination: "/417/4012345000016", MSP: msp}, ship, false},
		"ship nowhere":                      {product.Permit{Purpose: product.ForInspection}, product.Deed{Kind: product.Shipping}, false},
		"destroy":                           {product.Permit{Purpose: product.ForDestruction}, product.Deed{Kind: product.Destroying}, true},
		"destroy there":                     {there(product.ForDestruction), product.Deed{Kind: product.Destroying, By: msp}, true},
		"destroy elsewhere":                 {there(product.ForDestruction), product.Deed{Kind: product.Destroying, By: "RetailerMSP"}, false},
		"open":                              {product.Permit{Purpose: product.ForInspection}, product.Deed{Kind: product.Opening}, true},
		"open in quarantine":                {there(product.ForQuarantine), product.Deed{Kind: product.Opening, By: msp}, true},
		"open before":                       {there(product.ForQuarantine), product.Deed{Kind: product.Opening, By: "RetailerMSP"}, false},
		"open a return":                     {there(product.ForReturn), product.Deed{Kind: product.Opening, By: msp}, false},
		"open to repack":                    {product.Permit{Purpose: product.ForRepacking}, product.Deed{Kind: product.Opening}, true},
		"pack":                              {product.Permit{Purpose: product.ForRepacking}, product.Deed{Kind: product.Packing}, true},
		"pack what is inspected":            {product.Permit{Purpose: product.ForInspection}, product.Deed{Kind: product.Packing}, false},
		"anything else":                     {product.Permit{Purpose: product.ForRepacking}, product.Deed{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.allowed, c.Allows(c.Deed, now))
			c.Until = now
			require.Equal(t, c.allowed, c.Allows(c.Deed, now))
			require.False(t, c.Allows(c.Deed, now.Add(time.Millisecond)), "its time is over")
		})
	}
}
