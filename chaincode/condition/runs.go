package condition

import (
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
)

// Run is what one recording said in one watch: of at most 3 KB, however many
// readings there were. The runs of a lane follow one another without a hole, so
// that what the readings say of any part of the watch's time is found from the
// two runs at its ends. What an object that was there for that part suffered is
// computed so ([ReadObject]).
type Run struct {
	// V is the schema version.
	V int `json:"v"`
	// Sequence is the recording's number, and First and Last are the times of
	// its first and last reading.
	Sequence uint64            `json:"sequence"`
	First    evaluation.Moment `json:"first"`
	Last     evaluation.Moment `json:"last"`
	// From is from when this run says something of the watch: the last reading
	// before it, or the start of the watch. It says so up to Last, or the end of
	// the watch.
	From evaluation.Moment `json:"from"`
	// Run is what this recording added, and Sum what the device's recordings in
	// this watch add up to, this one included.
	Run Counted `json:"run"`
	Sum Counted `json:"sum"`
	// Bands are those of the terms, in their order.
	Bands []RunBand `json:"bands,omitempty"`
	// Spans are the parts of excursions that this recording brought to count, in
	// order of time: see evaluation.Outcome. Coarse says that they also cover
	// time between excursions: then they bound what RunMs of the bands counts.
	Spans  []RunSpan `json:"spans,omitempty"`
	Coarse bool      `json:"coarse,omitempty"`
}

// Counted is what readings in a watch count up to.
type Counted struct {
	// Readings counts readings within the watch.
	Readings uint64 `json:"readings"`
	// Gaps counts stretches without readings, which last MissingMs together.
	Gaps      uint64 `json:"gaps,omitempty"`
	MissingMs int64  `json:"missingMs,omitempty"`
	// Implausible counts readings that a working sensor cannot have made.
	Implausible uint64 `json:"implausible,omitempty"`
}

// RunBand is what one recording said of one band, in milliseconds.
type RunBand struct {
	// RunMs is the length of what it brought to count as out of range, and SumMs
	// that of all up to it.
	RunMs int64 `json:"runMs,omitempty"`
	SumMs int64 `json:"sumMs,omitempty"`
	// Excursions counts the excursions up to it.
	Excursions uint64 `json:"excursions,omitempty"`
	// LongestMs is the longest single excursion up to it.
	LongestMs int64 `json:"longestMs,omitempty"`
	// Noise is from when an excursion lasts that is too short as yet to count;
	// absent when there is none under way.
	Noise *evaluation.Moment `json:"noise,omitempty"`
	// UnderWay says that its last reading is in an excursion, which the next
	// recording goes on with.
	UnderWay bool `json:"underWay,omitempty"`
}

// RunSpan is a stretch of time out of a band, which is given by its index.
type RunSpan struct {
	Band int               `json:"band"`
	From evaluation.Moment `json:"from"`
	To   evaluation.Moment `json:"to"`
}

func runKey(watch, device string, sequence uint64) ledger.Key {
	return ledger.NewKey("run", watch, device, ledger.Number(sequence))
}

// runOf makes the record of what a recording did to a lane, which was as before.
func runOf(f fed, before evaluation.Tally, recording Recorded, outcome evaluation.Outcome) Run {
	now := f.lane.Tally
	run := Run{
		V: Version, Sequence: recording.Sequence, First: recording.First, Last: recording.Last, From: f.watch.Start,
		Sum: counted(now), Run: counted(now).less(counted(before)), Coarse: outcome.Coarse,
	}
	if before.Last != nil {
		run.From = max(run.From, before.Last.Time)
	}
	for i, band := range now.Bands {
		b := RunBand{RunMs: band.OutMs, SumMs: band.OutMs, Excursions: band.Excursions, LongestMs: band.LongestMs, UnderWay: band.Excursion != nil}
		if i < len(before.Bands) {
			b.RunMs -= before.Bands[i].OutMs
		}
		if x := band.Excursion; x != nil && x.Noise {
			b.Noise = &x.From
		}
		run.Bands = append(run.Bands, b)
	}
	for _, span := range outcome.Spans {
		index := slices.IndexFunc(f.policy.Terms.Bands, func(b evaluation.Band) bool { return b.Name == span.Band })
		run.Spans = append(run.Spans, RunSpan{Band: index, From: span.From, To: span.To})
	}
	return run
}

func counted(t evaluation.Tally) Counted {
	return Counted{Readings: t.Readings, Gaps: t.Gaps, MissingMs: t.MissingMs, Implausible: t.Implausible}
}

func (c Counted) less(before Counted) Counted {
	return Counted{
		Readings: c.Readings - before.Readings, Gaps: c.Gaps - before.Gaps,
		MissingMs: c.MissingMs - before.MissingMs, Implausible: c.Implausible - before.Implausible,
	}
}

// ListRunsRequest asks what a device's recordings said in a watch.
type ListRunsRequest struct {
	// Watch is the id of the watch, "MSP/name".
	Watch string `json:"watch" jsonschema:"maxLength=200"`
	// Device is the device in any GS1 form.
	Device string `json:"device"`
	// Size is the number wanted, 1 to 500; 0 stands for 100.
	Size int `json:"size,omitempty"`
	// Bookmark is that of the page before; absent for the first.
	Bookmark string `json:"bookmark,omitempty"`
}

// ListRunsResponse is a page of runs, by the numbers of the recordings.
type ListRunsResponse struct {
	Runs []Run `json:"runs"`
	// Bookmark asks for the next page; absent on the last.
	Bookmark string `json:"bookmark,omitempty"`
}

// ListRuns lists what each of a device's recordings said in a watch. Anyone may.
// It fails with fault.NotFound, fault.InvalidIdentifier and
// fault.LimitExceeded.
func ListRuns(tx *ledger.Tx, req ListRunsRequest) (ListRunsResponse, error) {
	device, err := participant.LoadDevice(tx, req.Device)
	if err != nil {
		return ListRunsResponse{}, fault.Of(err).At("/device")
	}
	watch, err := loadWatch(tx, req.Watch)
	if err != nil {
		return ListRunsResponse{}, fault.Of(err).At("/watch")
	}
	if req.Size == 0 {
		req.Size = 100
	}
	entries, next, err := tx.Page(ledger.NewKey("run", watch.ID, device.ID), req.Size, req.Bookmark)
	if err != nil {
		return ListRunsResponse{}, err
	}
	response := ListRunsResponse{Runs: make([]Run, len(entries)), Bookmark: next}
	for i, entry := range entries {
		if response.Runs[i], err = ledger.Decode[Run](entry.Key, entry.Value); err != nil {
			return ListRunsResponse{}, err
		}
	}
	return response, nil
}
