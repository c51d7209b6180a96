// Package condition keeps the promise that goods were kept as they must be:
// policies, watches, exact evaluation of signed recordings, breaches and the
// decisions that settle them.
//
// A policy says what readings must be (evaluation.Terms). A watch applies it to objects
// and names the devices that are with them ([StartWatch]). Each recording
// ([Record]) is checked against its device's key and chain and evaluated in
// every watch the device feeds; every endorser does this for itself. The state
// of one device in one watch is a lane, an evaluation.Tally of fixed size; lanes
// never read one another, and are folded in queries ([ReadWatch]).
//
// What breaks a policy opens a breach and holds the watch's objects, which then
// cannot ship. A person of the owner's quality unit, who did not record the
// readings, settles it with a signature of his own ([Decide]).
//
// Keys: policy~ID~version, policyhead~ID, watch~ID, watched~ID~page,
// feed~device~watch, lane~watch~device, head~device, recording~device~sequence,
// breach~ID, breachof~object~breach, decision~ID.
//
// It is pure: it imports the standard library, gs1, telemetry,
// evaluation, fault, ledger, participant and product.
package condition
