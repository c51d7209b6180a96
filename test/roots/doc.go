// Package roots shows on real material that configurations are followed as Fabric
// itself takes them over: the same decisions as Fabric's own code, on configurations
// drawn at random, and the same configurations as a real network's.
package roots
