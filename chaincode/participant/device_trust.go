package participant

import (
	"crypto"
	"slices"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// Trust is all on the ledger that decides whether a device's readings are
// believed.
type Trust struct {
	// Device is the device.
	Device *Device
	// Calibrations are in the order in which they were performed.
	Calibrations []Calibrated

	earlier  []Signer
	gateways []*Trust // of the signers that are gateways, each once
}

// LoadTrust returns what decides whether a device is believed, by its identifier
// in any GS1 form. It fails with fault.InvalidIdentifier, and with fault.NotFound
// when the device is not registered.
func LoadTrust(tx *ledger.Tx, id string) (*Trust, error) {
	path, err := devicePath(id)
	if err != nil {
		return nil, err
	}
	found, err := LoadTrusts(tx, []string{path.Path()})
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

// LoadTrusts is [LoadTrust] for several devices, by their canonical paths, in
// four trips at most: one, unless their signers have changed or are gateways.
func LoadTrusts(tx *ledger.Tx, paths []string) ([]*Trust, error) {
	found, err := loadTrusts(tx, paths)
	if err != nil {
		return nil, err
	}
	if err := loadEarlier(tx, found); err != nil {
		return nil, err
	}
	return found, loadGateways(tx, found)
}

// loadTrusts reads devices and their calibrations.
func loadTrusts(tx *ledger.Tx, paths []string) ([]*Trust, error) {
	keys := make([]ledger.Key, 2*len(paths))
	for i, path := range paths {
		keys[2*i], keys[2*i+1] = deviceKey(path), calibrationsKey(path)
	}
	values, err := tx.GetMany(keys)
	if err != nil {
		return nil, err
	}
	found := make([]*Trust, len(paths))
	for i, path := range paths {
		if values[2*i] == nil {
			return nil, fault.New(fault.NotFound, "the device is not registered").About(path)
		}
		device, err := ledger.Decode[Device](keys[2*i], values[2*i])
		if err != nil {
			return nil, err
		}
		found[i] = &Trust{Device: &device}
		if values[2*i+1] == nil { // a gateway that measures nothing
			continue
		}
		list, err := ledger.Decode[calibrations](keys[2*i+1], values[2*i+1])
		if err != nil {
			return nil, err
		}
		found[i].Calibrations = list.List
	}
	return found, nil
}

// loadEarlier reads the signers that devices had before their present ones.
func loadEarlier(tx *ledger.Tx, found []*Trust) error {
	var keys []ledger.Key
	var of []*Trust
	for _, t := range found {
		if t.Device.Number > 1 {
			keys, of = append(keys, earlierSignersKey(t.Device.ID)), append(of, t)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	lists, err := ledger.LoadMany[earlierSigners](tx, keys)
	if err != nil {
		return err
	}
	for i, list := range lists {
		if list == nil {
			return fault.New(fault.Internal, "the earlier keys of %s are missing", of[i].Device.ID)
		}
		of[i].earlier = list.Signers
	}
	return nil
}

// loadGateways reads the gateways that vouch or have vouched for the devices.
func loadGateways(tx *ledger.Tx, found []*Trust) error {
	var paths []string
	for _, t := range found {
		for _, signer := range t.signers() {
			if signer.Gateway != "" && !slices.Contains(paths, signer.Gateway) {
				paths = append(paths, signer.Gateway)
			}
		}
	}
	if len(paths) == 0 {
		return nil
	}
	gateways, err := loadTrusts(tx, paths)
	if err != nil {
		return err
	}
	if err := loadEarlier(tx, gateways); err != nil {
		return err
	}
	for _, t := range found {
		for _, signer := range t.signers() {
			if at := slices.Index(paths, signer.Gateway); at >= 0 && !slices.Contains(t.gateways, gateways[at]) {
				t.gateways = append(t.gateways, gateways[at])
			}
		}
	}
	return nil
}

// signers returns the device's signers, the present one first.
func (t *Trust) signers() []Signer {
	all := append([]Signer{t.Device.Signer}, t.earlier...)
	slices.Reverse(all[1:])
	return all
}

// gateway returns a gateway by its id.
func (t *Trust) gateway(id string) *Trust {
	for _, g := range t.gateways {
		if g.Device.ID == id {
			return g
		}
	}
	return nil
}

// goodFor reports whether a signer is good for a recording whose last reading
// was taken at a time.
func (s Signer) goodFor(last time.Time) bool {
	return !s.Void && (s.Until.IsZero() || last.Before(s.Until))
}

// Signed checks who signed a recording of the device whose last reading was
// taken at a time: the device itself, or the gateway that the recording names,
// which must vouch for it. verify checks the signature with a key, and is called
// with each key that was good then, the present one first, until it returns nil.
// It returns the device whose key it is.
//
// It fails with fault.BadSignature when no good key verifies.
func (t *Trust) Signed(gateway string, last time.Time, verify func(crypto.PublicKey) error) (by *Device, err error) {
	for _, signer := range t.signers() {
		switch {
		case signer.Gateway != gateway || !signer.goodFor(last):
		case gateway == "" && signer.verifies(verify):
			return t.Device, nil
		case gateway != "" && t.gateway(gateway).signedItself(last, verify):
			return t.gateway(gateway).Device, nil
		}
	}
	who := "the device"
	if gateway != "" {
		who = "gateway " + gateway
	}
	return nil, fault.New(fault.BadSignature, "the recording is not signed with a key of %s that was good when its readings ended, at %s",
		who, last.Format(time.RFC3339)).About(t.Device.ID)
}

// signedItself reports whether the device signed with a key of its own.
func (t *Trust) signedItself(last time.Time, verify func(crypto.PublicKey) error) bool {
	return slices.ContainsFunc(t.signers(), func(s Signer) bool {
		return s.PublicKey != "" && s.goodFor(last) && s.verifies(verify)
	})
}

// verifies reports whether a signature verifies with the signer's key.
func (s Signer) verifies(verify func(crypto.PublicKey) error) bool {
	key, err := s.Key()
	return err == nil && verify(key) == nil
}

// Fit refuses a recording of the device that by has signed (see [Trust.Signed]),
// whose last reading was taken at a time, and which is submitted at another.
//
// Refused for good is what a compromised device or gateway signed, whatever time
// it claims, and what reaches beyond the retirement of either. Refused until
// that changes is what reaches beyond the calibrations on record, or into a
// suspension that still runs. Everything else is taken, since later recordings
// follow it, and what is doubtful in it is what [Trust.Doubts] returns.
//
// It fails with fault.DeviceUnfit.
func (t *Trust) Fit(by *Device, last, submitted time.Time) error {
	if err := t.Device.fit(last, submitted, "the device"); err != nil {
		return err
	}
	if by.ID != t.Device.ID {
		if err := by.fit(last, submitted, "the gateway "+by.ID+", which signed,"); err != nil {
			return err
		}
	}
	if covered := t.calibratedUntil(); last.After(covered) {
		return t.Device.unfit("the device was calibrated until %s, the readings go up to %s",
			covered.Format(time.RFC3339), last.Format(time.RFC3339))
	}
	return nil
}

func (d *Device) unfit(format string, args ...any) error {
	return fault.New(fault.DeviceUnfit, format, args...).About(d.ID)
}

func (d *Device) fit(last, submitted time.Time, who string) error {
	switch r := d.Revoked; {
	case r == nil:
	case r.Kind == Compromised:
		return d.unfit("%s is compromised since %s: nothing that it signed is taken any more", who, r.Since.Format(time.RFC3339))
	case !last.Before(r.Since):
		return d.unfit("%s is retired since %s, the readings go up to %s", who, r.Since.Format(time.RFC3339), last.Format(time.RFC3339))
	}
	for _, s := range d.Suspensions {
		if s.covers(submitted) && !last.Before(s.From) {
			return d.unfit("%s is suspended since %s, the readings go up to %s; submit them when that is over",
				who, s.From.Format(time.RFC3339), last.Format(time.RFC3339))
		}
	}
	return nil
}

// calibratedUntil returns the end of what the calibrations on record cover.
func (t *Trust) calibratedUntil() (end time.Time) {
	for i := range t.Calibrations {
		if _, until, ok := t.covered(i); ok && until.After(end) {
			end = until
		}
	}
	return end
}

// covered returns what a calibration covers: until it is due, or another is
// performed.
func (t *Trust) covered(i int) (from, until time.Time, ok bool) {
	c := t.Calibrations[i]
	from, until = c.Performed, c.Due
	if i+1 < len(t.Calibrations) && t.Calibrations[i+1].Performed.Before(until) {
		until = t.Calibrations[i+1].Performed
	}
	return from, until, c.AsLeft == CheckPass
}
