package channelconfig

import (
	"crypto/x509"
	"errors"
	"maps"
	"slices"

	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
)

// Organisation is what a configuration says of an organisation of the application: of
// those that have peers.
type Organisation struct {
	// MSP is the organisation's name on the channel.
	MSP string
	// Roots and Intermediates are its certificate authorities.
	Roots, Intermediates []*x509.Certificate
	// Revoked are its revocation lists.
	Revoked []*x509.RevocationList
	// NodeOUs tells whether its certificates say who is a peer and who is not.
	NodeOUs bool
	// PeerUnit is the organisational unit of its peers; empty if it names none.
	PeerUnit string
	// OtherUnits are those of its clients, admins and orderers.
	OtherUnits []string
	// PeerIssuer is the only authority that may give out PeerUnit; nil for any.
	PeerIssuer *x509.Certificate
	// Listed tells that members must also be in organisational units that the MSP
	// lists (organizational_unit_identifiers).
	Listed bool
	// Idemix tells that its identities are anonymous credentials, and all else here
	// is empty.
	Idemix bool
}

// Organisations are the application's, in order of their names. Its error is an
// [Error] with [ErrMSP].
func (c *Configuration) Organisations() ([]Organisation, error) {
	var list []Organisation
	seen := map[string]bool{}
	for _, path := range slices.Sorted(maps.Keys(c.members)) {
		name := c.members[path]
		if !isBelow(path, groupApplication) || seen[name] {
			continue
		}
		seen[name] = true
		made, err := c.msps[name].organisation()
		if err != nil {
			return nil, &Error{Rule: ErrMSP, Element: kindValue + " " + path + "/" + valueMSP, cause: err}
		}
		list = append(list, made)
	}
	return list, nil
}

func (d *definition) organisation() (o Organisation, err error) {
	o = Organisation{
		MSP: d.name, Idemix: d.opaque, Roots: slices.Clone(d.roots), Intermediates: slices.Clone(d.intermediates),
		Revoked: slices.Clone(d.revoked), NodeOUs: d.nodes, Listed: len(d.listed) > 0,
	}
	if !d.nodes {
		return o, nil
	}
	o.PeerUnit = d.units.GetPeerOuIdentifier().GetOrganizationalUnitIdentifier()
	for _, other := range []*msp.FabricOUIdentifier{d.units.GetClientOuIdentifier(), d.units.GetAdminOuIdentifier(), d.units.GetOrdererOuIdentifier()} {
		if unit := other.GetOrganizationalUnitIdentifier(); unit != "" {
			o.OtherUnits = append(o.OtherUnits, unit)
		}
	}
	text := d.units.GetPeerOuIdentifier().GetCertificate()
	if len(text) == 0 {
		return o, nil
	}
	if o.PeerIssuer, err = firstCertificate(text); err != nil {
		return o, errors.New("the certificate for its peers' unit cannot be read")
	}
	return o, nil
}
