package exposuretest_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// sites knows where everything was: a list of times and places for each thing.
type sites struct {
	*World
	t      *rapid.T
	where  map[string]string // the place where it is now
	inside map[string]string // the pallet that it is on
	came   map[string]map[string][]int64
	gone   map[string]map[string][]int64
}

func (m *sites) put(what, place string) {
	now := m.Now.UnixMilli()
	if before := m.where[what]; before != place {
		if before != "" {
			m.gone[what][before] = append(m.gone[what][before], now)
		}
		m.came[what][place] = append(m.came[what][place], now)
		m.where[what] = place
	}
	for other, pallet := range m.inside {
		if pallet == what {
			m.put(other, place)
		}
	}
}

// was reports whether something was at a place in a time.
func (m *sites) was(what, place string, from, to int64) bool {
	for i, came := range m.came[what][place] {
		left := int64(1 << 62)
		if i < len(m.gone[what][place]) {
			left = m.gone[what][place][i]
		}
		if came <= to && left >= from {
			return true
		}
	}
	return false
}

// Whatever comes to a watched place and goes, alone or on a pallet, packed and
// unpacked there: exactly what was there while it was out of range is on hold.
func TestExactlyWhatWasAtAPlaceIsHeld(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &sites{World: Start(t), t: t, where: map[string]string{}, inside: map[string]string{}, came: map[string]map[string][]int64{}, gone: map[string]map[string][]int64{}}
		goods, pallets := cases(0, 4), []string{Pallet(Manufacturer, 1), Pallet(Manufacturer, 2)}
		places := []string{Site(Manufacturer), Site(Retailer)}
		all := slices.Concat(goods, pallets)
		m.MustCapture(Manufacturer, located(places[1], Commission(all...)))
		for _, path := range all {
			m.came[path], m.gone[path] = map[string][]int64{}, map[string][]int64{}
			m.put(path, places[1])
		}
		logger := m.Logger(Manufacturer, 1)
		_, err := m.TryWatch(Manufacturer, condition.StartWatchRequest{
			Name: "store", Policy: m.Policy(Manufacturer, "cold", holding()), Devices: []string{logger}, Place: places[0],
		})
		require.NoError(t, err)
		begin := m.Now
		for range rapid.IntRange(0, 14).Draw(t, "acts") {
			what := rapid.SampledFrom(all).Draw(t, "what")
			pallet := rapid.SampledFrom(pallets).Draw(t, "pallet")
			item := slices.Contains(goods, what)
			m.Now = m.Now.Add(time.Duration(rapid.IntRange(0, 10).Draw(t, "wait")) * time.Minute)
			switch rapid.IntRange(0, 4).Draw(t, "act") {
			case 0, 1:
				place := rapid.SampledFrom(places).Draw(t, "place")
				m.MustCapture(Manufacturer, located(place, Step("storing", what)))
				if m.where[what] != place {
					delete(m.inside, what)
				}
				m.put(what, place)
			case 2:
				if item && m.inside[what] != pallet {
					m.MustCapture(Manufacturer, located(m.where[pallet], Pack(pallet, what)))
					m.inside[what] = pallet
					m.put(what, m.where[pallet])
				}
			case 3:
				if on := m.inside[what]; on != "" {
					m.MustCapture(Manufacturer, located(m.where[on], Unpack(on, what)))
					delete(m.inside, what)
				}
			case 4:
				m.MustCapture(Manufacturer, located(m.where[pallet], Unpack(pallet)))
				for other, on := range m.inside {
					if on == pallet {
						delete(m.inside, other)
					}
				}
			}
		}
		m.Now = m.Now.Add(11 * time.Minute)
		run := Every(10*time.Minute, begin, m.Now, 50)
		run[rapid.IntRange(0, len(run)-1).Draw(t, "reading out of range")].Value = 120
		breach := m.Record(Manufacturer, logger, run...).Lanes[0].Breach
		m.Spread(Manufacturer, breach)
		broke, err := Ask(m.World, condition.ReadBreach, condition.ReadBreachRequest{Breach: breach})
		require.NoError(t, err)
		want := []string{}
		for _, path := range goods {
			if m.was(path, places[0], int64(broke.From), int64(broke.To)) {
				want = append(want, path)
			}
		}
		require.Equal(t, want, m.HeldOf(goods...), "from %s to %s", broke.From, broke.To)
	})
}
