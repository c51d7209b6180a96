package main

// examples are requests as help shows them, by function. [TestTheExamplesInHelpAreRequests]
// holds them against the contract.
var examples = map[string]string{
	"shipment:Claim":                `{"shipment":"ni:///sha-256;6b67...?ver=CBV2.0","receipt":"ni:///sha-256;083e...?ver=CBV2.0","kind":"short","objects":["urn:epc:id:sgtin:0614141.107346.2018"],"note":"one of two"}`,
	"product:Recall":                `{"id":"2026-007","subjects":["urn:epc:class:lgtin:0614141.107346.L42"],"reason":"leaking caps","severity":"class-2"}`,
	"product:AcknowledgeRecall":     `{"by":"ManufacturerMSP","id":"2026-007","done":"quarantined"}`,
	"product:LinkDocument":          `{"subject":"urn:epc:class:lgtin:0614141.107346.L42","kind":"analysis","mediaType":"application/pdf"}`,
	"product:WithdrawDocument":      `{"subject":"urn:epc:class:lgtin:0614141.107346.L42","sha256":"98ea...","reason":"of another lot"}`,
	"condition:DefinePolicy":        `{"name":"cold","version":1,"terms":{"measurement":"Temperature","unit":"CEL","bands":[{"name":"range","lower":"2","upper":"8","longestExcursionMs":600000}],"largestGapMs":600000,"between":"linear"},"hold":"confirmation"}`,
	"condition:StartWatch":          `{"name":"shipment-1","policy":{"id":"ManufacturerMSP/cold","version":1},"objects":["urn:epc:id:sgtin:0614141.107346.2018"],"devices":["urn:epc:id:giai:0614141.LOGGER1"]}`,
	"condition:EndWatch":            `{"id":"ManufacturerMSP/shipment-1"}`,
	"condition:AcknowledgeBreach":   `{"breach":"b824c4fa14291c4d1c56327bd008e18e","reason":"seen"}`,
	"condition:ConfirmBreach":       `{"breach":"b824c4fa14291c4d1c56327bd008e18e","reason":"It fits the log of the gate."}`,
	"condition:InvestigateBreach":   `{"breach":"b824c4fa14291c4d1c56327bd008e18e","reason":"The driver was asked.","rootCause":"The door stood open."}`,
	"participant:RegisterDevice":    `{"id":"urn:epc:id:giai:0614141.LOGGER1","publicKey":"MCow...","algorithm":"EdDSA","proof":"UVzr...","measures":"Temperature","unit":"CEL","accuracy":"0.5","intervalMs":60000,"calibratedUntil":"2027-01-01T00:00:00Z"}`,
	"participant:RecordCalibration": `{"id":"urn:epc:id:giai:0614141.LOGGER1","laboratory":"Metrology","certificate":"0a0a...","performed":"2026-02-28T00:00:00Z","due":"2027-02-28T00:00:00Z","asFound":"pass","asLeft":"pass"}`,
	"participant:RotateDeviceKey":   `{"id":"urn:epc:id:giai:0614141.LOGGER1","publicKey":"MCow...","algorithm":"EdDSA","proof":"UVzr...","reason":"yearly"}`,
	"participant:SuspendDevice":     `{"id":"urn:epc:id:giai:0614141.LOGGER1","from":"2026-03-01T02:30:00Z","reason":"dropped"}`,
	"participant:RevokeDevice":      `{"id":"urn:epc:id:giai:0614141.LOGGER1","kind":"retired","reason":"replaced"}`,
	"participant:RevokeCertificate": `{"issuer":"c1d2...","serial":"5f0e...","reason":"the laptop was stolen"}`,
	"confidential:PlaceLegalHold":   `{"record":"Zz7P...","reason":"an inquiry","reference":"4711/26"}`,
	"confidential:LiftLegalHold":    `{"record":"Zz7P...","reason":"the inquiry is closed"}`,
	"disclosure:Request":            `{"name":"audit-1","record":"Zz7P...","fields":["/price"],"purpose":{"code":"audit"},"legalBasis":{"code":"none"},"until":"2026-04-01T00:00:00Z"}`,
	"disclosure:Acknowledge":        `{"request":"CarrierMSP/audit-1","hash":"d2f4...","verdict":"verified"}`,
}
