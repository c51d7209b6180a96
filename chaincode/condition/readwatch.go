package condition

import (
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
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
	// Judgement is what this device's readings say, with what there is to be
	// said against the device: reasons that begin with "device:".
	evaluation.Judgement
	// Doubts are the times within which the device is not believed.
	Doubts []participant.Doubt `json:"doubts,omitempty"`
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
	response := ReadWatchResponse{Watch: *watch, Objects: []string{}, Terms: policy.Terms, AsOf: min(watch.window().End, evaluation.MomentOf(tx.Time()))}
	for _, id := range ids {
		response.Objects = append(response.Objects, id.Path())
	}
	found, err := judgeLanes(tx, watch, policy, lanes, response.AsOf)
	if err != nil {
		return ReadWatchResponse{}, err
	}
	judgements := make([]evaluation.Judgement, len(lanes))
	for i, lane := range lanes {
		judgements[i] = found[i].Judgement
		response.Lanes = append(response.Lanes, LaneView{Lane: *lane, Judgement: found[i].Judgement, Doubts: found[i].Doubts})
	}
	response.Judgement = evaluation.Fold(judgements...)
	return response, nil
}
