// Package plot draws readings, the limits of a policy, excursions, gaps and the
// verdict as SVG.
//
// The drawing is self-contained (no scripts, styles, fonts or links), has a title
// and a description for those who do not see it, says nothing by colour alone, and
// has the same bytes on every machine: positions are integers, tenths of a pixel.
// Its size does not grow with the number of readings: of those that share a pixel
// column, the first, lowest, highest and last are drawn.
package plot
