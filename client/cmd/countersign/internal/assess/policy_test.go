package assess_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/client/cmd/countersign/internal/assess"
	"github.com/countersign-ledger/countersign/client/profiles"
)

func TestAPolicyIsReadInEachOfItsForms(t *testing.T) {
	for _, profile := range profiles.All() {
		request := profile.Policy("mine")
		onLedger := condition.Policy{
			V: 1, PolicyRef: condition.PolicyRef{ID: "CarrierMSP/mine", Version: 3}, Description: request.Description, Terms: request.Terms,
			Consequences: request.Consequences, Owner: "CarrierMSP", Defined: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), Transaction: "t",
		}
		for name, form := range map[string]any{"": request.Terms, "mine, version 1": request, "CarrierMSP/mine, version 3": onLedger} {
			text, err := json.Marshal(form)
			require.NoError(t, err)
			policy, err := assess.ReadPolicy(append([]byte("\xef\xbb\xbf"), text...))
			require.NoError(t, err)
			require.Equal(t, assess.Policy{Name: name, Terms: profile.Terms}, policy)
		}
	}
}

// One who reads the file sees one unit, and another would be judged by.
func TestAMemberInOtherLettersIsRefused(t *testing.T) {
	const terms = `"measurement":"Temperature","unit":"CEL","bands":[{"name":"b","upper":"8","allowanceMs":0%s}],"largestGapMs":1,"between":"hold"%s`
	for _, text := range []string{
		"{" + fmt.Sprintf(terms, "", `,"Unit":"FAH"`) + "}",
		"{" + fmt.Sprintf(terms, `,"UPPER":"80"`, "") + "}",
		`{"name":"n","terms":{` + fmt.Sprintf(terms, "", `,"unit\u017f":"FAH"`) + "}}",
		`{"name":"n","Terms":{},"terms":{` + fmt.Sprintf(terms, "", "") + "}}",
	} {
		_, err := assess.ReadPolicy([]byte(text))
		var wrong *assess.PolicyError
		require.ErrorAs(t, err, &wrong, text)
		require.Contains(t, err.Error(), "there is no member")
	}
	_, err := assess.ReadPolicy([]byte("{" + fmt.Sprintf(terms, "", "") + "}"))
	require.NoError(t, err)
}

func FuzzAPolicyIsReadOrRefused(f *testing.F) {
	f.Add([]byte(`{"measurement":"Temperature","unit":"CEL","bands":[{"name":"b","upper":"8","allowanceMs":0}],"largestGapMs":1,"between":"hold"}`))
	f.Add([]byte(`{"terms":{}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		policy, err := assess.ReadPolicy(text)
		if err != nil {
			var wrong *assess.PolicyError
			require.ErrorAs(t, err, &wrong)
			return
		}
		_, fault := policy.Terms.Check()
		require.Empty(t, fault)
	})
}
