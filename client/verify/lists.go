package verify

import (
	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/disclosure"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// listings has the functions that list, other than those of package product and
// shipment. The layouts are those that the rules document in their packages.
var listings = lists{
	api.Organisations.FullName(): listing(100, under(func(participant.ListOrganisationsRequest) (ledger.Key, error) {
		return ledger.NewKey("organisation"), nil
	}), all(
		func(r *participant.ListOrganisationsResponse) []participant.Participant { return r.Organisations },
		func(p *participant.Participant) (ledger.Key, []string) { return "", []string{p.MSP} },
	)),
	api.Delegations.FullName(): listing(100, delegationsOf, func(r *participant.ListDelegationsResponse, l *list) {
		kind, parts := l.prefix.Parts()
		for _, d := range r.Delegations {
			switch {
			case kind == "delegated":
				l.add("", d.Holder, anyPart)
			case len(parts) > 1:
				l.add("", anyPart)
			default:
				l.add("", d.Delegate, anyPart)
			}
		}
	}),
	api.RevokedCertificates.FullName(): listing(100, under(func(r participant.ListRevokedCertificatesRequest) (ledger.Key, error) {
		return ledger.NewKey("revokedcertificate", r.MSP), nil
	}), all(
		func(r *participant.ListRevokedCertificatesResponse) []participant.RevokedCertificate {
			return r.Certificates
		},
		func(c *participant.RevokedCertificate) (ledger.Key, []string) {
			return "", []string{c.Issuer, c.Serial}
		},
	)),
	api.Devices.FullName(): listing(100, under(func(r participant.ListDevicesRequest) (ledger.Key, error) {
		if r.Gateway != "" {
			return pathKey("vouched", r.Gateway)
		}
		return ledger.NewKey("deviceof", r.Owner), nil
	}), all(
		func(r *participant.ListDevicesResponse) []participant.Device { return r.Devices },
		func(d *participant.Device) (ledger.Key, []string) {
			return ledger.NewKey("device", d.ID), []string{d.ID}
		},
	)),
	api.DeviceHistory.FullName(): listing(100, under(func(r participant.DeviceHistoryRequest) (ledger.Key, error) {
		return pathKey("devicestep", r.ID)
	}), all(
		func(r *participant.DeviceHistoryResponse) []participant.DeviceStep { return r.Steps },
		func(s *participant.DeviceStep) (ledger.Key, []string) { return "", []string{ledger.Number(s.Number)} },
	)),
	api.Calibrations.FullName(): listing(100, under(func(r participant.ListCalibrationsRequest) (ledger.Key, error) {
		return pathKey("calibration", r.ID)
	}), all(
		func(r *participant.ListCalibrationsResponse) []participant.Calibration { return r.Calibrations },
		func(*participant.Calibration) (ledger.Key, []string) { return "", anyParts(1) },
	)),
	api.Breaches.FullName(): listing(100, under(func(r condition.ListBreachesRequest) (ledger.Key, error) {
		return pathKey("breachof", r.Object)
	}), breachEntries),
	api.OpenBreaches.FullName(): listing(100, func(r condition.OpenBreachesRequest, l *list, caller string) error {
		if r.Quality == "" {
			r.Quality = caller
		}
		l.prefix = ledger.NewKey("openbreach", r.Quality)
		return nil
	}, breachEntries),
	api.BreachSteps.FullName(): listing(100, under(func(r condition.ListStepsRequest) (ledger.Key, error) {
		return ledger.NewKey("breachstep", r.Breach), nil
	}), all(
		func(r *condition.ListStepsResponse) []condition.Step { return r.Steps },
		func(s *condition.Step) (ledger.Key, []string) {
			return "", []string{ledger.Number(uint64(max(s.Number, 0)))} //nolint:gosec // not negative
		},
	)),
	api.Runs.FullName(): listing(100, under(func(r condition.ListRunsRequest) (ledger.Key, error) {
		device, err := gs1.Parse(r.Device)
		return ledger.NewKey("run", r.Watch, device.Path()), err
	}), all(
		func(r *condition.ListRunsResponse) []condition.Run { return r.Runs },
		func(r *condition.Run) (ledger.Key, []string) { return "", []string{ledger.Number(r.Sequence)} },
	)),
	api.DeviceVerdicts.FullName(): listing(100, func(r condition.DeviceVerdictsRequest, l *list, _ string) (err error) {
		l.prefix, err = pathKey("fed", r.Device)
		l.loose = r.Doubted || !r.From.IsZero() || !r.To.IsZero()
		return err
	}, all(
		func(r *condition.DeviceVerdictsResponse) []condition.DeviceVerdict { return r.Verdicts },
		func(v *condition.DeviceVerdict) (ledger.Key, []string) {
			return ledger.NewKey("watch", v.Watch), []string{v.Watch}
		},
	)),
	api.Affected.FullName(): listing(100, under(func(r condition.ListAffectedRequest) (ledger.Key, error) {
		return ledger.NewKey("affected", r.Breach), nil
	}), all(
		func(r *condition.ListAffectedResponse) []string { return r.Objects },
		func(path *string) (ledger.Key, []string) { return "", []string{*path} },
	)),
	api.ConfidentialRecords.FullName(): listing(50, under(recordsPrefix), all(
		func(r *confidential.RecordsResponse) []confidential.Published { return r.Records },
		func(p *confidential.Published) (ledger.Key, []string) {
			return ledger.NewKey("record", p.Manifest.ID), []string{p.Manifest.ID}
		},
	)),
	api.LegalHoldSteps.FullName(): listing(100, under(func(r confidential.HoldStepsRequest) (ledger.Key, error) {
		return ledger.NewKey("legalholdstep", r.Record), nil
	}), all(
		func(r *confidential.HoldStepsResponse) []confidential.HoldStep { return r.Steps },
		func(s *confidential.HoldStep) (ledger.Key, []string) { return "", []string{s.MSP, anyPart} },
	)),
	api.Disclosures.FullName(): listing(50, under(func(r disclosure.ListRequest) (ledger.Key, error) {
		switch {
		case r.Record != "":
			return ledger.NewKey("disclosureof", r.Record), nil
		case r.Owner != "":
			return ledger.NewKey("disclosureby", r.Owner), nil
		}
		return ledger.NewKey("disclosureto", r.Recipient), nil
	}), all(
		func(r *disclosure.ListResponse) []disclosure.Status { return r.Requests },
		func(s *disclosure.Status) (ledger.Key, []string) {
			return ledger.NewKey("disclosure", s.ID), []string{s.ID}
		},
	)),
}

// pathKey is a key of something by the path of its GS1 identifier.
func pathKey(kind, text string) (ledger.Key, error) {
	id, err := gs1.Parse(text)
	if err != nil {
		return "", err
	}
	return ledger.NewKey(kind, id.Path()), nil
}

func delegationsOf(r participant.ListDelegationsRequest, l *list, _ string) error {
	switch {
	case r.Holder == "":
		l.prefix = ledger.NewKey("delegated", r.Delegate)
	case r.Delegate != "":
		l.prefix = ledger.NewKey("delegation", r.Holder, r.Delegate)
	default:
		l.prefix = ledger.NewKey("delegation", r.Holder)
	}
	return nil
}

func breachEntries(r *condition.ListBreachesResponse, l *list) {
	for _, b := range r.Breaches {
		l.add(ledger.NewKey("breach", b.ID), b.ID)
	}
}

func recordsPrefix(r confidential.RecordsRequest) (ledger.Key, error) {
	if r.Owner != "" {
		return ledger.NewKey("recordby", r.Owner), nil
	}
	if hash, err := product.EventHash(r.Subject); err == nil {
		return ledger.NewKey("recordof", product.EventURI(hash)), nil
	}
	return pathKey("recordof", r.Subject)
}
