package privacy_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/selective"
)

// requesting asks for fields of a record on behalf of a recipient, under the very
// name. The owner itself asks, as for a reader that writes nothing; its admin's
// asking is its consent.
func (w *world) requesting(t *testing.T, s stored, recipient, name string, fields ...string) call {
	t.Helper()
	return call{organisation: s.owner, user: "admin", function: "disclosure:Request", request: asJSON(t, map[string]any{
		"name": name, "recipient": msps[recipient], "record": s.draft.ID, "fields": fields,
		"purpose": map[string]string{"code": "audit"}, "legalBasis": map[string]string{"code": "none"},
		"until": time.Now().AddDate(0, 1, 0).UTC().Truncate(time.Second),
	})}
}

// request asks under a name of its own, and returns the request's id.
func (w *world) request(t *testing.T, s stored, recipient, name string, fields ...string) string {
	t.Helper()
	name = fmt.Sprintf("%s-%d", name, serial.Add(1))
	w.must(t, w.requesting(t, s, recipient, name, fields...))
	return msps[s.owner] + "/" + name
}

func (w *world) delivering(t *testing.T, s stored, request string, fields ...string) call {
	t.Helper()
	var shown []selective.Field
	for _, name := range fields {
		shown = append(shown, s.field(t, name))
	}
	return call{
		organisation: s.owner, function: "disclosure:Deliver", request: asJSON(t, map[string]string{"request": request}), endorsers: []string{msps[s.owner]},
		transient: map[string][]byte{"delivery": []byte(asJSON(t, map[string]any{"v": 1, "fields": shown}))},
	}
}

// onRequest calls a function that takes the id of a request alone.
func onRequest(t *testing.T, organisation, user, function, request string, endorsers ...string) call {
	t.Helper()
	return call{organisation: organisation, user: user, function: function, request: asJSON(t, map[string]string{"request": request}), endorsers: endorsers}
}

// disclose asks, delivers and puts the delivery on record, and has the recipient
// read it where its peer runs the chaincode.
func (w *world) disclose(t *testing.T, s stored, recipient, name string, fields ...string) string {
	t.Helper()
	id := w.request(t, s, recipient, name, fields...)
	w.must(t, w.delivering(t, s, id, fields...))
	w.must(t, onRequest(t, s.owner, "operator", "disclosure:RecordDelivery", id))
	if recipient == regulator {
		return id // it reads its own peer's blocks: see listen
	}
	var received struct{ Fields []selective.Field }
	soon(t, func(context.Context) error {
		answer, err := w.evaluate(t, onRequest(t, recipient, "auditor", "disclosure:Received", id, msps[recipient]))
		if err != nil {
			return err
		}
		return json.Unmarshal(answer, &received)
	})
	require.Len(t, received.Fields, len(fields))
	return id
}

// erase revokes a disclosure and removes what was delivered, on record.
func (w *world) erase(t *testing.T, s stored, request string) {
	t.Helper()
	revoke := call{organisation: s.owner, user: "admin", function: "disclosure:Revoke", request: asJSON(t, map[string]string{"request": request, "reason": "the audit is over"})}
	w.must(t, revoke)
	w.must(t, onRequest(t, s.owner, "admin", "disclosure:Erase", request, msps[s.owner]))
	w.must(t, onRequest(t, s.owner, "admin", "disclosure:RecordErasure", request))
}
