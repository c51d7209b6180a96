// Package demo runs the main job on a real network: four companies and one
// consignment of vaccine, from commissioning to evidence that verifies with the
// network stopped.
//
// It uses the libraries as any program would: network to start Fabric, client
// to work with it, client/verify to check what came out. The story is in
// story.go; its chapters are in the files beside it.
package demo
