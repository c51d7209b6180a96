package gs1

// CheckDigit returns the check digit, '0' to '9', of digits, which do not
// include it: the mod 10 rule of the GS1 General Specifications, section 7.9.1,
// for a GTIN, GLN, SSCC, GSRN, GSIN and the numeric part of GRAI, GDTI and GCN.
// Any length above zero is accepted. Errors: ErrLength, ErrCharacter.
func CheckDigit(digits string) (byte, error) {
	if digits == "" {
		return 0, withInput(fault(ErrLength, "", "no digits"), digits)
	}
	if !allDigits(digits) {
		return 0, withInput(fault(ErrCharacter, "", "digits only"), digits)
	}
	return checkDigit(digits), nil
}

// checkDigit is CheckDigit for what is known to be digits.
func checkDigit(digits string) byte {
	sum, weight := 0, 3
	for i := len(digits) - 1; i >= 0; i-- {
		sum += int(digits[i]-'0') * weight
		weight = 4 - weight
	}
	return byte('0' + (10-sum%10)%10)
}

// VerifyCheckDigit reports whether the last digit is the check digit of those
// before it. Errors: ErrLength (fewer than two digits), ErrCharacter,
// ErrCheckDigit.
func VerifyCheckDigit(digits string) error {
	if len(digits) < 2 {
		return withInput(fault(ErrLength, "", "two digits at least"), digits)
	}
	if !allDigits(digits) {
		return withInput(fault(ErrCharacter, "", "digits only"), digits)
	}
	last := len(digits) - 1
	if want := checkDigit(digits[:last]); digits[last] != want {
		return withInput(fault(ErrCheckDigit, "", "%c where %c is due", digits[last], want), digits)
	}
	return nil
}

// gmnCharacters are the 32 characters a check character pair is written with.
const gmnCharacters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

// maxPairData bounds the data of a check character pair: the rule knows 97
// primes, far more than any field is long.
const maxPairData = 97

// CheckPair returns the two check characters of data, which does not include
// them: the mod 1021 rule of the GS1 General Specifications, section 7.9.5, for
// a GMN and a UDI of custom-made devices. Errors: ErrLength, ErrCharacter.
func CheckPair(data string) (string, error) {
	if data == "" || len(data) > maxPairData {
		return "", withInput(fault(ErrLength, "", "1 to %d characters", maxPairData), data)
	}
	for i := range len(data) {
		if cset82Value(data[i]) < 0 {
			return "", withInput(fault(ErrCharacter, "", "character %d is not in CSET 82", i+1), data)
		}
	}
	sum := pairSum(data)
	return string([]byte{gmnCharacters[sum>>5], gmnCharacters[sum&31]}), nil
}

// pairSum is the sum that a check pair is made of, for data known to be CSET 82
// and at most maxPairData long.
func pairSum(data string) int {
	sum, prime := 0, 2
	for i := len(data) - 1; i >= 0; i-- {
		sum += cset82Value(data[i]) * prime
		prime = nextPrime(prime)
	}
	return sum % 1021
}

// VerifyCheckPair reports whether the last two characters are the check pair
// of those before them. Errors: ErrLength, ErrCharacter, ErrCheckDigit.
func VerifyCheckPair(value string) error {
	if len(value) < 3 {
		return withInput(fault(ErrLength, "", "three characters at least"), value)
	}
	cut := len(value) - 2
	want, err := CheckPair(value[:cut])
	if err != nil {
		return err
	}
	if value[cut:] != want {
		return withInput(fault(ErrCheckDigit, "", "pair %q where %q is due", value[cut:], want), value)
	}
	return nil
}

func nextPrime(n int) int {
	for n++; ; n++ {
		if isPrime(n) {
			return n
		}
	}
}

func isPrime(n int) bool {
	for d := 2; d*d <= n; d++ {
		if n%d == 0 {
			return false
		}
	}
	return true
}
