package rules

import (
	"fmt"
	"maps"
	"math/rand" // want `import of math/rand: it is random`
	"net/http"  // want `import of net/http: it is outside the ledger`
	"net/url"
	"os" // want `import of os: it is outside the ledger`
	"reflect"
	"slices"
	"sync" //determinism:ok only for the test of this comment
	"time"
)

var (
	_ = rand.Int
	_ = http.Get
	_ = url.Parse
	_ = os.Open
	_ sync.Mutex
)

var (
	count  int
	table  = map[string]int{}
	record struct{ list []int }
	fixed  = []string{"a"}
)

func init() { table["set before any transaction"] = 1 }

func globals(list []string) *int {
	count++                        // want `write to the package-level variable count`
	count = 1                      // want `write to the package-level variable count`
	table["a"] = 1                 // want `write to the package-level variable table`
	record.list[0] = 1             // want `write to the package-level variable record`
	delete(table, "a")             // want `write to the package-level variable table`
	clear(table)                   // want `write to the package-level variable table`
	copy(fixed, list)              // want `write to the package-level variable fixed`
	for _, fixed[0] = range list { // want `write to the package-level variable fixed`
	}
	local := fixed[0]
	local = "b"
	_ = local
	return &count // want `address of the package-level variable count`
}

func order(m map[string]int) []string {
	var keys []string
	for key := range m { // want `range over a map`
		keys = append(keys, key)
	}
	//determinism:ok a set is the same in any order
	for key := range m {
		keys = append(keys, key)
	}
	for key := range m { //determinism:ok as above
		keys = append(keys, key)
	}
	for range keys {
	}
	keys = slices.Collect(maps.Keys(m)) // want `maps.Keys: the order of a map is random`
	_ = reflect.ValueOf(m).MapKeys()    // want `MapKeys: it differs from run to run`
	return slices.Sorted(maps.Keys(m))
}

//determinism:ok nothing is wrong below // want `nothing here needs to be allowed`
func fine(a, b time.Time) bool { return a.After(b) }

//determinism:ok// want `say why`
var Excused float64

func goroutines(c chan int) { // want `channel: it is for goroutines`
	go order(nil) // want `go statement`
	c <- 1        // want `channel operation`
	<-c           // want `channel operation`
	select {      // want `select: it chooses at random`
	default:
	}
	for range c { // want `channel operation`
	}
}

func clock(at time.Time) {
	_ = time.Now()     // want `time.Now: a rule takes the time from its transaction`
	_ = time.Since(at) // want `time.Since`
	_ = at.Local()     // want `time.Local`
	_ = at.In(time.UTC)
	_ = at.In(time.Local) // want `time.Local`
	now := time.Now       // want `time.Now`
	_ = now
}

func numbers(n int) int {
	half := float64(n) / 2 // want `floating point`
	big := 1e6             // want `floating point`
	_ = big                // want `floating point`
	return int(half) + 1e3 // want `floating point`
}

func text(p *int) string { return fmt.Sprintf("%p", p) } // want `%p: an address`
