package story

import (
	"context"
	"fmt"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/client/examples/erp"
)

const documents = 20

// surviveADeadGateway fills the carrier's outbox, and kills its gateway while the
// documents go.
func (s *tale) surviveADeadGateway() {
	ctx := s.Context()
	_, err := s.DB.ExecContext(ctx, `CREATE TABLE outbox (id INTEGER PRIMARY KEY, document BLOB, state TEXT)`)
	require.NoError(s, err)
	for i := range documents {
		_, err := s.DB.ExecContext(ctx, `INSERT INTO outbox (id, document) VALUES (?, ?)`, i, s.document(i))
		require.NoError(s, err)
	}
	send := func(ctx context.Context) error {
		return erp.SendOutbox(ctx, s.Profile("carrier"), s.MSP("carrier", "operator"), []string{s.Partner}, s.DB)
	}
	sent := make(chan error, 1)
	go func() { sent <- send(ctx) }()
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
	_, err = s.DB.ExecContext(ctx, `UPDATE outbox SET state = NULL`) // a backup of the database was brought back
	require.NoError(s, err)
	require.NoError(s, send(ctx), "with a gateway that is dead from the beginning")
	require.Equal(s, documents, s.sent())
}

// sent is how many documents are on the ledger, as far as the outbox knows.
func (s *tale) sent() (n int) {
	err := s.DB.QueryRowContext(s.Context(), `SELECT COUNT(*) FROM outbox WHERE state LIKE 'in %'`).Scan(&n)
	require.NoError(s, err)
	return n
}

func (s *tale) crate(n int) string {
	return fmt.Sprintf("urn:epc:id:grai:9521987.00001.ERP%s-%d", s.Run, n)
}

// document commissions one of the carrier's crates.
func (s *tale) document(n int) []byte {
	return fmt.Appendf(nil, `{"@context": "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
		"type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": %[1]q, "epcisBody": {"eventList": [{
			"type": "ObjectEvent", "eventTime": %[1]q, "eventTimeZoneOffset": "+00:00", "action": "ADD", "bizStep": "commissioning", "epcList": [%[2]q]
		}]}}`, s.made.Format(time.RFC3339), s.crate(n))
}
