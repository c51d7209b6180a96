package participant

import (
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// listed is an entry of an index: its key says it all.
type listed struct {
	V int `json:"v"`
}

// ListDevicesRequest asks for devices: those of an owner, or those that a
// gateway vouches or has vouched for. Exactly one of the two is given.
type ListDevicesRequest struct {
	// Owner is an MSP id.
	Owner string `json:"owner,omitempty"`
	// Gateway is a device in any GS1 form.
	Gateway string `json:"gateway,omitempty"`
	// Size is the number wanted, 1 to 500; 0 stands for 100.
	Size int `json:"size,omitempty"`
	// Bookmark is that of the page before; absent for the first.
	Bookmark string `json:"bookmark,omitempty"`
}

// ListDevicesResponse is a page of devices, by id.
type ListDevicesResponse struct {
	Devices []Device `json:"devices"`
	// Bookmark asks for the next page; absent on the last.
	Bookmark string `json:"bookmark,omitempty"`
}

// ListDevices lists the devices of an owner or of a gateway. Anyone may. It
// fails with fault.InvalidRequest when not exactly one of them is named, with
// fault.InvalidIdentifier, and with fault.LimitExceeded for a size out of range.
func ListDevices(tx *ledger.Tx, req ListDevicesRequest) (ListDevicesResponse, error) {
	prefix := ledger.NewKey("deviceof", req.Owner)
	if (req.Owner == "") == (req.Gateway == "") {
		return ListDevicesResponse{}, fault.New(fault.InvalidRequest, "name an owner or a gateway")
	}
	if req.Gateway != "" {
		id, err := devicePath(req.Gateway)
		if err != nil {
			return ListDevicesResponse{}, fault.Of(err).At("/gateway")
		}
		prefix = ledger.NewKey("vouched", id.Path())
	}
	if req.Size == 0 {
		req.Size = 100
	}
	entries, next, err := tx.Page(prefix, req.Size, req.Bookmark)
	if err != nil {
		return ListDevicesResponse{}, err
	}
	keys := make([]ledger.Key, len(entries))
	for i, entry := range entries {
		_, parts := entry.Key.Parts()
		keys[i] = deviceKey(parts[len(parts)-1])
	}
	found, err := ledger.LoadMany[Device](tx, keys)
	if err != nil {
		return ListDevicesResponse{}, err
	}
	page := ListDevicesResponse{Devices: make([]Device, len(found)), Bookmark: next}
	for i, device := range found {
		if device == nil {
			return ListDevicesResponse{}, fault.New(fault.Internal, "%s is listed and not on record", keys[i])
		}
		page.Devices[i] = *device
	}
	return page, nil
}
