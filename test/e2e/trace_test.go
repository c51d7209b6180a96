package e2e_test

import (
	"encoding/base64"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/client"
)

// transform returns a TransformationEvent that happened a while ago.
func transform(in, out []string) event {
	e := objectEvent("", "commissioning", nil)
	delete(e, "action")
	delete(e, "epcList")
	e["type"], e["inputEPCList"], e["outputEPCList"] = "TransformationEvent", in, out
	return e
}

// tracesInPages holds a trace, which begins pages at keys of its own making, to
// how a peer reads ranges.
func tracesInPages(t *testing.T, w world) {
	root, packs, boxes := objects(1), objects(90), objects(3)
	must(t, w, manufacturer, commission(root), transform(root, packs), transform(packs[10:40], boxes[:2]), transform(packs[50:51], boxes[2:]))
	who := w.client(t, regulator, "auditor")
	for _, size := range []int{1, 7, 100} {
		found := map[string]int{}
		req := product.TraceRequest{ID: root[0], Size: size}
		for {
			page, _, err := client.Call(t.Context(), who, api.TraceForward, req)
			require.NoError(t, err)
			require.LessOrEqual(t, len(page.Steps), size)
			for _, step := range page.Steps {
				found[step.ID]++
			}
			if req.Bookmark = page.Bookmark; req.Bookmark == "" {
				break
			}
		}
		require.Len(t, found, 93)
	}
	back := 0
	for step, err := range who.TraceBack(t.Context(), boxes[0]) {
		require.NoError(t, err)
		require.Equal(t, product.Origin, step.Kind)
		back++
	}
	require.Equal(t, 31, back)
	_, _, err := client.Call(t.Context(), who, api.TraceForward, product.TraceRequest{
		ID: boxes[0], Bookmark: base64.RawURLEncoding.EncodeToString([]byte(`[{"n":"x","l":"/01/09521321400717/21/E1"}]`)),
	})
	require.ErrorIs(t, err, fault.InvalidRequest)
}
