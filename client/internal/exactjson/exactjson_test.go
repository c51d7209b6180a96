package exactjson_test

import (
	"bytes"
	"encoding/json"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/client/internal/exactjson"
)

type inner struct {
	N  int8   `json:"n"`
	U  uint16 `json:"u,omitempty"`
	In *inner `json:"in,omitempty"`
}

type embedded struct {
	Deep string `json:"deep"`
	Own  int    `json:"own"`
}

type word string

type whole struct {
	embedded
	Own    string           `json:"own"`
	Text   word             `json:"text"`
	Yes    bool             `json:"yes"`
	At     time.Time        `json:"at"`
	Until  *time.Time       `json:"until"`
	Raw    json.RawMessage  `json:"raw"`
	Any    any              `json:"any"`
	Bytes  []byte           `json:"bytes"`
	List   []inner          `json:"list"`
	Pair   [2]int           `json:"pair"`
	Map    map[string]inner `json:"map"`
	Ints   map[int]string   `json:"ints"`
	Quoted int64            `json:"quoted,string"`
	Number json.Number      `json:"number"`
	Real   float64          `json:"real"`
	Plain  string
	Hidden string `json:"-"`
}

// decodes tells whether encoding/json decodes a text, strictly, and no member stands
// twice, and all have their exact names: what a shape does in one pass.
func decodes(text []byte, as reflect.Type) bool {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if decoder.Decode(reflect.New(as).Interface()) != nil {
		return false
	}
	if _, err := decoder.Token(); err != io.EOF {
		return false
	}
	var compact bytes.Buffer
	if json.Compact(&compact, text) != nil || !bytes.Equal(compact.Bytes(), text) {
		return false
	}
	return !twice(json.NewDecoder(bytes.NewReader(text)))
}

func twice(d *json.Decoder) bool {
	token, err := d.Token()
	if err != nil {
		return false
	}
	object := token == json.Delim('{')
	if !object && token != json.Delim('[') {
		return false
	}
	seen := map[string]bool{}
	found := false
	for d.More() {
		if object {
			name, _ := d.Token()
			text, _ := name.(string)
			found = found || seen[text]
			seen[text] = true
		}
		found = twice(d) || found
	}
	_, _ = d.Token()
	return found
}

var good = []string{
	`{}`, `null`,
	`{"deep":"x","own":"y","text":"\u00e9\n","yes":true,"at":"2026-03-01T12:00:00Z","until":null,"raw":{"a":[1,2]},"any":[{"x":1e9}]}`,
	`{"bytes":"AAEC","list":[{"n":-128,"u":65535,"in":{"n":0}},{"n":127}],"pair":[1,2,3],"map":{"a":{"n":1},"b":null}}`,
	`{"ints":{"1":"a"},"quoted":"12","number":1.5e10,"real":-0.5,"Plain":"p"}`,
	`{"bytes":null,"list":null,"map":null,"text":null,"yes":null,"at":null,"any":null,"raw":null}`,
}

var bad = []string{
	``, ` {}`, `{} `, `{}{}`, `{`, `{"deep"}`, `{"deep":}`, `{"deep":"x",}`, `{"deep":"x" }`, `[1]`, `"x"`, `1`,
	`{"deep":"x","deep":"x"}`, `{"deep":"x","d\u0065ep":"y"}`, `{"Deep":"x"}`, `{"DEEP":"x"}`, `{"hidden":"x"}`, `{"Hidden":"x"}`, `{"-":"x"}`,
	`{"own":1}`, `{"text":1}`, `{"yes":"true"}`, `{"yes":1}`, `{"at":"yesterday"}`, `{"at":5}`, `{"raw":{"a":1,"a":2}}`, `{"any":[{"x":1,"x":1}]}`,
	`{"bytes":"A"}`, `{"bytes":{}}`, `{"list":{}}`, `{"list":[{"n":128}]}`, `{"list":[{"n":1.0}]}`, `{"list":[{"n":1e2}]}`, `{"list":[{"u":-1}]}`,
	`{"list":[{"u":65536}]}`, `{"list":[{"x":1}]}`, `{"map":[]}`, `{"map":{"a":1}}`, `{"map":{"a":null,"a":null}}`, `{"ints":{"x":"a"}}`,
	`{"quoted":12}`, `{"quoted":"x"}`, `{"real":1e999}`, `{"real":"1"}`, `{"real":01}`, `{"real":1.}`, `{"real":+1}`, `{"real":-}`, `{"real":NaN}`,
	`{"text":"\x"}`, `{"text":"\u12g4"}`, `{"text":"` + "\n" + `"}`, `{"text":"x}`, `{"text":tru}`, `{"text":"` + "\xff" + `"}`,
}

func TestAShapeTakesWhatEncodingJSONDecodesAndIsExact(t *testing.T) {
	shape := exactjson.Of(reflect.TypeFor[whole]())
	for _, text := range good {
		require.NoError(t, shape.Check([]byte(text)), text)
		require.NoError(t, exactjson.Of(nil).Check([]byte(text)), text)
	}
	for _, text := range bad {
		require.Error(t, shape.Check([]byte(text)), text)
	}
	require.NoError(t, exactjson.Compact([]byte(`{"a":1,"a":2}`)), "the form alone")
	require.Error(t, exactjson.Of(nil).Check([]byte(`{"a":1,"a":2}`)))
	deep := strings.Repeat("[", exactjson.MaxDepth+1) + strings.Repeat("]", exactjson.MaxDepth+1)
	require.Error(t, exactjson.Compact([]byte(deep)))
	require.NoError(t, exactjson.Compact([]byte(deep[1:len(deep)-1])))
}

// One byte another way, everywhere in what is good: never does the shape take what
// encoding/json would not decode, or what it would read loosely.
func TestAShapeIsNeverLooserThanEncodingJSON(t *testing.T) {
	as := reflect.TypeFor[whole]()
	shape := exactjson.Of(as)
	taken := 0
	for _, text := range good {
		for at := range text {
			for _, b := range []byte(`{}[]",:0159-.eEx\u` + "\n\x00 \xc3") {
				for _, changed := range []string{text[:at] + string(rune(b)) + text[at+1:], text[:at] + string(rune(b)) + text[at:], text[:at] + text[at+1:]} {
					if shape.Check([]byte(changed)) == nil {
						taken++
						require.True(t, decodes([]byte(changed), as), changed)
					}
				}
			}
		}
	}
	require.Positive(t, taken)
}

func FuzzAShapeIsNeverLooserThanEncodingJSON(f *testing.F) {
	for _, text := range append(good, bad...) {
		f.Add([]byte(text))
	}
	as := reflect.TypeFor[whole]()
	shape := exactjson.Of(as)
	f.Fuzz(func(t *testing.T, text []byte) {
		if shape.Check(text) == nil && !decodes(text, as) {
			t.Fatalf("%q", text)
		}
		if exactjson.Compact(text) == nil && !json.Valid(text) {
			t.Fatalf("%q is no JSON", text)
		}
	})
}
