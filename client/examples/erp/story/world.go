package story

import (
	"context"
	"crypto"
	"database/sql"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/verify"
)

// World is a founded consortium of manufacturer, carrier, retailer and regulator, who
// hold the prefixes and GLNs of package examples.
type World struct {
	// Profile and MSP are what operators hand out: an organisation's connection
	// profile, and the folder of one of its users.
	Profile func(organisation string) string
	MSP     func(organisation, user string) string
	// Roots are what a verifier trusts.
	Roots *verify.Roots
	// Partner is the name of a peer of the manufacturer's in the carrier's profile.
	Partner string
	// Kill kills the carrier's only peer as a gateway.
	Kill func()
	// DB is an SQLite database.
	DB *sql.DB
	// Run tells the keys of one run from those of others on the same ledger.
	Run string
}

// tale is the story while it is told.
type tale struct {
	World
	testing.TB

	manufacturer, admin, carrier, retailer *client.Client

	made     time.Time
	items    []string // that are shipped
	shipment string
	breach   string
	changes  int // of the breach, as far as the table has them

	loggerKey crypto.Signer
}

// The manufacturer's product, and who receives it.
const (
	gtin        = "09521321400719"
	retailerGLN = "9521555000006"
)

func (s *tale) item(n int) string { return gs1.Authority + "/01/" + gtin + "/21/" + s.serial(n) }

func (s *tale) serial(n int) string { return fmt.Sprintf("ERP%s-%d", s.Run, n) }

// once repeats what peers of different organisations take a moment for to know.
func (s *tale) once(act func(context.Context) error) {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.Context(), time.Minute)
	defer cancel()
	for {
		err := act(ctx)
		if err == nil {
			return
		}
		behind := errors.Is(err, fault.NotYetShipped) || errors.Is(err, fault.NotFound) || errors.Is(err, fault.NotHere) || errors.Is(err, errNotYet)
		if !behind || ctx.Err() != nil {
			require.NoError(s, err)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

var errNotYet = errors.New("not there yet")
