package epcis_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
)

func TestNumbersHaveOneSpelling(t *testing.T) {
	for in, want := range map[string]epcis.Number{
		"26.0": "26", "007": "7", "1e-7": "0.0000001", "1E3": "1000", "-0": "0", "-0.50": "-0.5", "+3": "3", ".5": "0.5", "5.": "5",
		"123456789012345678901234567890.10": "123456789012345678901234567890.1", "12.5e1": "125", "12.55e1": "125.5",
		"0e999999999999": "0", "1200e-2": "12", "0.00012e4": "1.2",
	} {
		got, ok := epcis.ParseNumber(in)
		require.True(t, ok, in)
		require.Equal(t, want, got, in)
	}
	for _, in := range []string{"", "-", ".", "1e", "1e+", "e5", "0x1", "1_0", "1 ", "１", "NaN", "1e200", "1e-200", "1e99999999999999999999", "--1"} {
		_, ok := epcis.ParseNumber(in)
		require.False(t, ok, in)
	}
}

// Times are rounded half up to milliseconds, carrying; values are trimmed; text that is
// a number is one; identifiers, vocabulary and empty values follow their rules.
func TestPreHashFollowsTheRulesForValues(t *testing.T) {
	for name, c := range map[string]struct{ from, to, want string }{
		"carry":                  {"05Z", "05.9996Z", "eventTime=2026-01-02T03:04:06.000Z"},
		"half up":                {"05Z", "05.1415Z", "eventTime=2026-01-02T03:04:05.142Z"},
		"down":                   {"05Z", "05.1414999Z", "eventTime=2026-01-02T03:04:05.141Z"},
		"zone":                   {"03:04:05Z", "00:04:05+05:30", "eventTime=2026-01-01T18:34:05.000Z"},
		"offset stays":           {`"+00:00"`, `"-00:00"`, "eventTimeZoneOffset=-00:00"},
		"text that is a number":  {`"action"`, `"ext:a":"007.50","action"`, "ext:a=7.5"},
		"long number":            {`"action"`, `"ext:a":106141412345678908,"action"`, "ext:a=106141412345678908"},
		"extension time stays":   {`"action"`, `"ext:time":"2026-01-02T03:04:05+01:00","action"`, "ext:time=2026-01-02T03:04:05+01:00"},
		"trimmed":                {`"action"`, `"ext:a":"  x y  ","action"`, "ext:a=x y"},
		"empty extension":        {`"action"`, `"ext:a":"","action"`, "OBSERVEext:a"},
		"identifier inside":      {`"action"`, `"ext:a":"urn:epc:id:giai:4012345.ABC","action"`, "ext:a=https://id.gs1.org/8004/4012345ABC"},
		"known prefix":           {`"action"`, `"gs1:a":"gs1:b","action"`, "{https://ref.gs1.org/voc/}a=https://ref.gs1.org/voc/b"},
		"legacy urn in text":     {`"action"`, `"ext:a":"urn:epcglobal:cbv:er:x","action"`, "ext:a=https://ref.gs1.org/cbv/ER-x"},
		"master data":            {`"action":"OBSERVE"`, `"ilmd":{"cbvmda:lotNumber":"LOT","ext:b":1},"action":"ADD"`, "ilmdext:b=1{urn:epcglobal:cbv:mda}lotNumber=LOT"},
		"comments":               {`"action"`, `"rdfs:comment":"x","ext:a":{"comment":"y","b":true},"action"`, "OBSERVEext:ab=true"},
		"arrays":                 {`"action"`, `"ext:a":["b",{"c":1},"a"],"action"`, "ext:a=aext:a=bext:ac=1"},
		"array of arrays":        {`"action"`, `"ext:a":[[2,1]],"action"`, "ext:a=1=2"},
		"lot in link":            {`"action"`, `"bizLocation":{"id":"https://x.example/01/04012345111118/10/L/21/S?q=1"},"action"`, "bizLocationid=https://id.gs1.org/01/04012345111118/21/S"},
		"no type of transaction": {`"action"`, `"bizTransactionList":[{"bizTransaction":"urn:b:2"},{"type":"po","bizTransaction":"urn:b:1"}],"action"`, "bizTransactionListbizTransaction=urn:b:2type=https://ref.gs1.org/cbv/BTT-pobizTransaction=urn:b:1"},
		"empty lists":            {`"action"`, `"bizTransactionList":[],"sensorElementList":[],"action"`, "action=OBSERVE"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, minimal, c.from)
			e, err := epcis.ReadEvent([]byte(strings.Replace(minimal, c.from, c.to, 1)), epcis.Limits{})
			require.NoError(t, err)
			require.Contains(t, preHash(t, e), c.want)
		})
	}
}
