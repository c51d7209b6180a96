package readings

import (
	"fmt"
	"slices"
	"strings"

	"github.com/countersign-ledger/countersign/test/bench/page"
)

// Load is what devices send.
type Load struct {
	// Name says it in the table.
	Name string
	// Readings are in a recording, Recordings in a transaction, Chunk in a leaf
	// of the commitment.
	Readings, Recordings, Chunk int
	// Fleet names the devices that send, each with one transaction under way;
	// Devices bounds how many of them do, 0 for all.
	Fleet   string
	Devices int
	// Seconds is how long it shall take.
	Seconds float64

	wild bool // differences take two bytes
	off  bool // times lie on no grid
}

// The two loads that others are compared with.
const (
	headline = "100,000 readings a recording, 64 a chunk, one watch"
	baseline = "one reading a transaction"
)

// loads are what is measured in each round: the headline for as long as it is
// asked to be, the others shorter.
func (s Settings) loads() []Load {
	seconds, short := s.Seconds, s.Seconds/6
	list := []Load{
		{Name: baseline, Readings: 1, Seconds: short},
		{Name: headline, Readings: 100_000, Seconds: seconds},
	}
	for _, n := range []int{100, 1_000, 10_000} {
		list = append(list, Load{Name: fmt.Sprintf("%s readings a recording", page.Thousands(n)), Readings: n, Seconds: short})
	}
	for _, n := range []int{8, 256} {
		list = append(list, Load{Name: fmt.Sprintf("%d readings a chunk", n), Readings: 100_000, Chunk: n, Seconds: short})
	}
	list = append(list,
		Load{Name: "differences of two bytes", Readings: 100_000, Seconds: short, wild: true},
		Load{Name: "times off any grid", Readings: 100_000, Seconds: short, off: true},
		Load{Name: "4 watches a device", Readings: 100_000, Fleet: four, Seconds: short},
		Load{Name: "16 watches a device", Readings: 100_000, Fleet: sixteen, Seconds: short},
		Load{Name: "all that terms can ask for", Readings: 100_000, Fleet: strict, Seconds: short},
		Load{Name: "raw readings in a collection, too, 16 devices", Readings: 100_000, Fleet: kept, Devices: 16, Seconds: short},
		Load{Name: "10 recordings of 10,000 a transaction", Readings: 10_000, Recordings: 10, Seconds: short},
		Load{Name: "10 recordings of 100,000 a transaction, 8 devices", Readings: 100_000, Recordings: 10, Devices: 8, Seconds: short},
	)
	list = slices.DeleteFunc(list, func(l Load) bool { return l.Name != baseline && !strings.Contains(l.Name, s.Only) })
	for i := range list {
		l := &list[i]
		l.Readings = min(l.Readings, s.Longest)
		l.Recordings = max(l.Recordings, 1)
		if l.Chunk == 0 {
			l.Chunk = 64
		}
		if l.Fleet == "" {
			l.Fleet = plain
		}
	}
	return list
}

// of returns the devices of a fleet that send a load.
func (l Load) of(f *fleet) []*device {
	if l.Devices == 0 {
		return f.devices
	}
	return f.devices[:min(l.Devices, len(f.devices))]
}
