// Package imports holds no code, only the test of the design's import walls.
package imports
