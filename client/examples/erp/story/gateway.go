package story

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/client/examples/erp"
)

const documents = 20

const carrierGLN = "9521987000001"

// surviveADeadGateway fills the carrier's outbox, and kills its gateway while the
// documents go.
func (s *tale) surviveADeadGateway() {
	ctx := s.Context()
	_, err := s.DB.ExecContext(ctx, `CREATE TABLE outbox (id INTEGER PRIMARY KEY, subject TEXT, document BLOB, state TEXT NOT NULL DEFAULT '', block INTEGER)`)
	require.NoError(s, err)
	s.waitForOthers()
	for i := range documents {
		s.put(i+1, s.crate(i), s.document(i))
	}
	sent := make(chan error, 1)
	go func() { sent <- s.send(ctx) }()
	for s.sent() == 0 {
		time.Sleep(10 * time.Millisecond)
	}
	s.Kill()
	require.NoError(s, <-sent)
	require.Equal(s, documents, s.sent())
	for i := range documents {
		s.once(func(ctx context.Context) error {
			twin, err := s.retailer.Twin(ctx, s.crate(i))
			if err == nil {
				require.EqualValues(s, 1, twin.Events, "exactly once")
			}
			return err
		})
	}
	_, err = s.DB.ExecContext(ctx, `UPDATE outbox SET state = '', block = NULL WHERE id <= ?`, documents) // a backup of the database was brought back
	require.NoError(s, err)
	require.NoError(s, s.send(ctx), "with a gateway that is dead from the beginning")
	require.Equal(s, documents, s.sent())
}

func (s *tale) send(ctx context.Context) error {
	return erp.SendOutbox(ctx, s.Profile("carrier"), s.MSP("carrier", "operator"), []string{s.Partner}, s.DB)
}

func (s *tale) put(id int, subject string, document []byte) {
	_, err := s.DB.ExecContext(s.Context(), `INSERT INTO outbox (id, subject, document) VALUES (?, ?, ?)`, id, subject, document)
	require.NoError(s, err)
}

// state is what the outbox says of a document, and whether it has a block.
func (s *tale) state(id int) (state string, recorded bool) {
	err := s.DB.QueryRowContext(s.Context(), `SELECT state, block IS NOT NULL FROM outbox WHERE id = ?`, id).Scan(&state, &recorded)
	require.NoError(s, err)
	return state, recorded
}

// waitForOthers has the carrier's outbox hold a receipt of what nobody has shipped yet,
// a document that is wrong, and one more behind each.
func (s *tale) waitForOthers() {
	ctx := s.Context()
	const early, behindEarly, wrong, behindWrong = documents + 1, documents + 2, documents + 3, documents + 4
	goods := s.item(600)
	s.put(early, "goods", s.about(goods, "OBSERVE", "receiving", 52))
	s.put(behindEarly, "goods", s.about(goods, "OBSERVE", "storing", 53))
	s.put(wrong, "crate", s.about(s.item(601), "ADD", "commissioning", 52)) // it is the manufacturer's, and there
	s.put(behindWrong, "crate", s.about(s.crate(documents), "ADD", "commissioning", 52))
	require.NoError(s, s.send(ctx))
	for id, begins := range map[int]string{early: "waits: ", behindEarly: "", wrong: "refused: ", behindWrong: ""} {
		state, recorded := s.state(id)
		require.True(s, strings.HasPrefix(state, begins) && (begins != "" || state == ""), "%d: %s", id, state)
		require.False(s, recorded)
	}
	note := erp.DeliveryNote{Number: "DN/late/" + s.Run, ReceiverGLN: carrierGLN, Objects: []string{goods}, Left: s.made.Add(51 * time.Minute)}
	_, err := erp.Ship(ctx, s.manufacturer, note)
	require.NoError(s, err)
	s.once(func(ctx context.Context) error {
		if err := s.send(ctx); err != nil {
			return err
		}
		if _, recorded := s.state(behindEarly); !recorded {
			return errNotYet
		}
		return nil
	})
	state, _ := s.state(behindWrong)
	require.Empty(s, state, "a person has not looked at what is before it")
	_, err = s.DB.ExecContext(ctx, `DELETE FROM outbox WHERE id = ?`, wrong)
	require.NoError(s, err)
	require.NoError(s, s.send(ctx))
	_, recorded := s.state(behindWrong)
	require.True(s, recorded)
}

// sent is how many documents are on the ledger, as far as the outbox knows.
func (s *tale) sent() (n int) {
	err := s.DB.QueryRowContext(s.Context(), `SELECT COUNT(*) FROM outbox WHERE state LIKE 'in %' AND block > 0 AND id <= ?`, documents).Scan(&n)
	require.NoError(s, err)
	return n
}

func (s *tale) crate(n int) string {
	return fmt.Sprintf("urn:epc:id:grai:9521987.00001.ERP%s-%d", s.Run, n)
}

// document commissions one of the carrier's crates.
func (s *tale) document(n int) []byte { return s.about(s.crate(n), "ADD", "commissioning", 0) }

// about is a document with one event of an object, some minutes after all began.
func (s *tale) about(object, action, step string, minutes time.Duration) []byte {
	return fmt.Appendf(nil, `{"@context": "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
		"type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": %[1]q, "epcisBody": {"eventList": [{
			"type": "ObjectEvent", "eventTime": %[1]q, "eventTimeZoneOffset": "+00:00", "action": %[3]q, "bizStep": %[4]q, "epcList": [%[2]q]
		}]}}`, s.made.Add(minutes*time.Minute).Format(time.RFC3339), object, action, step)
}
