package condition

import (
	"slices"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/personal"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// Limits of watches.
const (
	// MaxObjects bounds the objects of a watch. What is more is in something:
	// watch the container.
	MaxObjects = 1000
	// MaxDevices bounds the devices of a watch.
	MaxDevices = 16
	// MaxFeeds bounds the unfinished watches that a device feeds: each recording
	// is evaluated in all of them.
	MaxFeeds = 16

	perPage = 100 // objects in a page of a watch: at most 9 KB
	skew    = personal.Skew
)

// Watch is a policy applied to objects from a start to an end.
type Watch struct {
	// V is the schema version.
	V int `json:"v"`
	// ID names the watch, with the organisation that started it: "MSP/name".
	ID string `json:"id"`
	// Policy is the version of the policy that applies.
	Policy PolicyRef `json:"policy"`
	// By is the MSP id of the organisation that started it, the custodian of
	// its objects then.
	By string `json:"by"`
	// Owner is the MSP id of the objects' owner at the start.
	Owner string `json:"owner"`
	// Place is the place that is watched, with all that is there; absent for a
	// watch of objects alone.
	Place string `json:"place,omitempty"`
	// Count is the number of objects, lots not counted.
	Count int `json:"count"`
	// Lots are the lots of which it is about what By has, by their canonical paths.
	Lots []string `json:"lots,omitempty"`
	// Goods says that assets (GRAI, GIAI) among them are goods themselves, and not
	// only carry some.
	Goods bool `json:"goods,omitempty"`
	// Devices are those that measure, by their canonical paths, in order.
	Devices []string `json:"devices"`
	// Start is from when the policy applies.
	Start evaluation.Moment `json:"start"`
	// End is until when; absent while the watch runs.
	End *evaluation.Moment `json:"end,omitempty"`
	// AtEnd is what the readings said when it was ended, of all devices together;
	// absent while it runs. What they say now: [ReadWatch].
	AtEnd *evaluation.Judgement `json:"atEnd,omitempty"`
	// Started and Ended are the ledger times of starting and ending it,
	// Transaction is the one that started it.
	Started     time.Time `json:"started"`
	Ended       time.Time `json:"ended,omitzero"`
	Transaction string    `json:"transaction"`
}

func (w *Watch) window() evaluation.Window {
	if w.End == nil {
		return evaluation.Window{Start: w.Start, End: evaluation.Open}
	}
	return evaluation.Window{Start: w.Start, End: *w.End}
}

// Lane is the state of one device within one watch.
type Lane struct {
	// V is the schema version.
	V int `json:"v"`
	// Device is its canonical path.
	Device string `json:"device"`
	// Unit is the unit of all amounts here, a code of UN/ECE Recommendation 20:
	// the device's, or the policy's where only readings convert exactly (see
	// evaluation.Align).
	Unit string `json:"unit"`
	evaluation.Tally
	// FirstRecording and LastRecording are the numbers of the recordings that
	// were evaluated: all between, too. 0 before the first.
	FirstRecording uint64 `json:"firstRecording,omitempty"`
	LastRecording  uint64 `json:"lastRecording,omitempty"`
	// Breach is the id of the last breach that its readings opened.
	Breach string `json:"breach,omitempty"`
}

// page holds some of a watch's objects.
type page struct {
	V       int      `json:"v"`
	Objects []string `json:"objects"`
}

// feed says that a device feeds an unfinished watch.
type feed struct {
	V int `json:"v"`
}

func watchKey(id string) ledger.Key           { return ledger.NewKey("watch", id) }
func laneKey(watch, device string) ledger.Key { return ledger.NewKey("lane", watch, device) }
func feedKey(device, watch string) ledger.Key { return ledger.NewKey("feed", device, watch) }

// StartWatchRequest asks for a watch.
type StartWatchRequest struct {
	// Name names the watch among those of the caller's organisation: 1 to 64
	// letters, digits, '.', '_' and '-'. Its id is "MSP/name".
	Name string `json:"name" jsonschema:"maxLength=64"`
	// Policy is the version of the policy to apply.
	Policy PolicyRef `json:"policy"`
	// Objects are 1 to 1,000 objects in any GS1 form, all in the custody of the
	// caller's organisation, and of one owner; of several when the policy names a
	// quality unit that decides on all of them (Policy.Quality). Of what can contain things (a logistic unit, an asset such
	// as a vehicle or a tote), what is in it is watched, while it is in it. Up to 16
	// of them may be lots of trade items (/01/.../10/...): what the organisation has
	// of those at hand is watched, from now on, all of one owner.
	Objects []string `json:"objects"`
	// Goods says that assets (GRAI, GIAI) among the objects are goods themselves,
	// such as a machine that is sold: a breach holds them, too. Otherwise they
	// only carry what is in them.
	Goods bool `json:"goods,omitempty"`
	// Place is the place to watch, by its GLN in any GS1 form, with all that is
	// there while the watch runs; absent for a watch of objects. Objects then are
	// what is there at the start, as far as it is to be watched, and may be none.
	Place string `json:"place,omitempty"`
	// Devices are 1 to 16 registered devices of the caller's organisation, or
	// assigned to it, in any GS1 form, which measure what the policy names in
	// its unit or another that compares exactly (evaluation.Align), and are what
	// it asks for.
	Devices []string `json:"devices"`
	// Start is from when the policy applies; absent: from now. It is at most 15
	// minutes ahead, and not before the last reading of a device that is on
	// record already, nor before the caller's organisation had the objects, but
	// for the 15 minutes by which clocks differ.
	Start time.Time `json:"start,omitzero"`
}

// StartWatch begins to apply a policy to objects, by an operator, admin or
// person of the quality unit of their custodian.
//
// Refusals: fault.InvalidRequest, fault.InvalidIdentifier, fault.LimitExceeded;
// fault.NotFound for a policy, object or device not on record;
// fault.AlreadyExists when the watch is; fault.NotLicensee for a place of others; fault.NotCustodian for an object or
// device of others, also when others had it at the start; fault.ObjectEnded; fault.Unsupported for objects of several
// owners when the policy does not say who decides, and for devices that measure
// something else; fault.DeviceUnfit for a
// device that is revoked, suspended or not calibrated now, or not what the
// policy asks for; fault.TimeAhead; fault.OutOfSequence when readings after the
// start are on record, because they were evaluated without this watch.
func StartWatch(tx *ledger.Tx, req StartWatchRequest) (Watch, error) {
	caller, err := participant.Require(tx, ledger.RoleOperator, ledger.RoleAdmin, ledger.RoleQuality)
	if err != nil {
		return Watch{}, err
	}
	if err := req.check(); err != nil {
		return Watch{}, err
	}
	policy, err := req.free(tx, scoped(caller.MSP, req.Name))
	if err != nil {
		return Watch{}, err
	}
	watch := Watch{
		V: Version, ID: scoped(caller.MSP, req.Name), Policy: req.Policy, By: caller.MSP, Goods: req.Goods,
		Start: evaluation.MomentOf(req.Start), Started: tx.Time(), Transaction: tx.ID(),
	}
	if req.Start.IsZero() {
		watch.Start = evaluation.MomentOf(tx.Time())
	}
	if watch.Start > evaluation.MomentOf(tx.Time().Add(skew)) {
		return Watch{}, fault.New(fault.TimeAhead, "the start is more than 15 minutes ahead").At("/start")
	}
	if err := watch.takePlace(tx, policy, req.Place); err != nil {
		return Watch{}, err
	}
	if err := watch.takeObjects(tx, policy, req.Objects); err != nil {
		return Watch{}, err
	}
	if err := watch.takeDevices(tx, policy, req.Devices); err != nil {
		return Watch{}, err
	}
	return watch, ledger.Store(tx, watchKey(watch.ID), watch)
}

func (r StartWatchRequest) check() error {
	if err := checkName(r.Name); err != nil {
		return fault.Of(err).At("/name")
	}
	switch {
	case len(r.Objects) < 1 && r.Place == "" || len(r.Objects) > MaxObjects:
		return fault.New(fault.LimitExceeded, "a watch has 1 to %d objects, not %d; start several", MaxObjects, len(r.Objects)).At("/objects")
	case len(r.Devices) < 1 || len(r.Devices) > MaxDevices:
		return fault.New(fault.LimitExceeded, "a watch has 1 to %d devices, not %d", MaxDevices, len(r.Devices)).At("/devices")
	case !r.Start.IsZero() && r.Start.Year() < 1970:
		return fault.New(fault.InvalidRequest, "the start is before 1970").At("/start")
	}
	return nil
}

// free returns the policy, and refuses an id that is taken.
func (r StartWatchRequest) free(tx *ledger.Tx, id string) (*Policy, error) {
	known, found, err := ledger.Load[Watch](tx, watchKey(id))
	if err != nil {
		return nil, err
	}
	if found {
		return nil, fault.New(fault.AlreadyExists, "there is a watch %s; take another name", id).
			With("transaction", known.Transaction).At("/name")
	}
	policy, err := loadPolicy(tx, r.Policy)
	if err != nil {
		return nil, fault.Of(err).At("/policy")
	}
	return policy, nil
}

// takeObjects checks the objects and stores them, in order and without repeats.
func (w *Watch) takeObjects(tx *ledger.Tx, policy *Policy, texts []string) error {
	all, err := parseObjects(texts)
	if err != nil {
		return err
	}
	ids, lots := partLots(all)
	twins, err := product.LoadTwins(tx, ids)
	if err != nil {
		return err
	}
	paths := make([]string, len(ids))
	for i, twin := range twins {
		paths[i] = ids[i].Path()
		if err := w.mayWatch(twin, paths[i], policy); err != nil {
			return err
		}
	}
	if w.Owner == "" && len(twins) > 0 {
		w.Owner = twins[0].Owner // all are empty, or carry things of several owners
	}
	if err := w.mayName(twins, policy); err != nil {
		return err
	}
	if err := w.hadAtStart(tx, twins); err != nil {
		return err
	}
	if err := w.takeLots(tx, lots, twins); err != nil {
		return err
	}
	if err := w.enlist(tx, paths); err != nil {
		return err
	}
	w.Count = len(paths)
	number := uint64(0)
	for objects := range slices.Chunk(paths, perPage) {
		if err := ledger.Store(tx, pageKey(w.ID, number), page{V: Version, Objects: objects}); err != nil {
			return err
		}
		number++
	}
	return nil
}

func pageKey(watch string, number uint64) ledger.Key {
	return ledger.NewKey("watchpage", watch, ledger.Number(number))
}

// takeDevices checks the devices and gives each its lane.
func (w *Watch) takeDevices(tx *ledger.Tx, policy *Policy, texts []string) error {
	for _, text := range texts {
		trust, err := participant.LoadTrust(tx, text)
		if err != nil {
			return fault.Of(err).At("/devices")
		}
		device := trust.Device
		if slices.Contains(w.Devices, device.ID) {
			return fault.New(fault.InvalidRequest, "the device is named twice").About(device.ID).At("/devices")
		}
		if err := w.mayUse(trust, policy, tx.Time()); err != nil {
			return err
		}
		w.Devices = append(w.Devices, device.ID)
		if err := w.openLane(tx, policy, device); err != nil {
			return err
		}
	}
	slices.Sort(w.Devices)
	return policy.Devices.enough(len(w.Devices))
}

// openLane begins a lane with the device's last reading so far, so that the
// first stretch of the watch is judged as if the lane had always been there.
func (w *Watch) openLane(tx *ledger.Tx, policy *Policy, measuring *participant.Device) error {
	device := measuring.ID
	head, err := loadHead(tx, device)
	if err != nil {
		return err
	}
	lane, last := Lane{V: Version, Device: device}, (*evaluation.Point)(nil)
	if head.Sequence > 0 {
		if head.Last.Time > w.Start {
			return fault.New(fault.OutOfSequence, "readings up to %s are on record and were not evaluated in this watch; start it then or later", head.Last.Time).
				About(device).At("/start")
		}
		last = &head.Last
	}
	if err := lane.begin(policy, measuring.Unit, last); err != nil {
		return fault.Of(err).About(device).At("/devices")
	}
	feeds, err := tx.Scan(ledger.NewKey("feed", device))
	if err != nil {
		return err
	}
	if err := w.mayFeed(measuring, feeds); err != nil {
		return err
	}
	if err := ledger.Store(tx, feedKey(device, w.ID), feed{V: Version}); err != nil {
		return err
	}
	if err := ledger.Store(tx, fedKey(device, w.ID), fedRecord{V: Version}); err != nil {
		return err
	}
	return ledger.Store(tx, laneKey(w.ID, device), lane)
}
