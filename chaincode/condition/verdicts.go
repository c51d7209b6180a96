package condition

import (
	"time"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
)

// fedRecord says that a device feeds or has fed a watch. It is never deleted.
type fedRecord struct {
	V int `json:"v"`
}

func fedKey(device, watch string) ledger.Key { return ledger.NewKey("fed", device, watch) }

// DeviceVerdictsRequest asks what became of a device's readings.
type DeviceVerdictsRequest struct {
	// Device is its GIAI or GRAI in any GS1 form.
	Device string `json:"device"`
	// From and To, if given, ask for watches with evidence of the device within
	// that time alone, both ends included.
	From time.Time `json:"from,omitzero"`
	To   time.Time `json:"to,omitzero"`
	// Doubted asks for watches alone in which readings of the device are in
	// doubt now, such as after it was found outside of its limits.
	Doubted bool `json:"doubted,omitempty"`
	// Size is the number of watches looked at, 1 to 500; 0 stands for 100. A
	// page holds those of them that are asked for: it may be empty, and others
	// follow as long as there is a bookmark.
	Size int `json:"size,omitempty"`
	// Bookmark is that of the page before; absent for the first.
	Bookmark string `json:"bookmark,omitempty"`
}

// DeviceVerdict is a watch that a device has fed.
type DeviceVerdict struct {
	// Device is the device's canonical path.
	Device string `json:"device"`
	// Watch is its id, By the MSP id of the organisation that started it.
	Watch string `json:"watch"`
	By    string `json:"by"`
	// Policy is the version of the policy that applies.
	Policy PolicyRef `json:"policy"`
	// From and To are the time for which the device has readings in it; absent
	// when it has none.
	From *evaluation.Moment `json:"from,omitempty"`
	To   *evaluation.Moment `json:"to,omitempty"`
	// Judgement is what the device's readings say now.
	evaluation.Judgement
	// Doubts are what there is to be said against the device in that time.
	Doubts []participant.Doubt `json:"doubts,omitempty"`
	// Breach is the id of the last breach that its readings opened.
	Breach string `json:"breach,omitempty"`
}

// DeviceVerdictsResponse is a page of verdicts, by the watches' ids.
type DeviceVerdictsResponse struct {
	Verdicts []DeviceVerdict `json:"verdicts"`
	// Bookmark asks for the next page; absent on the last.
	Bookmark string `json:"bookmark,omitempty"`
}

// DeviceVerdicts lists the watches that a device feeds or has fed, with what its
// readings say in each now. Of a gateway that signs for other devices, ask for
// those: participant.ListDevices names them. Anyone may.
//
// It fails with fault.InvalidIdentifier, fault.NotFound for a device not on
// record, and fault.LimitExceeded for a size out of range.
func DeviceVerdicts(tx *ledger.Tx, req DeviceVerdictsRequest) (DeviceVerdictsResponse, error) {
	trust, err := participant.LoadTrust(tx, req.Device)
	if err != nil {
		return DeviceVerdictsResponse{}, fault.Of(err).At("/device")
	}
	if req.Size == 0 {
		req.Size = 100
	}
	entries, next, err := tx.Page(ledger.NewKey("fed", trust.Device.ID), req.Size, req.Bookmark)
	if err != nil {
		return DeviceVerdictsResponse{}, err
	}
	lanes, err := loadLanes(tx, entries, trust.Device.ID)
	if err != nil {
		return DeviceVerdictsResponse{}, err
	}
	page := DeviceVerdictsResponse{Verdicts: []DeviceVerdict{}, Bookmark: next}
	for _, f := range lanes {
		if verdict := f.verdict(trust, evaluation.MomentOf(tx.Time())); req.asks(verdict) {
			page.Verdicts = append(page.Verdicts, verdict)
		}
	}
	return page, nil
}

// verdict judges a lane as of now.
func (f fed) verdict(trust *participant.Trust, now evaluation.Moment) DeviceVerdict {
	found := judgeLane(f.watch, f.policy, f.lane, trust, min(f.watch.window().End, now))
	verdict := DeviceVerdict{
		Device: f.lane.Device, Watch: f.watch.ID, By: f.watch.By, Policy: f.watch.Policy,
		Judgement: found.Judgement, Doubts: found.Doubts, Breach: f.lane.Breach,
	}
	if from, to, ok := f.watch.evidence(f.lane); ok {
		verdict.From, verdict.To = &from, &to
	}
	return verdict
}

// asks reports whether the request is about a verdict.
func (r DeviceVerdictsRequest) asks(v DeviceVerdict) bool {
	switch {
	case r.Doubted && len(v.Doubts) == 0:
		return false
	case r.From.IsZero() && r.To.IsZero():
		return true
	case v.From == nil:
		return false
	case !r.From.IsZero() && v.To.Time().Before(r.From):
		return false
	}
	return r.To.IsZero() || !v.From.Time().After(r.To)
}
