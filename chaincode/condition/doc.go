// Package condition keeps the promise that goods were kept as they must be:
// policies, watches, exact evaluation of signed recordings, breaches and the
// decisions that settle them.
//
// A policy says what readings must be (evaluation.Terms). A watch applies it to
// objects and names the devices that are with them ([StartWatch]). Each recording
// ([Record]) is checked against its device's key and chain and evaluated in
// every watch the device feeds; every endorser does this for itself. One
// transaction takes up to 64 recordings, all or none. The state of one device in
// one watch is a lane, an evaluation.Tally of fixed size, and what one recording
// said in it a [Run]; lanes never read one another, and are folded at gates and in
// queries: of a watch ([ReadWatch]), and of an object over all of its watches and
// whoever had it ([ReadObject]). The readings themselves stay off the ledger; a
// policy can have them archived in a collection of all that trade
// ([ReadReadings]).
//
// What breaks a policy opens a breach and holds what it affects, which then
// cannot ship. A person of the quality unit, who did not record the readings,
// settles it with a signature of his own ([Decide]).
//
// Who reads the code begins with policy.go and watch.go (what is promised),
// record.go and lanes.go (what readings do), readwatch.go and object.go (what is
// answered), gate.go (what passes), breach.go, exposure.go and spread.go (what is
// held), decide.go and authorise.go (what persons sign).
//
// Keys: policy~ID~version, policyhead~ID; watch~ID, watchpage~ID~page,
// watched~subject~watch, watching~subject; feed~device~watch, fed~device~watch,
// lane~watch~device, run~watch~device~sequence; head~device,
// recording~device~sequence, which is also the key of an archived recording;
// breach~ID, breachin~watch~ID, breachof~object~ID, breachstep~ID~number,
// openbreach~MSP~ID, acknowledgedby~ID~person, spread~ID, affected~ID~object;
// decision~ID, permission~ID.
//
// It is pure: it imports the standard library, gs1, telemetry, evaluation, fault,
// ledger, participant, product and collections.
package condition
