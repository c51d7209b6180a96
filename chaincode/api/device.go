package api

import (
	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/participant"
)

// The life of a measuring device: contract participant, and what became of its
// readings: contract condition.
var (
	RotateDeviceKey = update("participant", "RotateDeviceKey",
		"Gives a device another key, or a plain sensor another gateway.",
		participant.RotateDeviceKey)
	RecordCalibration = update("participant", "RecordCalibration",
		"Puts a calibration of a device on record.",
		participant.RecordCalibration)
	SuspendDevice = update("participant", "SuspendDevice",
		"Says that a device is not believed within a time.",
		participant.SuspendDevice)
	ResumeDevice = update("participant", "ResumeDevice",
		"Ends the suspension of a device.",
		participant.ResumeDevice)
	AssignDevice = update("participant", "AssignDevice",
		"Lets another organisation put a device to its watches, or takes it back.",
		participant.AssignDevice)
	UpdateFirmware = update("participant", "UpdateFirmware",
		"Records that a device runs another version of its program.",
		participant.UpdateFirmware)
	Devices = query("participant", "Devices",
		"Lists the devices of an owner, or of a gateway, a page at a time.",
		participant.ListDevices)
	DeviceHistory = query("participant", "DeviceHistory",
		"Lists what was done to a device, by whom and when, a page at a time.",
		participant.DeviceHistory)
	Calibrations = query("participant", "Calibrations",
		"Lists the calibrations of a device, a page at a time.",
		participant.ListCalibrations)
	DeviceVerdicts = query("condition", "DeviceVerdicts",
		"Lists the watches that a device has fed, with its verdict in each now, a page at a time.",
		condition.DeviceVerdicts)
)
