package imports_test

import (
	"strings"
	"testing"
)

// Whoever decides whom to believe links nothing that could ask anybody.
func TestFollowingConfigurationsLinksMessagesAlone(t *testing.T) {
	own := module + "client/verify/channelconfig"
	for path, p := range list(t, nil, "./client/verify/channelconfig") {
		if p.Standard || path == own || strings.HasPrefix(path, "google.golang.org/protobuf/") ||
			path == "github.com/hyperledger/fabric-protos-go-apiv2/common" || path == "github.com/hyperledger/fabric-protos-go-apiv2/msp" {
			continue
		}
		t.Errorf("%s is linked", path)
	}
}
