package condition_test

import (
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// An organisation gives out its certificates itself, with names as long as it
// likes: they must not fill the record of a breach.
func TestLongNamesOfSubmittersKeepNoRecordingOut(t *testing.T) {
	w := watching(t)
	for i := range 20 {
		key, by := newKey(w), w.authority(carrier)
		template := &x509.Certificate{
			SerialNumber: big.NewInt(int64(i)), NotBefore: origin, NotAfter: origin.AddDate(1, 0, 0),
			Subject: pkix.Name{CommonName: fmt.Sprint("gateway", i), Organization: []string{strings.Repeat("<", 3000)}},
		}
		der, err := x509.CreateCertificate(rand.Reader, template, by.certificate, key.Public(), by.key)
		require.NoError(t, err)
		who := person{key, ledger.Caller{MSP: carrier, Subject: "gateway", Role: ledger.RoleGateway, Certificate: der}}
		start := int64(i * 60)
		recording := w.seal(readings(start, 200, start+30, 200), nil)
		w.now = recording.Last().At()
		_, err = w.submit(who, recording.Bytes())
		require.NoError(t, err, i)
		w.sequence, w.previous = w.sequence+1, recording.Root()
	}
}
