package epcis

import "strings"

// vocabulary is one closed list of bare words of CBV 2.0 or the GS1 Web
// Vocabulary, with the other ways to spell them. In JSON-LD the bare word is
// the spelling; the others are read as the same word.
type vocabulary struct {
	name string
	// words maps a bare word to its web URI.
	words map[string]string
	// uri is what stands before the word in the web URI that the hash uses.
	uri string
	// also are other prefixes that mean the same: http, CURIEs, legacy URNs.
	also []string
	// forbidden are prefixes of URIs that the JSON binding refuses, since they
	// spell a standard word in a way other than the bare one.
	forbidden []string
}

// Source of the words: the enumerations of the EPCIS JSON Schema, github.com/gs1/EPCIS
// commit 2b888be (JSON-Schema), which agree with its JSON-LD context. The web
// URIs of measurement types are under https://ref.gs1.org/voc/, as the newer
// context and the hash reference of 2026 have them.
var (
	vocabBizStep = cbv("business step", "BizStep-", "bizstep:",
		`accepting arriving assembling collecting commissioning consigning creating_class_instance cycle_counting
		decommissioning departing destroying disassembling dispensing encoding entering_exiting holding inspecting
		installing killing loading other packing picking receiving removing repackaging repairing replacing reserving
		retail_selling sampling sensor_reporting shipping staging_outbound stock_taking stocking storing transporting
		unloading unpacking void_shipping`)
	vocabDisposition = cbv("disposition", "Disp-", "disp:",
		`active available completeness_inferred completeness_verified conformant container_closed container_open damaged
		destroyed dispensed disposed encoded expired in_progress in_transit inactive mismatch_class mismatch_instance
		mismatch_quantity needs_replacement no_pedigree_match non_conformant non_sellable_other partially_dispensed
		recalled reserved retail_sold returned sellable_accessible sellable_not_accessible stolen unavailable unknown`)
	vocabBizTransaction = cbv("business transaction type", "BTT-", "btt:",
		`bol cert desadv inv pedigree po poc prodorder recadv rma testprd testres upevt`)
	vocabParty     = cbv("source or destination type", "SDT-", "sdt:", `location owning_party possessing_party`)
	vocabReason    = cbv("error reason", "ER-", "er:", `did_not_occur incorrect_data`)
	vocabComponent = cbv("sensor component", "Comp-", "comp:",
		`altitude axial_distance azimuth easting elevation_angle height latitude longitude northing polar_angle
		spherical_radius x y z`)
	vocabMeasurement = gs1voc("measurement type",
		`AbsoluteHumidity AbsorbedDose AbsorbedDoseRate Acceleration Altitude AmountOfSubstance
		AmountOfSubstancePerUnitVolume Angle AngularAcceleration AngularMomentum AngularVelocity Area Capacitance
		Conductance Conductivity Count Density Dimensionless DoseEquivalent DoseEquivalentRate DynamicViscosity
		ElectricCharge ElectricCurrent ElectricCurrentDensity ElectricFieldStrength Energy Exposure Force Frequency
		Illuminance Inductance Irradiance KinematicViscosity Length LinearMomentum Luminance LuminousFlux
		LuminousIntensity MagneticFlux MagneticFluxDensity MagneticVectorPotential Mass MassConcentration MassFlowRate
		MassPerAreaTime MemoryCapacity MolalityOfSolute MolarEnergy MolarMass MolarVolume Power Pressure RadiantFlux
		RadiantIntensity Radioactivity RelativeHumidity Resistance Resistivity SolidAngle SpecificVolume Speed
		SurfaceDensity SurfaceTension Temperature Time Torque Voltage Volume VolumeFlowRate VolumeFraction
		VolumetricFlux Wavenumber`)
	vocabException = gs1voc("sensor exception", `ALARM_CONDITION ERROR_CONDITION`)
)

const (
	cbvWeb = "https://ref.gs1.org/cbv/"
	gs1Web = "https://ref.gs1.org/voc/"
	cbvURN = "urn:epcglobal:cbv:"
)

func cbv(name, web, urn, words string) *vocabulary {
	v := &vocabulary{
		name:      name,
		uri:       cbvWeb + web,
		also:      []string{"http://ref.gs1.org/cbv/" + web, "cbv:" + web, cbvURN + urn},
		forbidden: []string{"urn:epcglobal:cbv", "http://ns.gs1.org/cbv/", "https://ns.gs1.org/cbv/"},
	}
	return v.fill(words)
}

func gs1voc(name, words string) *vocabulary {
	v := &vocabulary{
		name: name,
		uri:  gs1Web,
		also: []string{
			"http://ref.gs1.org/voc/", "https://gs1.org/voc/", "http://gs1.org/voc/",
			"https://www.gs1.org/voc/", "http://www.gs1.org/voc/", "gs1:",
		},
		forbidden: []string{
			"https://gs1.org/voc/", "http://gs1.org/voc/",
			"https://www.gs1.org/voc/", "http://www.gs1.org/voc/",
		},
	}
	return v.fill(words)
}

func (v *vocabulary) fill(words string) *vocabulary {
	list := strings.Fields(words)
	v.words = make(map[string]string, len(list))
	for _, w := range list {
		v.words[w] = v.uri + w
	}
	return v
}

// has reports whether s is one of the bare words.
func (v *vocabulary) has(s string) bool {
	_, ok := v.words[s]
	return ok
}

// normal returns the bare word that s spells in any of the ways. Another word is
// returned as it is, or as a web URI if the JSON binding refuses its spelling.
func (v *vocabulary) normal(s string) string {
	if strings.IndexByte(s, ':') < 0 {
		return s
	}
	if w, ok := strings.CutPrefix(s, v.uri); ok && v.has(w) {
		return w
	}
	for _, p := range v.also {
		w, ok := strings.CutPrefix(s, p)
		switch {
		case !ok:
		case v.has(w):
			return w
		case v.refused(p):
			// A word that CBV 2.0 no longer has: the hash of its URN is that of
			// this URI, which the JSON binding can carry.
			return v.uri + w
		}
	}
	return s
}

// web returns the web URI of a bare word, or s itself.
func (v *vocabulary) web(s string) string {
	if uri, ok := v.words[s]; ok {
		return uri
	}
	return s
}

// refused reports whether the JSON binding refuses this URI.
func (v *vocabulary) refused(s string) bool {
	for _, p := range v.forbidden {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

// draftMeasurement reports names that drafts of EPCIS 2.0 had for measurement types.
// Published examples still have them without a prefix; they are read as words of the
// GS1 Web Vocabulary, which is what XML makes of them.
func draftMeasurement(s string) bool {
	rest, ok := strings.CutPrefix(s, "MT-")
	if !ok {
		rest, ok = strings.CutPrefix(s, "AT-")
	}
	if !ok {
		return s == "Molar_concentration" || s == "EffectiveDoseRate"
	}
	for i := range len(rest) {
		if c := rest[i]; c|0x20 < 'a' && c != '_' || c|0x20 > 'z' && c != '_' {
			return false
		}
	}
	return rest != ""
}

// legacyWords are the CBV 1.x URN prefixes and what the event hash puts in
// their place, in any value.
var legacyWords = strings.NewReplacer(
	"urn:epcglobal:cbv:bizstep:", "https://ref.gs1.org/cbv/BizStep-",
	"urn:epcglobal:cbv:disp:", "https://ref.gs1.org/cbv/Disp-",
	"urn:epcglobal:cbv:btt:", "https://ref.gs1.org/cbv/BTT-",
	"urn:epcglobal:cbv:sdt:", "https://ref.gs1.org/cbv/SDT-",
	"urn:epcglobal:cbv:er:", "https://ref.gs1.org/cbv/ER-",
)
