package evaluation_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

var update = flag.Bool("update", false, "write testdata/vectors.json anew")

// vectors is testdata/vectors.json: for whoever evaluates readings in another
// language, and for this code on other processors.
type vectors struct {
	// Rates are relative rates of degradation in 2^-88, as hexadecimal.
	Rates []rateVector `json:"rates"`
	// Evaluations are whole evaluations.
	Evaluations []vector `json:"evaluations"`
}

type rateVector struct {
	ActivationEnergy int64             `json:"activationEnergy"`
	Limit            evaluation.Amount `json:"limit"` // degrees Celsius
	At               evaluation.Amount `json:"at"`
	Rate             string            `json:"rate"`
}

type vector struct {
	Name  string           `json:"name"`
	Terms evaluation.Terms `json:"terms"`
	// Start and End are the window in milliseconds; without an end it is open.
	Start int64  `json:"start"`
	End   *int64 `json:"end,omitempty"`
	// Unit is that of the readings, Scale the power of ten they are counted in;
	// Readings are pairs of milliseconds since 1970 and value.
	Unit     string     `json:"unit"`
	Scale    int        `json:"scale"`
	Readings [][2]int64 `json:"readings"`
	// What follows: the tally, what the run did, the verdict as of the last
	// reading, and mean kinetic temperature of the present and the worst window.
	Tally     json.RawMessage      `json:"tally"`
	Outcome   evaluation.Outcome   `json:"outcome"`
	Judgement evaluation.Judgement `json:"judgement"`
	Now       *evaluation.Amount   `json:"now,omitempty"`
	Worst     *evaluation.Amount   `json:"worst,omitempty"`
}

// evaluate fills in what follows.
func (v *vector) evaluate(t require.TestingT) {
	window := evaluation.Window{Start: evaluation.Moment(v.Start), End: evaluation.Open}
	if v.End != nil {
		window.End = evaluation.Moment(*v.End)
	}
	readings := make([]telemetry.Reading, len(v.Readings))
	for i, r := range v.Readings {
		readings[i] = telemetry.Reading{Time: r[0], Value: r[1]}
	}
	terms, conversion, err := evaluation.Align(v.Terms, v.Unit)
	require.NoError(t, err)
	readings, scale, err := conversion.Apply(readings, v.Scale)
	require.NoError(t, err)
	var tally evaluation.Tally
	v.Outcome = tally.Evaluate(terms, window, readings, scale)
	v.Judgement = tally.Judge(terms, window, min(window.End, tally.Last.Time))
	v.Now, v.Worst = tally.MeanKinetic(terms)
	v.Tally, err = json.Marshal(tally)
	require.NoError(t, err)
}

func TestVectorsComeOutTheSameOnEveryProcessor(t *testing.T) {
	path := filepath.Join("testdata", "vectors.json")
	if *update {
		encoded, err := json.MarshalIndent(newVectors(t), "", " ")
		require.NoError(t, err)
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, append(compact(encoded), '\n'), 0o644))
	}
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	var kept vectors
	require.NoError(t, json.Unmarshal(data, &kept))
	require.NotEmpty(t, kept.Evaluations)
	for _, r := range kept.Rates {
		require.Equal(t, r.Rate, rateText(r), "%d J/mol, %s at %s", r.ActivationEnergy, r.Limit, r.At)
	}
	for _, v := range kept.Evaluations {
		t.Run(v.Name, func(t *testing.T) {
			again := v
			again.evaluate(t)
			var indented bytes.Buffer
			require.NoError(t, json.Compact(&indented, v.Tally))
			require.Equal(t, indented.String(), string(again.Tally))
			require.Equal(t, v.Outcome, again.Outcome)
			require.Equal(t, v.Judgement, again.Judgement)
			require.Equal(t, v.Now, again.Now)
			require.Equal(t, v.Worst, again.Worst)
		})
	}
}

func rateText(r rateVector) string {
	high, low := evaluation.RateWords(r.ActivationEnergy, evaluation.Ninths("CEL", r.Limit), evaluation.Ninths("CEL", r.At))
	return fmt.Sprintf("%016x%016x", high, low)
}

// compact puts each pair of numbers on one line.
func compact(text []byte) []byte {
	var short bytes.Buffer
	depth := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '[':
			if rest := bytes.TrimLeft(text[i+1:], " \n"); len(rest) > 0 && (rest[0] == '-' || rest[0] >= '0' && rest[0] <= '9') {
				depth = 1
			}
		case ']':
			depth = 0
		case ' ', '\n':
			if depth > 0 {
				continue
			}
		}
		short.WriteByte(text[i])
	}
	return short.Bytes()
}

// newVectors draws readings and evaluates them.
func newVectors(t *testing.T) vectors {
	random := rand.New(rand.NewPCG(5, 5))
	var all vectors
	for _, energy := range []int64{40_000, 83_144, 250_000} {
		for _, limit := range []int64{-20, 8, 25} {
			for _, at := range []int64{-273, -200, -80, -20, 5, 8, 25, 40, 100, 200} {
				r := rateVector{ActivationEnergy: energy, Limit: evaluation.Amount(limit * 1e9), At: evaluation.Amount(at*1e9 + random.Int64N(2)*random.Int64N(1e9))}
				r.Rate = rateText(r)
				all.Rates = append(all.Rates, r)
			}
		}
	}
	policies := []struct {
		name          string
		terms         evaluation.Terms
		middle, swing int64 // tenths of a degree
	}{
		{"vaccine", vaccine(t), 70, 25},
		{"refrigerated", refrigerated(t), 60, 40},
		{"room temperature", roomTemperature(t), 240, 60},
		{"frozen", frozen(t), -180, 60},
		{"all", every(t), 70, 40},
	}
	for _, p := range policies {
		for i, unit := range []string{"CEL", "CEL", "KEL", "FAH"} {
			v := vector{Name: fmt.Sprint(p.name, " in ", unit, " ", i), Terms: p.terms, Unit: unit, Scale: -2}
			at, value := int64(1_772_323_200_000), p.middle
			v.Start = at + random.Int64N(hour)
			for range 40 {
				at += 1 + random.Int64N(p.terms.LargestGapMs)
				if random.IntN(15) == 0 {
					at += p.terms.LargestGapMs
				}
				value += random.Int64N(2*p.swing+1) - p.swing + (p.middle-value)/2
				v.Readings = append(v.Readings, [2]int64{at, map[string]int64{"CEL": value * 10, "KEL": value*10 + 27_315, "FAH": value*18 + 3200}[unit]})
			}
			if i > 0 {
				end := at - random.Int64N(hour)
				v.End = &end
			}
			v.evaluate(t)
			all.Evaluations = append(all.Evaluations, v)
		}
	}
	return all
}
