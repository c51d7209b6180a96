package gs1

import "strings"

// couponReader walks the digits of a North American coupon code. Its methods
// record the first reason for refusal and do nothing after it.
type couponReader struct {
	rest string
	code string
}

func (r *couponReader) fail(code string) {
	if r.code == "" {
		r.code = "COUPON_" + code
	}
}

// one takes a digit that has to be among allowed.
func (r *couponReader) one(allowed, missing, invalid string) byte {
	if r.code != "" {
		return 0
	}
	if r.rest == "" {
		r.fail(missing)
		return 0
	}
	c := r.rest[0]
	if strings.IndexByte(allowed, c) < 0 {
		r.fail(invalid)
		return 0
	}
	r.rest = r.rest[1:]
	return c
}

// take takes n digits.
func (r *couponReader) take(n int, truncated string) string {
	if r.code != "" {
		return ""
	}
	if len(r.rest) < n {
		r.fail(truncated)
		return ""
	}
	taken := r.rest[:n]
	r.rest = r.rest[n:]
	return taken
}

// sized takes a field that a length digit precedes, which counts from base.
func (r *couponReader) sized(name, allowed string, base int) string {
	length := r.one(allowed, "MISSING_"+name+"_VLI", "INVALID_"+name+"_LENGTH")
	return r.take(int(length-'0')+base, "TRUNCATED_"+name)
}

// prefix takes a company prefix, whose length digit counts from six; 9 means none.
func (r *couponReader) prefix(name, allowed string) {
	if strings.HasPrefix(r.rest, "9") && strings.Contains(allowed, "9") {
		r.rest = r.rest[1:]
		return
	}
	field := r.sized(name, strings.TrimSuffix(allowed, "9"), 6)
	if r.code == "" {
		r.code = lintPrefix(field)
	}
}

// purchase takes a requirement, its code and the family it is about.
func (r *couponReader) purchase(which string) {
	r.sized(which+"_PURCHASE_REQUIREMENT", "12345", 0)
	r.one("012349", "MISSING_"+which+"_PURCHASE_REQUIREMENT_CODE", "INVALID_"+which+"_PURCHASE_REQUIREMENT_CODE")
	r.take(3, "TRUNCATED_"+which+"_PURCHASE_FAMILY_CODE")
}

// option reports whether the optional field of that digit follows, and takes the digit.
func (r *couponReader) option(digit string) bool {
	if r.code != "" || !strings.HasPrefix(r.rest, digit) {
		return false
	}
	r.rest = r.rest[1:]
	return true
}

func (r *couponReader) date(tooShort, invalid string) string {
	date := r.take(6, tooShort)
	if r.code == "" && lintShortDate(date) != "" {
		r.fail(invalid)
	}
	return date
}

// end returns the reason for refusal; digits left over are one.
func (r *couponReader) end() string {
	if r.rest != "" {
		r.fail("EXCESS_DATA")
	}
	return r.code
}

// lintCoupon checks AI 8110 (General Specifications, section 3.10.1).
func lintCoupon(value string) string {
	if !allDigits(value) {
		return notDigit
	}
	r := &couponReader{rest: value}
	r.prefix("GCP", "0123456")
	r.take(6, "TRUNCATED_OFFER_CODE")
	r.sized("SAVE_VALUE", "12345", 0)
	r.purchase("1ST")
	if r.option("1") {
		r.one("0123", "MISSING_ADDITIONAL_PURCHASE_RULES_CODE", "INVALID_ADDITIONAL_PURCHASE_RULES_CODE")
		r.purchase("2ND")
		r.prefix("2ND_PURCHASE_GCP", "01234569")
	}
	if r.option("2") {
		r.purchase("3RD")
		r.prefix("3RD_PURCHASE_GCP", "01234569")
	}
	couponDates(r)
	if r.option("5") {
		r.sized("SERIAL_NUMBER", "0123456789", 6)
	}
	if r.option("6") {
		r.prefix("RETAILER_GCP_OR_GLN", "1234567")
	}
	if r.option("9") {
		couponMiscellaneous(r)
	}
	return r.end()
}

func couponDates(r *couponReader) {
	var expiry string
	if r.option("3") {
		// The dictionary's code is spelled this way.
		expiry = r.date("TOO_SHORT_FOR_EXPIRATION_DATE", "INVALID_EXIPIRATION_DATE")
	}
	if r.option("4") {
		start := r.date("TOO_SHORT_FOR_START_DATE", "INVALID_START_DATE")
		if expiry != "" && start > expiry {
			r.fail("EXPIRATION_BEFORE_START")
		}
	}
}

func couponMiscellaneous(r *couponReader) {
	r.one("01256", "MISSING_SAVE_VALUE_CODE", "INVALID_SAVE_VALUE_CODE")
	r.one("012", "MISSING_SAVE_VALUE_APPLIES_TO_ITEM", "INVALID_SAVE_VALUE_APPLIES_TO_ITEM")
	r.one("0123456789", "MISSING_STORE_COUPON_FLAG", "")
	r.one("01", "MISSING_DONT_MULTIPLY_FLAG", "INVALID_DONT_MULTIPLY_FLAG")
}

// lintCouponOffer checks AI 8112 (General Specifications, section 3.10.2).
func lintCouponOffer(value string) string {
	if !allDigits(value) {
		return notDigit
	}
	r := &couponReader{rest: value}
	r.one("01", "MISSING_FORMAT_CODE", "INVALID_FORMAT_CODE")
	r.sized("FUNDER", "0123456", 6)
	r.take(6, "TRUNCATED_OFFER_CODE")
	r.sized("SERIAL_NUMBER", "0123456789", 6)
	return r.end()
}
