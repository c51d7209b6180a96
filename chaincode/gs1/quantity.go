package gs1

import "slices"

// Quantity is what a unit measures. Units of one quantity convert into one
// another, except where an irrational factor lies between (see ErrInexact).
// The names are those of CBV measurement types where there is one.
type Quantity string

// The quantities of the unit table.
const (
	AbsorbedDose                   Quantity = "AbsorbedDose"
	AbsorbedDoseRate               Quantity = "AbsorbedDoseRate"
	Acceleration                   Quantity = "Acceleration"
	AmountOfSubstance              Quantity = "AmountOfSubstance"
	AmountOfSubstancePerUnitVolume Quantity = "AmountOfSubstancePerUnitVolume"
	Angle                          Quantity = "Angle"
	AngularAcceleration            Quantity = "AngularAcceleration"
	AngularMomentum                Quantity = "AngularMomentum"
	AngularVelocity                Quantity = "AngularVelocity"
	Area                           Quantity = "Area"
	Capacitance                    Quantity = "Capacitance"
	Conductance                    Quantity = "Conductance"
	Conductivity                   Quantity = "Conductivity"
	Count                          Quantity = "Count"
	Density                        Quantity = "Density"
	DoseEquivalent                 Quantity = "DoseEquivalent"
	DoseEquivalentRate             Quantity = "DoseEquivalentRate"
	DynamicViscosity               Quantity = "DynamicViscosity"
	ElectricCharge                 Quantity = "ElectricCharge"
	ElectricCurrent                Quantity = "ElectricCurrent"
	ElectricCurrentDensity         Quantity = "ElectricCurrentDensity"
	ElectricFieldStrength          Quantity = "ElectricFieldStrength"
	Energy                         Quantity = "Energy"
	Exposure                       Quantity = "Exposure"
	Force                          Quantity = "Force"
	Frequency                      Quantity = "Frequency"
	Illuminance                    Quantity = "Illuminance"
	Inductance                     Quantity = "Inductance"
	Irradiance                     Quantity = "Irradiance"
	KinematicViscosity             Quantity = "KinematicViscosity"
	Length                         Quantity = "Length"
	LinearMomentum                 Quantity = "LinearMomentum"
	Luminance                      Quantity = "Luminance"
	LuminousFlux                   Quantity = "LuminousFlux"
	LuminousIntensity              Quantity = "LuminousIntensity"
	MagneticFlux                   Quantity = "MagneticFlux"
	MagneticFluxDensity            Quantity = "MagneticFluxDensity"
	MagneticVectorPotential        Quantity = "MagneticVectorPotential"
	Mass                           Quantity = "Mass"
	MassFlowRate                   Quantity = "MassFlowRate"
	MassPerAreaTime                Quantity = "MassPerAreaTime"
	MemoryCapacity                 Quantity = "MemoryCapacity"
	MolalityOfSolute               Quantity = "MolalityOfSolute"
	MolarEnergy                    Quantity = "MolarEnergy"
	MolarMass                      Quantity = "MolarMass"
	MolarVolume                    Quantity = "MolarVolume"
	Power                          Quantity = "Power"
	Pressure                       Quantity = "Pressure"
	RadiantIntensity               Quantity = "RadiantIntensity"
	Radioactivity                  Quantity = "Radioactivity"
	Ratio                          Quantity = "Ratio"
	Resistance                     Quantity = "Resistance"
	Resistivity                    Quantity = "Resistivity"
	SolidAngle                     Quantity = "SolidAngle"
	SpecificVolume                 Quantity = "SpecificVolume"
	Speed                          Quantity = "Speed"
	SurfaceDensity                 Quantity = "SurfaceDensity"
	SurfaceTension                 Quantity = "SurfaceTension"
	Temperature                    Quantity = "Temperature"
	Time                           Quantity = "Time"
	Torque                         Quantity = "Torque"
	Voltage                        Quantity = "Voltage"
	Volume                         Quantity = "Volume"
	VolumeFlowRate                 Quantity = "VolumeFlowRate"
	Wavenumber                     Quantity = "Wavenumber"
)

// otherTypes are the CBV measurement types that are no quantity of their own.
var otherTypes = map[string][]Quantity{
	"AbsoluteHumidity":  {Density},
	"Altitude":          {Length},
	"Dimensionless":     {Ratio, Count},
	"MassConcentration": {Density},
	"RadiantFlux":       {Power},
	"RelativeHumidity":  {Ratio},
	"VolumeFraction":    {Ratio, Count},
	"VolumetricFlux":    {Speed},
}

// Measures reports whether a value of a CBV measurement type ("Temperature",
// "AbsoluteHumidity", ...) can be given in the unit (CBV 2.0, section 7.11). It
// is false for a type that is not the CBV's.
func (u Unit) Measures(measurementType string) bool {
	if u.facts == nil {
		return false
	}
	if quantities, ok := otherTypes[measurementType]; ok {
		return slices.Contains(quantities, u.facts.quantity)
	}
	return u.facts.quantity == Quantity(measurementType) && u.facts.quantity != Ratio
}
