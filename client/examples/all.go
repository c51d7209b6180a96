package examples

// All are the examples, in the order in which a developer meets them.
var All = []Example{
	{"ship a serialised item", Ship, `
not shipped yet
with RetailerMSP after 3 events`},
}
