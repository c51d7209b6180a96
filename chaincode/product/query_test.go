package product_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

func query[Req, Resp any](s *Scene, rule func(*ledger.Tx, Req) (Resp, error), req Req) (response Resp, err error) {
	err = s.As(Outsider, "").Query(func(tx *ledger.Tx) error {
		response, err = rule(tx, req)
		return err
	})
	return response, err
}

func TestATwinIsFoundUnderEverySpellingOfItsName(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a))
	for _, id := range []string{a, "urn:epc:id:sgtin:9506000.013435.A", "https://example.com/some/where/01/09506000134352/21/A?17=271231"} {
		twin, err := query(s, product.ReadTwin, product.ReadTwinRequest{ID: id})
		require.NoError(t, err)
		require.Equal(t, a, twin.ID)
	}
	for id, code := range map[string]fault.Code{
		b: fault.NotFound, "": fault.InvalidIdentifier, "/01/09506000134353/21/A": fault.InvalidIdentifier,
		"/01/09506000134352": fault.Unsupported, GLN(Retailer): fault.Unsupported,
	} {
		_, err := query(s, product.ReadTwin, product.ReadTwinRequest{ID: id})
		require.ErrorIs(t, err, code, id)
		require.Equal(t, "/id", fault.Of(err).Field)
	}
}

func TestAHistoryIsReadInStretchesWithoutGapsOrRepeats(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a))
	for range 22 {
		s.MustCapture(Manufacturer, Step("storing", a))
	}
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.IntRange(1, 30).Draw(t, "size")
		from := rapid.Uint64Range(0, 30).Draw(t, "from")
		var numbers []uint64
		for next := from; ; {
			page, err := query(s, product.ReadHistory, product.ReadHistoryRequest{ID: a, From: next, Size: size})
			if err != nil || page.Events != 23 || len(page.Entries) > size {
				t.Fatalf("%+v, %v", page, err)
			}
			for _, e := range page.Entries {
				numbers = append(numbers, e.Number)
			}
			if next = page.Next; next == 0 {
				break
			}
		}
		expect := max(from, 1)
		for _, n := range numbers {
			if n != expect {
				t.Fatalf("from %d in stretches of %d: %v", from, size, numbers)
			}
			expect++
		}
		if expect != max(24, from) {
			t.Fatalf("from %d in stretches of %d: ends at %d", from, size, expect)
		}
	})
	for _, size := range []int{-1, ledger.MaxPage + 1} {
		_, err := query(s, product.ReadHistory, product.ReadHistoryRequest{ID: a, Size: size})
		require.ErrorIs(t, err, fault.LimitExceeded)
	}
	_, err := query(s, product.ReadHistory, product.ReadHistoryRequest{ID: b})
	require.ErrorIs(t, err, fault.NotFound)
	page, err := query(s, product.ReadHistory, product.ReadHistoryRequest{ID: a, From: 1 << 63, Size: 500})
	require.NoError(t, err)
	require.Empty(t, page.Entries)
}

func TestAnEventIsNamedByItsHash(t *testing.T) {
	s := New(t)
	hash := s.MustCapture(Manufacturer, Commission(a)).Events[0].Event
	digits, err := product.EventHash(hash)
	require.NoError(t, err)
	for _, name := range []string{hash, digits} {
		read, err := query(s, product.ReadEvent, product.ReadEventRequest{Event: name})
		require.NoError(t, err)
		require.Equal(t, hash, read.Record.Event)
	}
	_, err = query(s, product.ReadEvent, product.ReadEventRequest{Event: hash, RecordedBy: Carrier})
	require.ErrorIs(t, err, fault.NotFound)
	for _, name := range []string{"", "x", digits[1:], "ni:///sha-256;" + digits, digits + "?ver=CBV2.0"} {
		_, err := query(s, product.ReadEvent, product.ReadEventRequest{Event: name})
		require.ErrorIs(t, err, fault.InvalidRequest, name)
	}
}
