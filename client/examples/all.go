package examples

// All are the examples, in the order in which a developer meets them.
var All = []Example{
	{"ship a serialised item", Ship, `
not shipped yet
with RetailerMSP after 3 events`},
	{"recall a lot", RecallLot, `
3 things, 1 under way, 1 with the retailer
the retailer reads: recalled by ManufacturerMSP
RetailerMSP: quarantined`},
	{"link a certificate", LinkCertificate, `
Certificate of analysis by ManufacturerMSP: the file is the one`},
}
