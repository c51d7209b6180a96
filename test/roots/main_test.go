package roots_test

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"
)

// Configurations drawn for each run, unless -rapid.checks says how many.
const drawn = "500"

func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", drawn); err != nil { // before the command line is read
		fmt.Println("FAIL:", err)
		os.Exit(1)
	}
	goleak.VerifyTestMain(m)
}
