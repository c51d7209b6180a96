// Package profiles holds ready-made condition policies, each after a published
// source: refrigerated and frozen medicines, vaccines in shipment, frozen food,
// chilled food, produce, humidity, shock and light.
//
// A profile is a start, not an answer. Sources say what range is right; how far a
// product may leave it, and for how long, is in the product's stability data. Where
// a source leaves a number open, the profile has a default, and [Profile.Confirm]
// says which: whoever owns the product confirms or replaces each before the policy
// goes on record. Where the text of a source could not be read whole, the profile
// says 'after' and cites no clause.
//
// [All] lists them, [Find] returns one by name, and [Profile.Policy] makes the
// request that puts it on record (client.DefinePolicy). Nothing on the ledger
// needs this package.
package profiles
