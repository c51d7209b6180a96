// Package nodeconfig writes the configuration files of peers and orderers.
//
// The files hold only keys that matter, each with its reason in the template;
// the rest keeps Fabric's default. They are complete: no environment variable
// changes them, and a node can be started by hand with FABRIC_CFG_PATH set to
// the folder.
package nodeconfig
