package client

import (
	"errors"
	"fmt"
)

// ErrNoChaincode says that no peer of the caller's organisation runs the chaincode: the
// organisation only reads, or its peer is down. Private queries are answered there and
// nowhere else. What was delivered to an organisation that only reads comes from
// [Client.Deliveries], which needs a peer and no chaincode.
var ErrNoChaincode = errors.New("client: no peer of the caller's organisation runs the chaincode; what was delivered to an organisation that only reads comes from Deliveries")

// atOwnPeer names [ErrNoChaincode] in the error of a private query at the caller's own
// peer.
func atOwnPeer[Resp any](response *Resp, err error) (*Resp, error) {
	var failed *Error
	if errors.As(err, &failed) && len(failed.Absent) > 0 {
		return nil, fmt.Errorf("%w: %w", ErrNoChaincode, err)
	}
	return response, err
}
