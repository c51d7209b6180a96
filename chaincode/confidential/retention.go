package confidential

import (
	"strconv"
	"strings"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// maxYears bounds a retention.
const maxYears = 30

// years reads an ISO 8601 duration of whole years, P1Y to P30Y; 0 for the empty text.
func years(text string) (int, bool) {
	if text == "" {
		return 0, true
	}
	digits, begins := strings.CutPrefix(text, "P")
	digits, ends := strings.CutSuffix(digits, "Y")
	n, err := strconv.Atoi(digits)
	return n, begins && ends && err == nil && n >= 1 && n <= maxYears && digits == strconv.Itoa(n)
}

func (m *Manifest) checkRetention() error {
	r := m.Retention
	keep, kept := years(r.Keep)
	erase, erased := years(r.EraseAfter)
	switch {
	case !kept:
		return wrong("/retention/keep", "a record is kept for P1Y to P%dY, whole years", maxYears)
	case !erased:
		return wrong("/retention/eraseAfter", "a record is due to be purged after P1Y to P%dY, whole years", maxYears)
	case erase > 0 && erase < keep:
		return wrong("/retention/eraseAfter", "a record is not due to be purged before the time for which it is kept is over")
	case !isText(r.Basis, 0, MaxRule):
		return wrong("/retention/basis", "a basis has at most %d bytes", MaxRule)
	}
	return nil
}

// KeepUntil returns when the record may be purged: the same day and time, UTC, so
// many calendar years after it was written, and 1 March for 29 February where there
// is none. It is the zero time when the record can be purged at once.
func (m *Manifest) KeepUntil() time.Time { return m.after(m.Retention.Keep) }

// EraseBy returns when the record is due to be purged, the zero time for never.
func (m *Manifest) EraseBy() time.Time { return m.after(m.Retention.EraseAfter) }

func (m *Manifest) after(duration string) time.Time {
	n, ok := years(duration)
	if !ok || n == 0 {
		return time.Time{}
	}
	return m.Written.UTC().AddDate(n, 0, 0)
}

// retained refuses to purge what is to be kept, or is under a legal hold.
func (m *Manifest) retained(tx *ledger.Tx) error {
	holds, err := Holds(tx, m)
	if err != nil {
		return err
	}
	var holders []string
	for _, hold := range holds {
		holders = append(holders, hold.MSP)
	}
	until := m.KeepUntil()
	kept := tx.Time().Before(until)
	if !kept && len(holders) == 0 {
		return nil
	}
	refused := fault.New(fault.Retained, "the record is under a legal hold of %s", strings.Join(holders, ", "))
	if len(holders) == 0 {
		refused = fault.New(fault.Retained, "the record is kept until %s", until.Format(time.RFC3339Nano))
	}
	if kept {
		refused = refused.With("until", until.Format(time.RFC3339Nano))
	}
	if len(holders) > 0 {
		refused = refused.With("holds", strings.Join(holders, ","))
	}
	return refused
}
