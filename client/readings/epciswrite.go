package readings

import (
	"math/big"
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
)

// MaxReports bounds the readings that [SensorElement] writes one by one.
const MaxReports = 10_000

// crs84 is the coordinate reference system of latitudes and longitudes in
// recordings, WGS 84.
const crs84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"

// SensorElement returns an EPCIS sensor element with a report for each reading
// of a run, at most [MaxReports], which [FromEvent] reads back. root is that of
// the recording, which the element names as its raw data; zero for none.
//
// It fails with [telemetry.ErrFormat] for a run without readings, a device that
// is neither a GS1 key nor a URI, and a unit that its measurement type does not
// have; with [telemetry.ErrLimit] for too many readings.
func SensorElement(r Run, root telemetry.Hash) (epcis.SensorElement, error) {
	element, report, err := r.element(root)
	if err != nil {
		return element, err
	}
	if len(r.Readings) > MaxReports {
		return element, limitError("%d readings; an element has at most %d: give a summary", len(r.Readings), MaxReports)
	}
	for _, reading := range r.Readings {
		at := reading.At()
		report.Time, report.Value = &at, epcis.Number(telemetry.FormatDecimal(reading.Value, r.Scale))
		element.Reports = append(element.Reports, report)
	}
	return element, nil
}

// SensorSummary returns an EPCIS sensor element with one report over all of a
// run: from its first to its last reading, the least and the greatest value and,
// where it has at most nine decimals, the mean of the values. root is as for
// [SensorElement], and so are the errors.
func SensorSummary(r Run, root telemetry.Hash) (epcis.SensorElement, error) {
	element, report, err := r.element(root)
	if err != nil {
		return element, err
	}
	least, most, sum := r.Readings[0].Value, r.Readings[0].Value, new(big.Int)
	for _, reading := range r.Readings {
		least, most = min(least, reading.Value), max(most, reading.Value)
		sum.Add(sum, big.NewInt(reading.Value))
	}
	first, last := r.Readings[0].At(), r.Readings[len(r.Readings)-1].At()
	element.Metadata.StartTime, element.Metadata.EndTime = &first, &last
	report.MinValue = epcis.Number(telemetry.FormatDecimal(least, r.Scale))
	report.MaxValue = epcis.Number(telemetry.FormatDecimal(most, r.Scale))
	mean := new(big.Rat).SetFrac(sum, big.NewInt(int64(len(r.Readings))))
	if value, scale, err := fromRat(mean.Mul(mean, toRat(1, r.Scale))); err == nil {
		report.MeanValue = epcis.Number(telemetry.FormatDecimal(value, scale))
	}
	element.Reports = []epcis.SensorReport{report}
	return element, nil
}

// element returns what the reports of a run have in common.
func (r Run) element(root telemetry.Hash) (epcis.SensorElement, epcis.SensorReport, error) {
	metadata := &epcis.SensorMetadata{DeviceID: r.Device}
	report := epcis.SensorReport{Type: r.Measurement, UOM: r.Unit, Component: r.Component}
	if strings.HasPrefix(r.Device, "/") {
		metadata.DeviceID = gs1.Authority + r.Device
	}
	if r.Component == "latitude" || r.Component == "longitude" {
		report.CoordinateReferenceSystem = crs84
	}
	if !root.IsZero() {
		metadata.RawData = RecordingURI(root)
	}
	unit, _ := gs1.UnitByCode(r.Unit)
	var err error
	switch {
	case len(r.Readings) == 0:
		err = formatError("a run without readings")
	case metadata.DeviceID != "" && !strings.Contains(metadata.DeviceID, ":"):
		err = formatError("the device %q is neither a GS1 key nor a URI", clip(r.Device))
	case !unit.Measures(r.Measurement):
		err = formatError("EPCIS has no measurement type %q in the unit %q", clip(r.Measurement), clip(r.Unit))
	}
	return epcis.SensorElement{Metadata: metadata}, report, err
}
