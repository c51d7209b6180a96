package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"go.uber.org/goleak"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/client/readings"
)

func TestMain(m *testing.M) {
	testscript.Main(leakChecked{m}, map[string]func(){"countersign": main})
}

// leakChecked is goleak.VerifyTestMain for testscript.Main, which ends the process
// itself.
type leakChecked struct{ m *testing.M }

func (l leakChecked) Run() int {
	code := l.m.Run()
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, "goleak:", err)
		return 1
	}
	return code
}

// raceExits lets commands that were built with the race detector end at once: each
// would sleep for a second.
const raceExits = "atexit_sleep_ms=0"

// Each script gets evidence.json, attested by three organisations on
// 2026-03-01, other.json, fields.json and replaced.json of a private record, roots.json, and the MSP folders behind it in msp/; and
// the recordings 1.rec to 3.rec of one device with its public key, device.pem; and
// peers to ask, see [deployments].
func TestScripts(t *testing.T) {
	files := material(t)
	maps.Copy(files, recordings(t))
	maps.Copy(files, deployments(t))
	testscript.Run(t, testscript.Params{
		Dir:           "testdata",
		UpdateScripts: os.Getenv("UPDATE_GOLDEN") != "",
		Setup: func(env *testscript.Env) error {
			env.Setenv("GORACE", raceExits)
			for name, text := range files {
				path := filepath.Join(env.WorkDir, filepath.FromSlash(name))
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					return err
				}
				if err := os.WriteFile(path, text, 0o600); err != nil {
					return err
				}
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "flip": flip, "swap": swap},
	})
}

// exits runs a command that must exit with a code: exits CODE COMMAND ARG...
func exits(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	got := "0"
	if err != nil {
		got = fmt.Sprint(err)
	}
	if want := args[0]; got != want && got != "exit status "+want {
		ts.Fatalf("%v: %s, not exit status %s", args[1:], got, want)
	}
}

// flip changes one byte of a file: flip FILE OFFSET.
func flip(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs(args[0])
	text, err := os.ReadFile(path)
	ts.Check(err)
	at, err := strconv.Atoi(args[1])
	ts.Check(err)
	text[at] ^= 1
	ts.Check(os.WriteFile(path, text, 0o600))
}

// swap replaces a text in a file: swap FILE OLD NEW.
func swap(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs(args[0])
	text, err := os.ReadFile(path)
	ts.Check(err)
	changed := strings.ReplaceAll(string(text), args[1], args[2])
	if changed == string(text) {
		ts.Fatalf("%s has no %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(path, []byte(changed), 0o600))
}

// memberOf keeps a member of the JSON that the last command printed: member VARIABLE NAME
// [N], where it is the Nth of that name, wherever they stand; by default the first.
func memberOf(ts *testscript.TestScript, _ bool, args []string) {
	n := 1
	if len(args) > 2 {
		var err error
		n, err = strconv.Atoi(args[2])
		ts.Check(err)
	}
	found := regexp.MustCompile(`"`+regexp.QuoteMeta(args[1])+`": ?"([^"]+)"`).FindAllStringSubmatch(ts.ReadFile("stdout"), n)
	if len(found) < n {
		ts.Fatalf("%d members %q were printed", len(found), args[1])
	}
	ts.Setenv(args[0], found[n-1][1])
}

const nodeOUs = `NodeOUs:
  Enable: true
  PeerOUIdentifier:
    OrganizationalUnitIdentifier: peer
`

func material(t *testing.T) map[string][]byte {
	c := clienttest.New(t, clienttest.WithTime(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)))
	if err := c.Found(t.Context(), shipmenttest.Founders()...); err != nil {
		t.Fatal(err)
	}
	files := fieldFiles(t, c)
	regulator := c.Client(t, "regulator", "auditor")
	for name, msp := range map[string]string{"evidence.json": "CarrierMSP", "other.json": "RetailerMSP"} {
		statement, err := client.Attest(t.Context(), regulator, api.Organisation, participant.ReadOrganisationRequest{MSP: msp},
			"ManufacturerMSP", "CarrierMSP", "RetailerMSP")
		if err != nil {
			t.Fatal(err)
		}
		if files[name], err = statement.Encode(); err != nil {
			t.Fatal(err)
		}
	}
	roots, err := c.Roots().Encode()
	if err != nil {
		t.Fatal(err)
	}
	files["roots.json"] = roots
	for _, o := range c.Roots().Organisations {
		files["msp/"+o.MSP+"/cacerts/ca.pem"] = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: o.Roots[0].Raw})
		files["msp/"+o.MSP+"/config.yaml"] = []byte(nodeOUs)
	}
	return files
}

// loggerID is the device of the recordings.
const loggerID = "/8004/9506000LOGGER1"

// recordings are three recordings of an hour each, a reading a minute, from
// 2026-03-01T00:00:00Z on; in the second the temperature is 9 degrees for 31
// minutes. With them come pack.cbor, SenML, and register.json, the request to register
// the device.
func recordings(t *testing.T) map[string][]byte {
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	proven, err := client.ProveDeviceKey(loggerID, "ManufacturerMSP", key)
	if err != nil {
		t.Fatal(err)
	}
	register, err := json.Marshal(participant.RegisterDeviceRequest{
		ID: loggerID, PublicKey: proven.PublicKey, Algorithm: proven.Algorithm, Proof: proven.Proof,
		Measures: "Temperature", Unit: "CEL", Accuracy: "0.5", Model: participant.Model{IntervalMs: 60_000},
		CalibratedFrom: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), CalibratedUntil: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC),
	})
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{"device.pem": pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public}), "register.json": register}
	draft := telemetry.Draft{Device: loggerID, Measurement: "Temperature", Unit: "CEL", Scale: -1}
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC).UnixMilli()
	for hour := range int64(3) {
		draft.Sequence, draft.Readings = uint64(hour+1), nil
		for minute := range int64(60) {
			value := 50 + minute%3
			if hour == 1 && minute >= 10 && minute <= 40 {
				value = 90
			}
			draft.Readings = append(draft.Readings, telemetry.Reading{Time: start + (hour*60+minute)*60_000, Value: value})
		}
		recording, err := telemetry.Seal(rand.Reader, key, draft)
		if err != nil {
			t.Fatal(err)
		}
		draft.Previous = recording.Root()
		files[fmt.Sprintf("%d.rec", hour+1)] = recording.Bytes()
	}
	run := readings.Run{Device: "urn:dev:ow:10e2073a01080063:temp", Measurement: "Temperature", Unit: "CEL", Scale: -1, Readings: draft.Readings}
	if files["pack.cbor"], err = readings.WriteSenML([]readings.Run{run}, readings.CBOR); err != nil {
		t.Fatal(err)
	}
	return files
}
