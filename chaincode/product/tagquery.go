package product

import (
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// MaxTags bounds the earlier tags that an answer lists.
const MaxTags = 16

// ReadTagRequest names an object.
type ReadTagRequest struct {
	// ID is the object in any GS1 form.
	ID string `json:"id"`
}

// ReadTagResponse is the tag of an object.
type ReadTagResponse struct {
	Tag
	// Valid says that it is bound to the object's present life. Otherwise the
	// object, a reused key, has none.
	Valid bool `json:"valid"`
	// Earlier are the tags that it had before, as they were bound, the latest
	// first; at most 16.
	Earlier []Tag `json:"earlier,omitempty"`
}

// ReadTag returns the tag of an object. Anyone may. It fails with fault.NotFound,
// fault.InvalidIdentifier and fault.Unsupported.
func ReadTag(tx *ledger.Tx, req ReadTagRequest) (ReadTagResponse, error) {
	_, twin, err := present(tx, req.ID)
	if err != nil {
		return ReadTagResponse{}, err
	}
	tag, found, err := ledger.Load[Tag](tx, tagKey(twin.ID))
	if err != nil {
		return ReadTagResponse{}, err
	}
	if !found {
		return ReadTagResponse{}, fault.New(fault.NotFound, "no tag is bound to the object").About(twin.ID).At("/id")
	}
	var keys []ledger.Key
	for number := tag.Number - 1; number > 0 && len(keys) < MaxTags; number-- {
		keys = append(keys, tagNumberKey(tag.ID, number))
	}
	earlier, err := ledger.LoadMany[Tag](tx, keys)
	if err != nil {
		return ReadTagResponse{}, err
	}
	response := ReadTagResponse{Tag: tag, Valid: tag.Life == twin.lives()}
	for _, e := range earlier {
		if e == nil {
			return ReadTagResponse{}, fault.New(fault.Internal, "the ledger lacks an earlier tag").About(tag.ID)
		}
		response.Earlier = append(response.Earlier, *e)
	}
	return response, nil
}

// ListTagReadingsRequest asks for a page of the answers of an object's tags.
type ListTagReadingsRequest struct {
	// ID is the object in any GS1 form.
	ID string `json:"id"`
	// Size is the number wanted, 1 to 500; 0 stands for 100.
	Size int `json:"size,omitempty"`
	// Bookmark is that of the page before; absent for the first.
	Bookmark string `json:"bookmark,omitempty"`
}

// ListTagReadingsResponse is a page of the answers of an object's tags.
type ListTagReadingsResponse struct {
	// ID is the object, canonical.
	ID string `json:"id"`
	// Readings are in the order of the tags and of their counters. Answers that
	// show a clone stand with the suspicions ([ListSuspicions]).
	Readings []TagReading `json:"readings"`
	// Bookmark asks for the next page; absent on the last.
	Bookmark string `json:"bookmark,omitempty"`
}

// ListTagReadings lists the answers of an object's tags. Anyone may. It fails with
// fault.NotFound, fault.InvalidIdentifier, fault.Unsupported, and
// fault.LimitExceeded for a size out of range.
func ListTagReadings(tx *ledger.Tx, req ListTagReadingsRequest) (ListTagReadingsResponse, error) {
	_, twin, err := present(tx, req.ID)
	if err != nil {
		return ListTagReadingsResponse{}, err
	}
	if req.Size == 0 {
		req.Size = 100
	}
	entries, next, err := tx.Page(ledger.NewKey("tagread", twin.ID), req.Size, req.Bookmark)
	if err != nil {
		return ListTagReadingsResponse{}, err
	}
	page := ListTagReadingsResponse{ID: twin.ID, Readings: make([]TagReading, len(entries)), Bookmark: next}
	for i, e := range entries {
		record, err := ledger.Decode[tagRead](e.Key, e.Value)
		if err != nil {
			return ListTagReadingsResponse{}, err
		}
		page.Readings[i] = record.TagReading
	}
	return page, nil
}
