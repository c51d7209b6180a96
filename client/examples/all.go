package examples

// All are the examples, in the order in which a developer meets them.
var All = []Example{
	{"ship a serialised item", Ship, `
not shipped yet
with RetailerMSP after 3 events`},
	{"ship a pallet", Pallet, `
a case is with RetailerMSP; its own events: 2; inferred through 1 container
when it was shipped, it was with ManufacturerMSP
unpacked, it is in no container: true`},
	{"count a lot", CountLot, `
NotEnough: there are 400
600.5 KGM with ManufacturerMSP, of ManufacturerMSP
400 KGM with RetailerMSP, of ManufacturerMSP
1000.5 made, 400 shipped, 400 received
1 received 150
2 received 250`},
	{"receive with a shortage", ReceiveWithShortage, `
short: claimed by RetailerMSP
agreed
the third is with ManufacturerMSP, on its way: false`},
	{"recall a lot", RecallLot, `
3 things, 1 under way, 1 with the retailer
the retailer reads: recalled by ManufacturerMSP
RetailerMSP: quarantined`},
	{"trace a lot", TraceLot, `
back 1: lot
back 2: origin
20 KGM of it, by the blending: true
forward: 1 lot made of it, of which 3 items are known`},
	{"link a certificate", LinkCertificate, `
Certificate of analysis by ManufacturerMSP: the file is the one`},
	{"correct an error", Correct, `
1 commissioned
2 shipped, declared an error
3 reversed
4 shipped
on its way to RetailerMSP`},
	{"read a cryptographic tag", ReadTag, `
answer 1: clone false
answer 1: clone true
suspected by RetailerMSP: counter`},
	{"record a logger's readings", RecordReadings, `
5 readings: kept
range: out for 10m0s
frost: out for 0s
heat: out for 0s
archived, and what was evaluated: true`},
	{"watch a container", Reefer, `
case 1 on hold: false
case 2 on hold: true
case 3 on hold: false`},
	{"release a breach", ReleaseBreach, `
on hold: true
1 opened by CarrierMSP: suspected
2 investigated by ManufacturerMSP: suspected
3 confirmed by ManufacturerMSP: confirmed
4 decided by ManufacturerMSP: decided`},
}
