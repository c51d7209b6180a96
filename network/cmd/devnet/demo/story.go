package demo

import (
	"encoding/json"
	"fmt"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/chaincode/shipment"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
	"github.com/countersign-ledger/countersign/client"
)

// tell plays the story on a running network, up to the evidence.
func (s *stage) tell() error {
	if err := s.found(); err != nil {
		return err
	}
	if err := s.travel(); err != nil {
		return err
	}
	if err := s.secrets(); err != nil {
		return err
	}
	return s.inspect()
}

// travel captures the events in order, each by the company that it belongs to.
// The logger's readings arrive on the way, where the story needs them.
func (s *stage) travel() error {
	good, carried, rest, err := s.input.parts()
	if err != nil {
		return err
	}
	s.chapter("The goods travel")
	var d *device
	var shipped int
	for _, step := range s.input.steps {
		if step.shipping() {
			shipped++
		}
		if step.shipping() && shipped == 1 {
			if d, err = s.watch(); err != nil {
				return err
			}
			s.chapter("From the manufacturer to the carrier")
		}
		if step.shipping() && shipped == 2 {
			if err := s.excursion(d, step, carried); err != nil {
				return err
			}
		}
		if err := s.capture(step); err != nil {
			return err
		}
		if step.receiving() && shipped == 1 {
			if err := s.pass(d, good); err != nil {
				return err
			}
		}
	}
	return s.arrive(d, rest)
}

// capture records one event.
func (s *stage) capture(step step) error {
	what := fmt.Sprintf("captures %s of %d objects", word(step), len(step.event.EPCList))
	_, err := call(s, step.actor, "operator", api.Capture, shipment.CaptureRequest{}, what, client.WithTransient(step.document))
	return err
}

// word names an event for people.
func word(step step) string {
	if step.event.BizStep != "" {
		return step.event.BizStep
	}
	return string(step.event.Action)
}

// pass records readings that keep the policy.
func (s *stage) pass(d *device, good []telemetry.Reading) error {
	recorded, err := s.record(d, good)
	if err != nil {
		return err
	}
	if verdict := recorded.Lanes[0].Verdict; verdict != evaluation.Kept {
		return fmt.Errorf("the first readings must keep the policy; the verdict is %s", verdict)
	}
	return nil
}

// excursion records the readings that break the policy, tries to ship all the
// same, and has the quality unit decide.
func (s *stage) excursion(d *device, shipping step, carried []telemetry.Reading) error {
	s.chapter("An excursion, a hold, a decision")
	breach, err := s.breach(d, carried)
	if err != nil {
		return err
	}
	if err := refused(s, shipping.actor, "operator", api.Capture, shipment.CaptureRequest{}, "ships the held objects", fault.Held, client.WithTransient(shipping.document)); err != nil {
		return err
	}
	if err := s.decide(breach); err != nil {
		return err
	}
	s.chapter("From the carrier to the retailer")
	return nil
}

// arrive records what is left of the log and ends the watch.
func (s *stage) arrive(d *device, rest []telemetry.Reading) error {
	if len(rest) > 0 {
		if _, err := s.record(d, rest); err != nil {
			return err
		}
	}
	log := s.input.log.Readings
	_, err := call(s, manufacturer, "operator", api.EndWatch, condition.EndWatchRequest{ID: s.watchID, End: log[len(log)-1].At()}, "ends the watch")
	return err
}

// inspect has the regulator read everything public, and try to write.
func (s *stage) inspect() error {
	s.chapter("The regulator reads, and cannot write")
	object := s.input.objects[0]
	twin, err := call(s, regulator, "auditor", api.Twin, product.ReadTwinRequest{ID: object}, "reads a twin")
	if err != nil {
		return err
	}
	s.says(regulator, "reads %s: %s, in the custody of %s", twin.ID, twin.State, twin.Custodian)
	history, err := call(s, regulator, "auditor", api.History, product.ReadHistoryRequest{ID: object}, "reads a history")
	if err != nil {
		return err
	}
	s.says(regulator, "reads its history of %d events", history.Events)
	for _, e := range history.Entries {
		made := e.RecordedBy
		if e.LedgerMade {
			made = "the ledger"
		}
		s.says("", "   %2d  %-15s  %s  by %s", e.Number, e.BizStep, e.Time.Format("2006-01-02 15:04"), made)
	}
	watch, err := call(s, regulator, "auditor", api.Watch, condition.ReadWatchRequest{ID: s.watchID}, "reads the watch")
	if err != nil {
		return err
	}
	lane := watch.Lanes[0]
	s.says(regulator, "reads the watch: %s; %d readings, %s to %s °C", watch.Verdict, lane.Readings, lane.Lowest, lane.Highest)
	// Its own peer runs no chaincode, so it names who shall see the document.
	first := s.input.steps[0]
	if err := refused(s, regulator, "admin", api.Capture, shipment.CaptureRequest{}, "captures an event", fault.ReaderOnly,
		client.WithTransient(first.document), client.EndorsedBy(s.traders()...)); err != nil {
		return err
	}
	return s.refusedByOrderer()
}

// evidenceOf has the state of an object stated by all trading companies, at the
// request of the regulator.
func (s *stage) evidenceOf(object string) ([]byte, error) {
	c, err := s.as(regulator, "auditor")
	if err != nil {
		return nil, err
	}
	all := s.traders()
	statement, err := c.AttestTwin(s.ctx, object, all...)
	if err != nil {
		return nil, fmt.Errorf("attest: %w", err)
	}
	var twin product.View
	if err := json.Unmarshal(statement.Result, &twin); err != nil {
		return nil, fmt.Errorf("read the statement: %w", err)
	}
	if want := s.msp(retailer); twin.Custodian != want {
		return nil, fmt.Errorf("the goods should have come to %s; they are with %s", want, twin.Custodian)
	}
	text, err := statement.Encode()
	if err != nil {
		return nil, fmt.Errorf("write the statement: %w", err)
	}
	s.says(regulator, "has the twin stated by %d companies: %d bytes of evidence", len(all), len(text))
	return text, nil
}
