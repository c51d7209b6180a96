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
	for name, length := range map[string]int{"as long as is kept": 35, "longer": 3000} {
		t.Run(name, func(t *testing.T) {
			w := watching(t)
			for i := range 20 {
				who := longName(w, i, length)
				start := int64(i * 60)
				recording := w.seal(readings(start, 200, start+8, 200, start+16, 200), nil)
				w.now = recording.Last().At()
				answer, err := w.submit(who, recording.Bytes())
				require.NoError(t, err, i)
				require.NotEmpty(t, answer.Lanes[0].Breach)
				w.sequence, w.previous = w.sequence+1, recording.Root()
			}
		})
	}
}

func longName(w *world, number, length int) person {
	key, by := newKey(w), w.authority(carrier)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(int64(number)), NotBefore: origin, NotAfter: origin.AddDate(1, 0, 0),
		Subject: pkix.Name{CommonName: fmt.Sprint("gateway", number), Organization: []string{strings.Repeat("&", length)}},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, by.certificate, key.Public(), by.key)
	require.NoError(w, err)
	return person{key, ledger.Caller{MSP: carrier, Subject: "gateway", Role: ledger.RoleGateway, Certificate: der}}
}
