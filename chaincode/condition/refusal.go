package condition

import (
	"errors"
	"strconv"

	"github.com/countersign-ledger/countersign/chaincode/fault"
)

// Details of the refusals of [Record].
const (
	detailRecording = "recording" // the index of the recording at fault
	detailOnRecord  = "onRecord"  // how many of the first are on record
)

// ofRecording says which recording of a transaction is refused.
func ofRecording(index int, err error) *fault.Error {
	number := strconv.Itoa(index)
	return fault.Of(err).At("transient/"+TransientRecording+"/"+number).With(detailRecording, number)
}

// RefusedRecording returns the index, from 0, of the recording for which a
// transaction of [Record] was refused; ok is false when the refusal is not about
// one of them.
func RefusedRecording(err error) (index int, ok bool) { return detail(err, detailRecording) }

// OnRecord returns how many of the first recordings of a transaction of [Record]
// are on record already, when it was refused because the others are not: submit
// it again without those.
func OnRecord(err error) (recordings int, ok bool) {
	if !errors.Is(err, fault.OutOfSequence) {
		return 0, false
	}
	return detail(err, detailOnRecord)
}

func detail(err error, name string) (number int, ok bool) {
	if err == nil {
		return 0, false
	}
	number, unreadable := strconv.Atoi(fault.Of(err).Detail[name])
	return number, unreadable == nil && number >= 0
}
