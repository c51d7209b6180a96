package condition

import (
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// ReadWatchRequest names a watch.
type ReadWatchRequest struct {
	// ID names the watch, with its organisation: "MSP/name".
	ID string `json:"id" jsonschema:"maxLength=200"`
}

// ReadWatchResponse is a watch and what its readings say so far.
type ReadWatchResponse struct {
	Watch
	// Objects are what is watched, by their canonical paths.
	Objects []string `json:"objects"`
	// Terms are those of the policy.
	Terms evaluation.Terms `json:"terms"`
	// Judgement is that of all lanes together: broken if one is, else
	// undetermined if one is, else kept.
	evaluation.Judgement
	// AsOf is the moment that the verdict is about: the end of the watch, or the
	// time of the query while it runs.
	AsOf evaluation.Moment `json:"asOf"`
	// Lanes are the states of the devices, in the order of Devices.
	Lanes []LaneView `json:"lanes"`
}

// LaneView is a lane and its verdict.
type LaneView struct {
	Lane
	// Judgement is what this device's readings say.
	evaluation.Judgement
}

// ReadWatch returns a watch with its verdict, or fault.NotFound. Anyone may.
func ReadWatch(tx *ledger.Tx, req ReadWatchRequest) (ReadWatchResponse, error) {
	watch, err := loadWatch(tx, req.ID)
	if err != nil {
		return ReadWatchResponse{}, err
	}
	policy, err := loadPolicy(tx, watch.Policy)
	if err != nil {
		return ReadWatchResponse{}, err
	}
	lanes, err := watch.lanes(tx)
	if err != nil {
		return ReadWatchResponse{}, err
	}
	ids, err := watch.objects(tx)
	if err != nil {
		return ReadWatchResponse{}, err
	}
	window := watch.window()
	response := ReadWatchResponse{Watch: *watch, Terms: policy.Terms, AsOf: min(window.End, evaluation.MomentOf(tx.Time()))}
	for _, id := range ids {
		response.Objects = append(response.Objects, id.Path())
	}
	judgements := make([]evaluation.Judgement, len(lanes))
	for i, lane := range lanes {
		judgements[i] = lane.Judge(policy.Terms, window, response.AsOf)
		response.Lanes = append(response.Lanes, LaneView{Lane: *lane, Judgement: judgements[i]})
	}
	response.Judgement = evaluation.Fold(judgements...)
	return response, nil
}
