package condition_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// permits is a permission of the quality unit to take what is on hold back.
func (w *world) permits(breach string, change func(*condition.Permission)) condition.Permission {
	p := condition.Permission{
		ID: "p1", Breach: breach, Meaning: condition.Authorise, Purpose: product.ForReturn, Destination: carrier,
		Until: evaluation.MomentOf(w.now.Add(48 * time.Hour)), Reason: "back to where it came from", Time: evaluation.MomentOf(w.now),
	}
	if change != nil {
		change(&p)
	}
	return p
}

func (w *world) authorise(by person, p condition.Permission, change func(*condition.AuthoriseRequest)) (condition.Permitted, error) {
	message, err := condition.PermissionBytes(p)
	if err != nil {
		return condition.Permitted{}, err
	}
	req := condition.AuthoriseRequest{Statement: p, Proof: w.signature(by, message)}
	if change != nil {
		change(&req)
	}
	return call(w, w.as(carrier, ledger.RoleOperator), condition.AuthoriseBreach, req)
}

// stage is how far a breach has come before something is tried.
type stage func(*world, string)

func decided(w *world, id string) {
	_, err := w.decide(w.as(maker, ledger.RoleQuality), w.says("d1", id, condition.Release), nil)
	require.NoError(w, err)
}

func disputed(w *world, id string) {
	decided(w, id)
	_, err := w.decide(w.as(carrier, ledger.RoleQuality), w.disputes("x1", id, maker+"/d1"), nil)
	require.NoError(w, err)
}

func acknowledged(w *world, id string) {
	_, err := call(w, w.as(maker, ledger.RoleQuality), condition.AcknowledgeBreach, condition.StepRequest{Breach: id})
	require.NoError(w, err)
}

func permitted(w *world, id string) {
	_, err := w.authorise(w.as(maker, ledger.RoleQuality), w.permits(id, nil), nil)
	require.NoError(w, err)
}

func opened(*world, string) {}

// Whatever does not fit the state of a breach, the person or the time is refused,
// and leaves the ledger as it was.
func TestWhatDoesNotFitABreachIsRefused(t *testing.T) {
	first := func(w *world) person { return w.as(maker, ledger.RoleQuality) }
	second := func(w *world) person { return w.named(maker, ledger.RoleQuality, "second") }
	theirs := func(w *world) person { return w.as(carrier, ledger.RoleQuality) }
	decision := func(by func(*world) person, meaning string, change func(*world, *condition.Statement)) func(*world, string) error {
		return func(w *world, id string) error {
			s := w.says("t1", id, meaning)
			if meaning == condition.Dispute {
				s = w.disputes("t1", id, maker+"/d1")
			}
			valid := w.says("t1", id, condition.Release)
			if change != nil {
				change(w, &s)
			}
			if _, err := condition.DecisionBytes(s); err == nil {
				valid = s
			}
			_, err := w.decide(by(w), valid, func(r *condition.DecideRequest) { r.Statement = s })
			return err
		}
	}
	about := func(of string) func(*world, *condition.Statement) {
		return func(_ *world, s *condition.Statement) { s.Decision = of }
	}
	step := func(rule func(*ledger.Tx, condition.StepRequest) (condition.Breach, error), msp, role string, change func(*condition.StepRequest)) func(*world, string) error {
		return func(w *world, id string) error {
			req := condition.StepRequest{Breach: id, Object: object(0), Reason: "for a reason"}
			if change != nil {
				change(&req)
			}
			_, err := call(w, w.as(msp, role), rule, req)
			return err
		}
	}
	permission := func(by func(*world) person, change func(*condition.Permission)) func(*world, string) error {
		return func(w *world, id string) error {
			_, err := w.authorise(by(w), w.permits(id, change), nil)
			return err
		}
	}
	later := func(d time.Duration, then stage) stage {
		return func(w *world, id string) {
			then(w, id)
			w.now = w.now.Add(d)
		}
	}
	for name, c := range map[string]struct {
		stage
		try  func(*world, string) error
		want error
	}{
		"decided by who acknowledged":        {acknowledged, decision(first, condition.Release, nil), fault.NotIndependent},
		"decided twice":                      {decided, decision(second, condition.Reject, nil), fault.Closed},
		"replayed":                           {decided, decision(first, condition.Release, func(_ *world, s *condition.Statement) { s.ID = "d1" }), fault.AlreadyRecorded},
		"another of its id":                  {decided, decision(first, condition.Reverse, func(_ *world, s *condition.Statement) { s.ID, s.Decision = "d1", maker+"/d1" }), fault.AlreadyExists},
		"a reversal of nothing":              {opened, decision(second, condition.Reverse, about(maker+"/d1")), fault.Closed},
		"a reversal of what is not named":    {decided, decision(second, condition.Reverse, nil), fault.InvalidRequest},
		"a reversal of another decision":     {decided, decision(second, condition.Reverse, about(maker+"/d0")), fault.Closed},
		"a reversal by the same person":      {decided, decision(first, condition.Reverse, about(maker+"/d1")), fault.NotIndependent},
		"a reversal by another organisation": {decided, decision(theirs, condition.Reverse, about(maker+"/d1")), fault.NotIndependent},
		"a dispute of nothing":               {opened, decision(theirs, condition.Dispute, nil), fault.Closed},
		"a dispute out of time":              {later(25*time.Hour, decided), decision(theirs, condition.Dispute, nil), fault.Closed},
		"a dispute twice":                    {disputed, decision(theirs, condition.Dispute, nil), fault.AlreadyExists},
		"a dispute by who decided":           {decided, decision(second, condition.Dispute, func(_ *world, s *condition.Statement) { s.Organisation = maker }), fault.NotParty},
		"a dispute about another's goods":    {decided, decision(theirs, condition.Dispute, func(_ *world, s *condition.Statement) { s.Object = object(1) }), fault.NotParty},
		"a dispute about nothing":            {decided, decision(theirs, condition.Dispute, func(_ *world, s *condition.Statement) { s.Object = "" }), fault.InvalidIdentifier},
		"a dispute of another decision":      {decided, decision(theirs, condition.Dispute, about(maker+"/d0")), fault.Closed},
		"a dispute for nobody":               {decided, decision(theirs, condition.Dispute, func(_ *world, s *condition.Statement) { s.Organisation = "" }), fault.InvalidRequest},
		"a dispute by another's person":      {decided, decision(first, condition.Dispute, nil), fault.NotIndependent},
		"a dispute by an operator":           {decided, decision(func(w *world) person { return w.as(carrier, ledger.RoleOperator) }, condition.Dispute, nil), fault.RoleRequired},
		"an answer by the same person":       {disputed, decision(first, condition.Release, about(maker+"/d1")), fault.NotIndependent},
		"an answer to nothing":               {disputed, decision(second, condition.Release, nil), fault.Closed},
		"a decision before what it is about": {later(time.Hour, decided), decision(second, condition.Reverse, func(w *world, s *condition.Statement) {
			s.Decision, s.Time = maker+"/d1", evaluation.MomentOf(w.now.Add(-2*time.Hour))
		}), fault.InvalidRequest},
		"a release that names an object": {opened, decision(first, condition.Release, func(_ *world, s *condition.Statement) { s.Object = object(0) }), fault.InvalidRequest},
		"a release about a decision":     {opened, decision(first, condition.Release, about(maker+"/d1")), fault.Closed},
		"a document that is none": {opened, decision(first, condition.Release, func(_ *world, s *condition.Statement) {
			s.Documents = []condition.Document{{SHA256: "00", Name: "x", MediaType: "text/csv"}}
		}), fault.InvalidRequest},
		"too many documents":                  {opened, decision(first, condition.Release, func(_ *world, s *condition.Statement) { s.Documents = make([]condition.Document, 17) }), fault.LimitExceeded},
		"acknowledged twice":                  {acknowledged, step(condition.AcknowledgeBreach, maker, ledger.RoleQuality, nil), fault.AlreadyRecorded},
		"acknowledged when decided":           {decided, step(condition.AcknowledgeBreach, maker, ledger.RoleOperator, nil), fault.Closed},
		"acknowledged with a root cause":      {opened, step(condition.AcknowledgeBreach, maker, ledger.RoleOperator, func(r *condition.StepRequest) { r.RootCause = "x" }), fault.InvalidRequest},
		"acknowledged by a stranger":          {opened, step(condition.AcknowledgeBreach, carrier, ledger.RoleOperator, func(r *condition.StepRequest) { r.Object = object(1) }), fault.NotParty},
		"acknowledged for nothing":            {opened, step(condition.AcknowledgeBreach, carrier, ledger.RoleOperator, func(r *condition.StepRequest) { r.Object = "" }), fault.NotParty},
		"acknowledged by a gateway":           {opened, step(condition.AcknowledgeBreach, maker, ledger.RoleGateway, nil), fault.RoleRequired},
		"acknowledged by a reader":            {opened, step(condition.AcknowledgeBreach, reader, ledger.RoleAuditor, nil), fault.ReaderOnly},
		"acknowledged ahead of time":          {opened, step(condition.AcknowledgeBreach, maker, ledger.RoleOperator, func(r *condition.StepRequest) { r.Time = origin.AddDate(1, 0, 0) }), fault.TimeAhead},
		"acknowledged before it was":          {opened, step(condition.AcknowledgeBreach, maker, ledger.RoleOperator, func(r *condition.StepRequest) { r.Time = origin.AddDate(-1, 0, 0) }), fault.InvalidRequest},
		"investigated without a finding":      {opened, step(condition.InvestigateBreach, maker, ledger.RoleOperator, func(r *condition.StepRequest) { r.Reason = "" }), fault.InvalidRequest},
		"investigated with a bad document":    {opened, step(condition.InvestigateBreach, maker, ledger.RoleOperator, func(r *condition.StepRequest) { r.Documents = []condition.Document{{}} }), fault.InvalidRequest},
		"investigated, of no breach":          {opened, step(condition.InvestigateBreach, maker, ledger.RoleOperator, func(r *condition.StepRequest) { r.Breach = "00" }), fault.NotFound},
		"confirmed by an operator":            {opened, step(condition.ConfirmBreach, maker, ledger.RoleOperator, nil), fault.RoleRequired},
		"confirmed by another's quality unit": {opened, step(condition.ConfirmBreach, carrier, ledger.RoleQuality, nil), fault.NotParty},
		"confirmed when decided":              {decided, step(condition.ConfirmBreach, maker, ledger.RoleQuality, nil), fault.Closed},
		"permitted by another's quality unit": {opened, permission(theirs, nil), fault.NotIndependent},
		"permitted by an operator":            {opened, permission(func(w *world) person { return w.as(maker, ledger.RoleOperator) }, nil), fault.RoleRequired},
		"permitted twice":                     {permitted, permission(first, nil), fault.AlreadyRecorded},
		"permitted anew under its id":         {permitted, permission(first, func(p *condition.Permission) { p.Reason = "another" }), fault.AlreadyExists},
		"permitted when nothing is held":      {decided, permission(first, nil), fault.Closed},
		"permitted to nobody":                 {opened, permission(first, func(p *condition.Permission) { p.Destination = "NobodyMSP" }), fault.NotFound},
		"permitted to a GLN of nobody":        {opened, permission(first, func(p *condition.Permission) { p.Destination = "urn:epc:id:pgln:4012345.00000" }), fault.NotFound},
		"permitted to nowhere":                {opened, permission(first, func(p *condition.Permission) { p.Destination = "" }), fault.InvalidRequest},
		"permitted to sell":                   {opened, permission(first, func(p *condition.Permission) { p.Purpose = "sale" }), fault.InvalidRequest},
		"permitted to repack":                 {opened, permission(first, func(p *condition.Permission) { p.Purpose = product.ForRepacking }), fault.InvalidRequest},
		"permitted for ever":                  {opened, permission(first, func(p *condition.Permission) { p.Until = 0 }), fault.InvalidRequest},
		"permitted for more than a year":      {opened, permission(first, func(p *condition.Permission) { p.Until += evaluation.Moment(400 * day) }), fault.InvalidRequest},
		"permitted until it is over":          {opened, permission(first, func(p *condition.Permission) { p.Until, p.Time = p.Time-1, p.Time-2 }), fault.InvalidRequest},
		"permitted ahead of time":             {opened, permission(first, func(p *condition.Permission) { p.Time += evaluation.Moment(day) }), fault.TimeAhead},
		"permitted before the breach":         {opened, permission(first, func(p *condition.Permission) { p.Time -= evaluation.Moment(day) }), fault.InvalidRequest},
		"permitted without a reason":          {opened, permission(first, func(p *condition.Permission) { p.Reason = "" }), fault.InvalidRequest},
		"permitted, of no breach":             {opened, permission(first, func(p *condition.Permission) { p.Breach = "00" }), fault.NotFound},
		"withdrawn that never was": {permitted, permission(first, func(p *condition.Permission) {
			*p = condition.Permission{ID: "p2", Breach: p.Breach, Meaning: condition.Withdraw, Permit: maker + "/p0", Reason: "x", Time: p.Time}
		}), fault.NotFound},
		"withdrawn by another's quality unit": {permitted, permission(theirs, func(p *condition.Permission) {
			*p = condition.Permission{ID: "p2", Breach: p.Breach, Meaning: condition.Withdraw, Permit: maker + "/p1", Reason: "x", Time: p.Time}
		}), fault.NotIndependent},
	} {
		t.Run(name, func(t *testing.T) {
			w := under(t, condition.Consequences{Hold: condition.HoldAtSuspicion, DisputeMs: day}, 1)
			id := w.hot()
			w.hand(object(0))
			c.stage(w, id)
			before := w.ledger.Dump()
			require.ErrorIs(t, c.try(w, id), c.want)
			require.Equal(t, before, w.ledger.Dump())
		})
	}
}

func TestAForgedPermissionIsRefused(t *testing.T) {
	for name, change := range map[string]func(*condition.AuthoriseRequest){
		"another destination": func(r *condition.AuthoriseRequest) { r.Statement.Destination = maker },
		"another purpose":     func(r *condition.AuthoriseRequest) { r.Statement.Purpose = product.ForQuarantine },
		"a longer time":       func(r *condition.AuthoriseRequest) { r.Statement.Until++ },
		"another id":          func(r *condition.AuthoriseRequest) { r.Statement.ID = "p2" },
		"another reason":      func(r *condition.AuthoriseRequest) { r.Statement.Reason += "!" },
		"without a signature": func(r *condition.AuthoriseRequest) { r.Signature = "" },
	} {
		t.Run(name, func(t *testing.T) {
			w, id := breached(t)
			before := w.ledger.Dump()
			_, err := w.authorise(w.as(maker, ledger.RoleQuality), w.permits(id, nil), change)
			require.ErrorIs(t, err, fault.BadSignature)
			require.Equal(t, before, w.ledger.Dump())
		})
	}
}

// What a person signs as one thing is nothing else.
func TestADecisionIsNoPermission(t *testing.T) {
	w, id := breached(t)
	p := w.permits(id, nil)
	quality := w.as(maker, ledger.RoleQuality)
	message, err := condition.DecisionBytes(w.says(p.ID, id, condition.Release))
	require.NoError(t, err)
	_, err = w.authorise(quality, p, func(r *condition.AuthoriseRequest) { r.Proof = w.signature(quality, message) })
	require.ErrorIs(t, err, fault.BadSignature)
}

func TestAPermissionStandsUntilItIsWithdrawn(t *testing.T) {
	w, id := breached(t)
	quality := w.as(maker, ledger.RoleQuality)
	given, err := w.authorise(quality, w.permits(id, nil), nil)
	require.NoError(t, err)
	read, err := ask(w, condition.ReadPermission, condition.ReadStatementRequest{ID: maker + "/p1"})
	require.NoError(t, err)
	require.Equal(t, given, read)
	permits := func() []product.Permit {
		resp, err := ask(w, condition.ReadPermits, condition.ReadBreachRequest{Breach: id})
		require.NoError(t, err)
		return resp.Permits
	}
	require.Equal(t, []product.Permit{{ID: maker + "/p1", Purpose: product.ForReturn, Destination: carrier, MSP: carrier, Until: given.Statement.Until.Time()}}, permits())
	w.now = w.now.Add(time.Minute)
	_, err = w.authorise(quality, condition.Permission{
		ID: "p2", Breach: id, Meaning: condition.Withdraw, Permit: maker + "/p1", Reason: "no more", Time: evaluation.MomentOf(w.now),
	}, nil)
	require.NoError(t, err)
	require.Empty(t, permits())
	require.Equal(t, []string{condition.StepOpened, condition.StepConfirmed, condition.StepPermitted, condition.StepPermitted}, w.steps(id))

	_, err = w.authorise(quality, w.permits(id, func(p *condition.Permission) { p.ID = "p3" }), nil)
	require.NoError(t, err)
	w.now = w.now.Add(49 * time.Hour)
	require.Empty(t, permits(), "its time is over")
}

func TestTheBytesOfAPermissionAreCanonical(t *testing.T) {
	got, err := condition.PermissionBytes(condition.Permission{
		ID: "p-1", Breach: "00112233445566778899aabbccddeeff", Meaning: condition.Authorise, Purpose: product.ForQuarantine, Destination: carrier,
		Until: evaluation.MomentOf(origin.AddDate(0, 0, 7)), Reason: "To be examined.", Time: evaluation.MomentOf(origin),
	})
	require.NoError(t, err)
	require.Equal(t, `{"breach":"00112233445566778899aabbccddeeff","destination":"CarrierMSP","id":"p-1","meaning":"authorise","purpose":"quarantine","reason":"To be examined.","time":"2026-03-01T08:00:00.000Z","type":"countersign.permit.v1","until":"2026-03-08T08:00:00.000Z"}`, string(got))
}
