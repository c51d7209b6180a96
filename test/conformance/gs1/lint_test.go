package gs1_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/gs1"
)

// A coupon of AI 8110: company prefix, offer, save value, first purchase.
const coupon = "0" + "950600" + "123456" + "1" + "9" + "1" + "1" + "0" + "123"

func TestCouponsAreReadFieldByField(t *testing.T) {
	second := "1" + "0" + "1" + "1" + "0" + "123" + "0" + "950600"
	third := "2" + "1" + "1" + "9" + "123" + "9"
	for value, code := range map[string]string{
		coupon:                     "",
		coupon + second:            "",
		coupon + second + third:    "",
		coupon + third + "3260131": "",
		coupon + "3260131" + "4260131" + "5" + "0" + "123456" + "6" + "1" + "9506000" + "9" + "0" + "0" + "7" + "1": "",
		"": "COUPON_MISSING_GCP_VLI", "7": "COUPON_INVALID_GCP_LENGTH", "9": "COUPON_INVALID_GCP_LENGTH", "095060": "COUPON_TRUNCATED_GCP",
		"0950600": "COUPON_TRUNCATED_OFFER_CODE", coupon[:13]: "COUPON_MISSING_SAVE_VALUE_VLI", coupon[:13] + "6": "COUPON_INVALID_SAVE_VALUE_LENGTH",
		coupon[:13] + "29": "COUPON_TRUNCATED_SAVE_VALUE", coupon[:15]: "COUPON_MISSING_1ST_PURCHASE_REQUIREMENT_VLI",
		coupon[:17]: "COUPON_MISSING_1ST_PURCHASE_REQUIREMENT_CODE", coupon[:17] + "5": "COUPON_INVALID_1ST_PURCHASE_REQUIREMENT_CODE",
		coupon[:20]: "COUPON_TRUNCATED_1ST_PURCHASE_FAMILY_CODE", coupon + "7": "COUPON_EXCESS_DATA",
		coupon + "1": "COUPON_MISSING_ADDITIONAL_PURCHASE_RULES_CODE", coupon + "14": "COUPON_INVALID_ADDITIONAL_PURCHASE_RULES_CODE",
		coupon + second[:8]: "COUPON_MISSING_2ND_PURCHASE_GCP_VLI", coupon + second[:8] + "7": "COUPON_INVALID_2ND_PURCHASE_GCP_LENGTH",
		coupon + second[:14]: "COUPON_TRUNCATED_2ND_PURCHASE_GCP", coupon + third[:7]: "COUPON_MISSING_3RD_PURCHASE_GCP_VLI",
		coupon + "326013": "COUPON_TOO_SHORT_FOR_EXPIRATION_DATE", coupon + "3261301": "COUPON_INVALID_EXIPIRATION_DATE",
		coupon + "4261301": "COUPON_INVALID_START_DATE", coupon + "426013": "COUPON_TOO_SHORT_FOR_START_DATE",
		coupon + "3260131" + "4260201": "COUPON_EXPIRATION_BEFORE_START",
		coupon + "5":                   "COUPON_MISSING_SERIAL_NUMBER_VLI", coupon + "5012345": "COUPON_TRUNCATED_SERIAL_NUMBER",
		coupon + "60": "COUPON_INVALID_RETAILER_GCP_OR_GLN_LENGTH", coupon + "61950600": "COUPON_TRUNCATED_RETAILER_GCP_OR_GLN",
		coupon + "93": "COUPON_INVALID_SAVE_VALUE_CODE", coupon + "903": "COUPON_INVALID_SAVE_VALUE_APPLIES_TO_ITEM",
		coupon + "900": "COUPON_MISSING_STORE_COUPON_FLAG", coupon + "90072": "COUPON_INVALID_DONT_MULTIPLY_FLAG",
		coupon + "9007": "COUPON_MISSING_DONT_MULTIPLY_FLAG", "x" + coupon: "NON_DIGIT_CHARACTER",
	} {
		require.Equal(t, code, lintCode(gs1.Lint("couponcode", value)), "%q", value)
	}
	for value, code := range map[string]string{
		"0" + "0950600" + "123456" + "0" + "123456": "", "1" + "6950600013435" + "123456" + "9" + "123456789012345": "",
		"": "COUPON_MISSING_FORMAT_CODE", "2": "COUPON_INVALID_FORMAT_CODE", "0": "COUPON_MISSING_FUNDER_VLI", "07": "COUPON_INVALID_FUNDER_LENGTH",
		"00950600" + "123456": "COUPON_MISSING_SERIAL_NUMBER_VLI", "00950600" + "123456" + "0123456" + "1": "COUPON_EXCESS_DATA",
	} {
		require.Equal(t, code, lintCode(gs1.Lint("couponposoffer", value)), "%q", value)
	}
}

func TestChecksHaveNamesAndReasons(t *testing.T) {
	require.ErrorIs(t, gs1.Lint("nosuchcheck", "1"), gs1.ErrUnknownCheck)
	require.ErrorIs(t, gs1.Lint("csum", "9506000134353"), gs1.ErrCheckDigit)
	require.ErrorIs(t, gs1.Lint("cset82", "a b"), gs1.ErrCharacter)
	require.ErrorIs(t, gs1.Lint("yymmdd", "261301"), gs1.ErrContent)
	require.NoError(t, gs1.LintPrefix("gcppos2", "19506000", gs1.NewPrefixTable("9506000")))
	require.ErrorIs(t, gs1.LintPrefix("csum", "9506000134352", gs1.NewPrefixTable()), gs1.ErrUnknownCheck)
	require.Equal(t, "INVALID_GCP_PREFIX", lintCode(gs1.LintPrefix("gcppos1", "A950", gs1.NewPrefixTable())))
	require.Equal(t, "TOO_SHORT_FOR_GCP", lintCode(gs1.Lint("gcppos2", "1")))
	require.Equal(t, "TOO_SHORT_FOR_CHECK_DIGIT", lintCode(gs1.Lint("csum", "")))
	require.Equal(t, "TOO_LONG_FOR_CHECK_PAIR_IMPLEMENTATION", lintCode(gs1.Lint("csumalpha", strings.Repeat("1", 100))))
	require.Equal(t, "TOO_SHORT_FOR_CHECK_PAIR", lintCode(gs1.Lint("csumalpha", "1")))
	for value, code := range map[string]string{"": "HOUR_TOO_SHORT", "123": "HOUR_TOO_LONG", "24": "ILLEGAL_HOUR", "23": ""} {
		require.Equal(t, code, lintCode(gs1.Lint("hh", value)))
	}
	require.Equal(t, "HOUR_WITH_MINUTE_TOO_LONG", lintCode(gs1.Lint("hhmi", "12345")))
	require.Equal(t, "ILLEGAL_MINUTE", lintCode(gs1.Lint("hhmi", "2360")))
	require.Equal(t, "INVALID_LONGITUDE", lintCode(gs1.Lint("longitude", "3600000001")))
	require.Equal(t, "INVALID_IBAN_CHARACTER", lintCode(gs1.Lint("iban", "DE9110000000012345678a")))
}

func TestCheckDigitsRefuseWhatIsNoNumber(t *testing.T) {
	for _, bad := range []string{"", "1", "12a", "１２"} {
		require.Error(t, gs1.VerifyCheckDigit(bad), bad)
	}
	_, err := gs1.CheckDigit("")
	require.ErrorIs(t, err, gs1.ErrLength)
	_, err = gs1.CheckDigit("12x")
	require.ErrorIs(t, err, gs1.ErrCharacter)
	_, err = gs1.CheckPair("")
	require.ErrorIs(t, err, gs1.ErrLength)
	_, err = gs1.CheckPair(strings.Repeat("1", 98))
	require.ErrorIs(t, err, gs1.ErrLength)
	pair, err := gs1.CheckPair(strings.Repeat("1", 97))
	require.NoError(t, err)
	require.NoError(t, gs1.VerifyCheckPair(strings.Repeat("1", 97)+pair))
	require.ErrorIs(t, gs1.VerifyCheckPair("22"), gs1.ErrLength)
	require.ErrorIs(t, gs1.VerifyCheckPair("a b22"), gs1.ErrCharacter)
}

func TestUnknownApplicationIdentifiersAreTakenOnRequest(t *testing.T) {
	const scan = "^0109506000134352" + "4190123456789012" + "89AB"
	_, err := gs1.ParseElementString(scan)
	require.ErrorIs(t, err, gs1.ErrUnknownAI)
	for _, bracketed := range []string{"(419)0123456789012(89)AB", "(3199)123456(89)AB"} {
		elements, err := gs1.ParseElementStringMode(bracketed, gs1.UnknownAIs)
		require.NoError(t, err)
		require.Equal(t, bracketed, elements.Bracketed())
	}
	elements, err := gs1.ParseElementStringMode("^0109506000134352"+"4190123456789012"+"10AB", gs1.UnknownAIs)
	require.NoError(t, err, "the first two digits tell how long an AI is, and that 41x has 13 digits")
	require.Equal(t, "(01)09506000134352(419)0123456789012(10)AB", elements.Bracketed())
	for _, bad := range []string{"(0)1", "(00000)1", "(0a)1", "(012)1", "(3)1"} {
		_, err := gs1.ParseElementStringMode(bad, gs1.UnknownAIs)
		require.ErrorIs(t, err, gs1.ErrUnknownAI, bad)
	}
	_, err = gs1.Elements{{AI: "no", Value: "1"}}.ID()
	require.ErrorIs(t, err, gs1.ErrUnknownAI)
	require.ErrorIs(t, gs1.Elements{{AI: "no", Value: "1"}}.Validate(), gs1.ErrUnknownAI)
}

func TestTheTableTellsAboutAnApplicationIdentifier(t *testing.T) {
	ai, ok := gs1.LookupAI("10")
	require.True(t, ok)
	require.Equal(t, "BATCH/LOT X..20 req=01,02,03,8006,8026", ai.Title()+" "+ai.Format()+" "+ai.Rules())
	require.NoError(t, ai.Validate("L1"))
	require.ErrorIs(t, ai.Validate(""), gs1.ErrLength)
	_, ok = gs1.LookupAI("9999")
	require.False(t, ok)
	var none gs1.AI
	require.Empty(t, none.Code()+none.Title()+none.Format()+none.Rules())
	require.False(t, none.IsKey() || none.IsAttribute() || none.Predefined())
	require.True(t, errors.Is(none.Validate("1"), gs1.ErrUnknownAI))
}
