package ccpackage_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/network/internal/ccpackage"
)

func TestCollectionsThatFollowOthersHoldThemWithTheirRetention(t *testing.T) {
	read := func(document string) []string {
		before, err := ccpackage.Collections([]byte(`[{"name":"a","policy":"OR('A.member')","blockToLive":3},{"name":"b","policy":"OR('A.member')"}]`))
		require.NoError(t, err)
		after, err := ccpackage.Collections([]byte(document))
		require.NoError(t, err)
		require.Empty(t, ccpackage.Kept(nil, after), "the first follow none")
		return ccpackage.Kept(before, after)
	}
	require.Empty(t, read(`[{"name":"c","policy":"OR('A.member')"},{"name":"b","policy":"OR('A.member','B.member')"},{"name":"a","policy":"OR('B.member')","blockToLive":3}]`))
	require.Equal(t, []string{"collection a forgets after 3 blocks (blockToLive) and cannot change to 0", "collection b is there and cannot be left out"},
		read(`[{"name":"a","policy":"OR('A.member')"}]`))
	require.Len(t, read(`[]`), 2)
}
