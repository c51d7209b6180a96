package determinism_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// another is a second person of an organisation with a role.
func (w *world) another(msp, role string) person {
	w.Helper()
	key := newKey(w.T)
	certificate := w.certificate("another "+role+"@"+msp, role, key, w.signing, w.authority)
	return person{key, ledger.Caller{MSP: msp, Subject: "CN=another " + role + "@" + msp, Role: role, Certificate: certificate.Raw}}
}

// lifeCycle takes a breach through all that can become of one.
func (w *world) lifeCycle() {
	w.Helper()
	const device = "/8004/9506000LOGGER8"
	public, key, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(w, err)
	der, err := x509.MarshalPKIXPublicKey(public)
	require.NoError(w, err)
	operator, quality, auditor := w.as(Manufacturer, ledger.RoleOperator), w.as(Manufacturer, ledger.RoleQuality), w.as(Regulator, ledger.RoleAuditor)
	must(w, api.RegisterDevice, operator, participant.RegisterDeviceRequest{
		ID: device, PublicKey: base64.StdEncoding.EncodeToString(der), Algorithm: participant.EdDSA,
		Measures: "Temperature", Unit: "CEL", Accuracy: "0.5", CalibratedUntil: w.scene.Now.AddDate(0, 6, 0),
	}, nil)
	upper, none, week := evaluation.Amount(8e9), int64(0), int64(7*86_400_000)
	must(w, api.DefinePolicy, quality, condition.DefinePolicyRequest{
		Name: "confirmed", Version: 1,
		Consequences: condition.Consequences{Hold: condition.HoldAtConfirmation, DisputeMs: week, Confirm: &condition.Confirm{AfterMs: &week, Devices: 2}},
		Terms: evaluation.Terms{
			Measurement: "Temperature", Unit: "CEL", LargestGapMs: 600_000, Between: evaluation.Linear,
			Bands: []evaluation.Band{{Name: "warm", Upper: &upper, LongestExcursionMs: &none}},
		},
	}, nil)
	var goods []string
	for i := range 12 {
		goods = append(goods, Object(Manufacturer, fmt.Sprintf("LIFE%02d", i)))
	}
	w.capture(Manufacturer, Commission(goods...))
	watch := must(w, api.StartWatch, operator, condition.StartWatchRequest{
		Name: "life", Policy: condition.PolicyRef{ID: Manufacturer + "/confirmed", Version: 1}, Objects: goods, Devices: []string{device}, Start: w.scene.Now,
	}, nil)
	draft := telemetry.Draft{Device: device, Sequence: 1, Measurement: "Temperature", Unit: "CEL", Scale: -1}
	for _, value := range []int64{40, 90, 95, 40} {
		draft.Readings = append(draft.Readings, telemetry.Reading{Time: w.scene.Now.UnixMilli(), Value: value})
		w.scene.Now = w.scene.Now.Add(time.Minute)
	}
	recording, err := telemetry.Seal(rand.Reader, key, draft)
	require.NoError(w, err)
	breach := must(w, api.Record, w.as(Manufacturer, ledger.RoleGateway), condition.RecordRequest{}, recording.Bytes()).Lanes[0].Breach
	w.capture(Manufacturer, Ship(Carrier, goods[:6]...))
	w.capture(Carrier, Step("receiving", goods[:6]...))

	said := condition.StepRequest{Breach: breach, Object: goods[0], Reason: "seen", Documents: []condition.Document{
		{SHA256: fmt.Sprintf("%064x", 7), Name: "photo \"1\"", MediaType: "image/jpeg"}, {SHA256: fmt.Sprintf("%064x", 6), Name: "log", MediaType: "text/csv"},
	}}
	must(w, api.AcknowledgeBreach, w.as(Carrier, ledger.RoleOperator), said, nil)
	said.RootCause = "the door stood open"
	must(w, api.InvestigateBreach, w.as(Carrier, ledger.RoleOperator), said, nil)
	must(w, api.Review, w.as(Retailer, ledger.RoleOperator), condition.ReviewRequest{Watch: watch.ID}, nil)
	confirmed := must(w, api.ConfirmBreach, quality, condition.StepRequest{Breach: breach, Reason: "credible"}, nil)
	require.True(w, confirmed.Held)
	must(w, api.OpenBreaches, quality, condition.OpenBreachesRequest{}, nil)

	now := func() evaluation.Moment { return evaluation.MomentOf(w.scene.Now) }
	permission := condition.Permission{
		ID: "p-1", Breach: breach, Meaning: condition.Authorise, Purpose: product.ForReturn, Destination: GLN(Manufacturer), Until: now() + 86_400_000, Reason: "back", Time: now(),
	}
	message, err := condition.PermissionBytes(permission)
	require.NoError(w, err)
	must(w, api.AuthoriseBreach, operator, condition.AuthoriseRequest{Statement: permission, Proof: w.signed(quality, message)}, nil)
	must(w, api.Permits, auditor, condition.ReadBreachRequest{Breach: breach}, nil)
	must(w, api.Permission, auditor, condition.ReadStatementRequest{ID: Manufacturer + "/p-1"}, nil)
	back := Ship(Manufacturer, goods[:2]...)
	back.Disposition = "returned"
	w.capture(Carrier, back)

	decide := func(by person, s condition.Statement) condition.DecideResponse {
		s.Breach, s.Reason, s.Time = breach, "for a \u2028 reason", now()
		return must(w, api.Decide, operator, w.decide(by, s), nil)
	}
	decide(quality, condition.Statement{ID: "l-1", Meaning: condition.Repack})
	decide(quality, condition.Statement{ID: "l-2", Meaning: condition.Release, Documents: said.Documents})
	decide(w.as(Carrier, ledger.RoleQuality), condition.Statement{
		ID: "l-1", Meaning: condition.Dispute, Decision: Manufacturer + "/l-2", Organisation: Carrier, Object: goods[3],
	})
	second := w.another(Manufacturer, ledger.RoleQuality)
	decide(second, condition.Statement{ID: "l-3", Meaning: condition.RestoreAllowance, Decision: Manufacturer + "/l-2"})
	decide(quality, condition.Statement{ID: "l-4", Meaning: condition.Reverse, Decision: Manufacturer + "/l-3"})
	must(w, api.Decision, auditor, condition.ReadStatementRequest{ID: Carrier + "/l-1"}, nil)
	must(w, api.BreachSteps, auditor, condition.ListStepsRequest{Breach: breach, Size: 5}, nil)

	must(w, api.RevokeCertificate, w.as(Manufacturer, ledger.RoleAdmin), participant.RevokeCertificateRequest{
		Certificate: base64.StdEncoding.EncodeToString(second.Certificate), Reason: "left",
	}, nil)
	must(w, api.RevokedCertificates, auditor, participant.ListRevokedCertificatesRequest{MSP: Manufacturer}, nil)
}
