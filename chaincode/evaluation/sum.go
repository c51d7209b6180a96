package evaluation

// Sum is a sum of relative rates over time, in 2^-88 milliseconds: 192 bits, the
// highest word first. As text and in JSON it is hexadecimal, without leading
// zeros.
type Sum [3]uint64
