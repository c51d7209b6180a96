package profiles_test

import (
	"fmt"

	"github.com/countersign-ledger/countersign/client/profiles"
)

// A profile is made a policy of one's own: its defaults replaced by what the
// product's stability data say.
func Example() {
	profile, _ := profiles.Find("refrigerated-2-8")
	policy := profile.Policy("insulin")
	sixHours := int64(6 * 3600 * 1000)
	policy.Terms.Bands[0].AllowanceMs = &sixHours
	fmt.Println(policy.Name, policy.Terms.Bands[0].Name, policy.Terms.Bands[0].Lower, "to", policy.Terms.Bands[0].Upper)
	fmt.Println(profile.Confirm[0])
	// Output:
	// insulin range 2 to 8
	// range: one excursion of at most 1 h, 4 h in all. No source gives a time for all products: take it from stability data
}
