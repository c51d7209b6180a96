package fault_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
)

func TestTheListHasEveryCode(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "code.go", nil, 0)
	require.NoError(t, err)
	var declared []fault.Code
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		require.NoError(t, err)
		require.Equal(t, spec.Names[0].Name, text)
		declared = append(declared, fault.Code(text))
		return false
	})
	require.NotEmpty(t, declared)
	require.Equal(t, declared, fault.Codes())
	require.True(t, fault.Held.Known())
	require.False(t, fault.Code("Secret").Known())
}
