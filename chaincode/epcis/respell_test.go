package epcis_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
)

// respell writes JSON so that it says the same in other words: members in another
// order, other white space, lists that are sets in another order, numbers, times, CBV
// words and identifiers in another spelling.
func respell(t *rapid.T, data []byte) []byte {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		panic(err)
	}
	var b bytes.Buffer
	respellValue(t, &b, "", v)
	return b.Bytes()
}

func space(t *rapid.T, b *bytes.Buffer) {
	b.WriteString(rapid.SampledFrom([]string{"", "", " ", "\n\t"}).Draw(t, "space"))
}

func respellValue(t *rapid.T, b *bytes.Buffer, key string, v any) {
	space(t, b)
	switch v := v.(type) {
	case map[string]any:
		respellObject(t, b, v)
	case []any:
		if key != "@context" {
			v = rapid.Permutation(v).Draw(t, "order")
		}
		b.WriteByte('[')
		for i, item := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			respellValue(t, b, key, item)
		}
		b.WriteByte(']')
	case json.Number:
		b.WriteString(respellNumber(t, v.String()))
	case string:
		text, _ := json.Marshal(respellString(t, key, v))
		b.Write(text)
	default:
		text, _ := json.Marshal(v)
		b.Write(text)
	}
	space(t, b)
}

func respellObject(t *rapid.T, b *bytes.Buffer, v map[string]any) {
	var keys []string
	for k := range v {
		keys = append(keys, k)
	}
	b.WriteByte('{')
	sortStrings(keys) // a draw must not depend on map order
	for i, k := range rapid.Permutation(keys).Draw(t, "members") {
		if i > 0 {
			b.WriteByte(',')
		}
		space(t, b)
		name, _ := json.Marshal(k)
		b.Write(name)
		space(t, b)
		b.WriteByte(':')
		respellValue(t, b, k, v[k])
	}
	b.WriteByte('}')
}

func respellNumber(t *rapid.T, s string) string {
	switch rapid.IntRange(0, 3).Draw(t, "number") {
	case 1:
		if !strings.Contains(s, ".") {
			return s + ".000"
		}
		return s + "00"
	case 2:
		return s + "e0"
	case 3:
		if strings.Contains(s, ".") {
			return s + "E+00"
		}
		if s == "0" {
			return "-0.0e5"
		}
		return s + "0e-1"
	default:
		return s
	}
}

var words = map[string][]string{
	"bizStep":     {"https://ref.gs1.org/cbv/BizStep-", "cbv:BizStep-"},
	"disposition": {"https://ref.gs1.org/cbv/Disp-", "cbv:Disp-"},
	"set":         {"https://ref.gs1.org/cbv/Disp-", "cbv:Disp-"},
	"unset":       {"https://ref.gs1.org/cbv/Disp-", "cbv:Disp-"},
	"exception":   {"https://ref.gs1.org/voc/", "gs1:"},
	"component":   {"https://ref.gs1.org/cbv/Comp-", "cbv:Comp-"},
}

func respellString(t *rapid.T, key, s string) string {
	switch key {
	case "eventTime", "time", "startTime", "endTime":
		return respellTime(t, s)
	case "eventTimeZoneOffset":
		return s
	}
	if prefixes := words[key]; prefixes != nil && !strings.Contains(s, ":") {
		return rapid.SampledFrom(append(prefixes, "")).Draw(t, "word") + s
	}
	if strings.HasPrefix(s, "urn:epc:") && rapid.Bool().Draw(t, "link") {
		if id, err := gs1.Parse(s); err == nil {
			return strings.Replace(id.String(), "https://id.gs1.org",
				rapid.SampledFrom([]string{"https://id.gs1.org", "https://dl.example.com/some/path"}).Draw(t, "domain"), 1)
		}
	}
	return s
}

func respellTime(t *rapid.T, s string) string {
	at, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		panic(err)
	}
	hours := rapid.IntRange(-14, 14).Draw(t, "zone")
	return at.In(time.FixedZone("", hours*3600+rapid.SampledFrom([]int{0, 1800}).Draw(t, "half"))).
		Format("2006-01-02T15:04:05.000000000Z07:00")
}

// mutations change what an event says; each must change the hash. A mutation that does
// not apply to an event returns false.
var mutations = map[string]func(e *epcis.Event) bool{
	"event time": func(e *epcis.Event) bool { e.EventTime = e.EventTime.Add(time.Millisecond); return true },
	"offset": func(e *epcis.Event) bool {
		e.EventTimeZoneOffset = map[bool]string{true: "+01:00", false: "+02:00"}[e.EventTimeZoneOffset != "+01:00"]
		return true
	},
	"action": func(e *epcis.Event) bool {
		if e.Action == "" {
			return false
		}
		e.Action = map[bool]epcis.Action{true: epcis.Add, false: epcis.Delete}[e.Action != epcis.Add]
		return true
	},
	"one more epc": func(e *epcis.Event) bool {
		list := e.EPCList
		if e.Type == epcis.TransformationEvent {
			e.OutputEPCList = append([]string{"https://new.example/1"}, e.OutputEPCList...)
			return true
		}
		e.EPCList = append([]string{"https://new.example/1"}, list...)
		return true
	},
	"one epc less": func(e *epcis.Event) bool {
		if len(e.EPCList) == 0 {
			return false
		}
		e.EPCList = e.EPCList[1:]
		return true
	},
	"quantity": func(e *epcis.Event) bool {
		if len(e.QuantityList) == 0 {
			return false
		}
		e.QuantityList = append([]epcis.Quantity{}, e.QuantityList...)
		e.QuantityList[0].Amount += "1"
		return true
	},
	"step":        func(e *epcis.Event) bool { e.BizStep = "packing"; return true },
	"disposition": func(e *epcis.Event) bool { e.Disposition = "recalled"; return true },
	"place":       func(e *epcis.Event) bool { e.BizLocation = &epcis.Place{ID: "https://place.example/9"}; return true },
	"document": func(e *epcis.Event) bool {
		e.BizTransactionList = append([]epcis.BizTransaction{{ID: "urn:new:1"}}, e.BizTransactionList...)
		return true
	},
	"party type": func(e *epcis.Event) bool {
		if len(e.SourceList) == 0 {
			return false
		}
		e.SourceList = append([]epcis.Party{}, e.SourceList...)
		e.SourceList[0].Type = "owning_party"
		return true
	},
	"sensor value": func(e *epcis.Event) bool {
		if len(e.SensorElementList) == 0 {
			return false
		}
		e.SensorElementList = append([]epcis.SensorElement{}, e.SensorElementList...)
		s := &e.SensorElementList[0]
		s.Reports = append([]epcis.SensorReport{}, s.Reports...)
		s.Reports[0].Value += "7"
		return true
	},
	"sensor extension": func(e *epcis.Event) bool {
		if len(e.SensorElementList) == 0 {
			return false
		}
		e.SensorElementList = append([]epcis.SensorElement{}, e.SensorElementList...)
		s := &e.SensorElementList[0]
		s.Extensions = append(append(epcis.Extensions{}, s.Extensions...), epcis.Member{Name: "more:new", Value: epcis.Text("1")})
		return true
	},
	"extension": func(e *epcis.Event) bool {
		e.Extensions = append(append(epcis.Extensions{}, e.Extensions...), epcis.Member{Name: "ext:new", Value: epcis.Text("x")})
		return true
	},
	"master data": func(e *epcis.Event) bool {
		e.ILMD = append(append(epcis.Extensions{}, e.ILMD...), epcis.Member{Name: "ext:new", Value: epcis.Text("x")})
		return true
	},
}

// silent changes say nothing about what happened, and leave the hash as it is.
var silent = map[string]func(e *epcis.Event){
	"event id":    func(e *epcis.Event) { e.EventID = "urn:uuid:other" },
	"record time": func(e *epcis.Event) { e.RecordTime = ptr(e.EventTime.Add(time.Hour)) },
	"declaration": func(e *epcis.Event) { e.ErrorDeclaration = &epcis.ErrorDeclaration{DeclarationTime: e.EventTime} },
	"certificate": func(e *epcis.Event) { e.CertificationInfo = []string{"https://cert.example/other"} },
	"comment": func(e *epcis.Event) {
		e.Extensions = append(append(epcis.Extensions{}, e.Extensions...), epcis.Member{Name: "rdfs:comment", Value: epcis.Text("x")})
	},
	"microseconds": func(e *epcis.Event) { e.EventTime = e.EventTime.Truncate(time.Millisecond).Add(499 * time.Microsecond) },
}
