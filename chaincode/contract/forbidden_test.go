package contract_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// forbidden are calls of the shim that have no place in a rule, and why.
var forbidden = map[string]string{
	"InvokeChaincode":                     "another chaincode answers under another policy",
	"GetQueryResult":                      "a rich query is not re-executed at validation",
	"GetQueryResultWithPagination":        "a rich query is not re-executed at validation",
	"GetHistoryForKey":                    "a history is not re-executed, and its times are the clients'",
	"GetPrivateDataByRange":               "a private range is not re-executed at validation",
	"GetPrivateDataByPartialCompositeKey": "a private range is not re-executed at validation",
	"GetPrivateDataQueryResult":           "a rich query is not re-executed at validation",
	"GetMultiplePrivateData":              "it skips the check against the public hash",
	"SetStateValidationParameter":         "where a key has a policy, the chaincode's is skipped",
	"SetPrivateDataValidationParameter":   "where a key has a policy, the collection's is skipped",
	"GetCreator":                          "who calls is taken from a checked certificate",
	"DelPrivateData":                      "a deleted value stays in the history: purge it",
	"GetStateByRange":                     "keys are composite",
}

func TestTheShimIsUsedOnlyForWhatIsSafe(t *testing.T) {
	require.NoError(t, filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		require.NoError(t, err)
		ast.Inspect(file, func(node ast.Node) bool {
			switch n := node.(type) {
			case *ast.SelectorExpr:
				if why, found := forbidden[n.Sel.Name]; found {
					t.Errorf("%s calls %s: %s", path, n.Sel.Name, why)
				}
			case *ast.BasicLit:
				if n.Kind == token.STRING && strings.Contains(n.Value, "_implicit_org_") {
					t.Errorf("%s names an implicit collection: it has neither retention nor member-only read", path)
				}
			}
			return true
		})
		return nil
	}))
}
