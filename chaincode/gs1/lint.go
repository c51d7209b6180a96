package gs1

import (
	"errors"
	"strings"
)

// LintError says which check of the GS1 syntax dictionary a field did not
// pass, with the dictionary's own code for the reason. It matches
// ErrCheckDigit, ErrCharacter or ErrContent.
type LintError struct {
	// Check is the name of the check: csum, yymmdd, iso3166, ...
	Check string
	// Code is the dictionary's name of the reason: INCORRECT_CHECK_DIGIT, ...
	Code string
}

func (e *LintError) Error() string { return e.Unwrap().Error() + " (" + e.Check + ": " + e.Code + ")" }

// Unwrap returns the reason as one of the package's Err values.
func (e *LintError) Unwrap() error {
	switch {
	case e.Code == "INCORRECT_CHECK_DIGIT", e.Code == "INCORRECT_CHECK_PAIR":
		return ErrCheckDigit
	case strings.HasPrefix(e.Code, "INVALID_CSET"), e.Code == "NON_DIGIT_CHARACTER":
		return ErrCharacter
	default:
		return ErrContent
	}
}

// ErrUnknownCheck: Lint was asked for a check that does not exist.
var ErrUnknownCheck = errors.New("gs1: no check of that name")

// Lint runs one check of the GS1 syntax dictionary on a value: csum, csumalpha,
// cset82, yymmdd, iso3166, ... The error is a *LintError, or ErrUnknownCheck.
func Lint(check, value string) error {
	run, ok := checks[check]
	if !ok {
		return ErrUnknownCheck
	}
	if code := run(value); code != "" {
		return &LintError{Check: check, Code: code}
	}
	return nil
}

// LintPrefix runs gcppos1 or gcppos2 on a value, like Lint, and asks src
// whether the company prefix is one it knows. An error of src other than
// ErrPrefixLength is passed on as it is.
func LintPrefix(check, value string, src PrefixSource) error {
	if err := Lint(check, value); err != nil {
		return err
	}
	switch check {
	case "gcppos1":
	case "gcppos2":
		value = value[1:]
	default:
		return ErrUnknownCheck
	}
	_, err := src.PrefixLength(value[:leadingDigits(value)])
	if errors.Is(err, ErrPrefixLength) {
		return &LintError{Check: check, Code: "INVALID_GCP_PREFIX"}
	}
	return err
}

// checkFunc returns the code of the reason a value is refused for, "" when it passes.
type checkFunc func(value string) string

// checks are the linters of the syntax dictionary by name.
var checks = map[string]checkFunc{
	"couponcode":     lintCoupon,
	"couponposoffer": lintCouponOffer,
	"cset39":         lintCSET39,
	"cset64":         lintCSET64,
	"cset82":         lintCSET82,
	"csetnumeric":    lintDigits,
	"csum":           lintCheckDigit,
	"csumalpha":      lintCheckPair,
	"gcppos1":        lintPrefix,
	"gcppos2":        lintPrefix2,
	"hasnondigit":    lintHasNonDigit,
	"hh":             lintHour,
	"hhmi":           lintHourMinute,
	"hyphen":         lintHyphen,
	"iban":           lintIBAN,
	"importeridx":    lintImporterIndex,
	"iso3166":        inList(countryNumbers, "NOT_ISO3166"),
	"iso3166999":     lintCountryOr999,
	"iso3166alpha2":  inList(countryLetters, "NOT_ISO3166_ALPHA2"),
	"iso4217":        inList(currencyNumbers, "NOT_ISO4217"),
	"iso5218":        inList("0 1 2 9", "INVALID_BIOLOGICAL_SEX_CODE"),
	"latitude":       lintLatitude,
	"longitude":      lintLongitude,
	"mediatype":      inList(mediaTypes, "INVALID_MEDIA_TYPE"),
	"mi":             lintMinute,
	"nonzero":        lintNonZero,
	"nozeroprefix":   lintNoZeroPrefix,
	"packagetype":    inList(packageTypes, "INVALID_PACKAGE_TYPE"),
	"pcenc":          lintPercent,
	"pieceoftotal":   lintPieceOfTotal,
	"posinseqslash":  lintPosition,
	"ss":             lintSecond,
	"winding":        inList("0 1 9", "INVALID_WINDING_DIRECTION"),
	"yesno":          inList("0 1", "NOT_ZERO_OR_ONE"),
	"yymmd0":         lintShortDate0,
	"yymmdd":         lintShortDate,
	"yyyymmd0":       lintDate0,
	"yyyymmdd":       lintDate,
	"zero":           lintZero,
}

func inList(list, code string) checkFunc {
	return func(value string) string {
		if listed(list, value) {
			return ""
		}
		return code
	}
}
