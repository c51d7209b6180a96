package gs1_test

import (
	"errors"
	"testing"

	"github.com/countersign-ledger/countersign/chaincode/gs1"
)

// Element strings that are sound together, with what a scanner sends.
var soundElements = map[string]string{
	"(01)09506000134352(17)271231(10)AB-1":           "^01095060001343521727123110AB-1",
	"(01)09506000134352(10)AB-1(17)271231(21)X":      "^010950600013435210AB-1^1727123121X",
	"(00)095060001111111119":                         "^00095060001111111119",
	"(02)09506000134352(37)12(00)095060001111111119": "^02095060001343523712^00095060001111111119",
	"(01)09506000134352(3103)000189(3922)0299":       "^01095060001343523103000189" + "39220299",
	"(01)09506000134352(10)A(10)A":                   "^010950600013435210A^10A",
	"(01)09506000134352(21)a\\(b)c":                  "^010950600013435221a(b)c",
	"(8010)9506000ABC(8011)7":                        "^80109506000ABC^80117",
	"(414)9506000134352(254)1A":                      "^41495060001343522541A",
	"(415)9506000134352(8020)REF1":                   "^41595060001343528020REF1",
	"(8006)095060001343520102(21)S":                  "^8006095060001343520102^21S",
	"(253)9506000134352A(8030)signature":             "^2539506000134352A^8030signature",
	"(01)09506000134352(11)270200":                   "^010950600013435211270200",
	"(99)anything:goes":                              "^99anything:goes",
	"(01)09506000134352(422)250":                     "^0109506000134352422250",
	"(01)09506000134352(7003)2712312359(250)p(21)s":  "^01095060001343527003" + "2712312359^250p^21s",
	"(8008)260301120000(01)09506000134352":           "^8008260301120000^0109506000134352",
	"(01)09506000134352(8005)000100(15)270101":       "^01095060001343528005000100^15270101",
	"(8013)1987654Ad4X4bL5ttr2310c2K":                "^80131987654Ad4X4bL5ttr2310c2K",
}

// What has to be refused, by its field or by what it stands together with.
var unsoundElements = map[string]error{
	"":                                     gs1.ErrSyntax,
	"01)09506000134352":                    gs1.ErrSyntax,
	"(01)09506000134352)":                  gs1.ErrLength,
	"(01":                                  gs1.ErrSyntax,
	"()09506000134352":                     gs1.ErrUnknownAI,
	"(1)09506000134352":                    gs1.ErrUnknownAI,
	"(01)":                                 gs1.ErrLength,
	"(10)":                                 gs1.ErrLength,
	"(01)09506000134353":                   gs1.ErrCheckDigit,
	"(01)9506000134352":                    gs1.ErrLength,
	"(10)a b":                              gs1.ErrCharacter,
	"(10)ä":                                gs1.ErrCharacter,
	"(01)09506000134352(17)271301":         gs1.ErrContent,
	"(01)09506000134352(17)270230":         gs1.ErrContent,
	"(01)09506000134352(4326)270200":       gs1.ErrContent,
	"(01)09506000134352(10)A(10)B":         gs1.ErrPairing,
	"(01)09506000134352(01)09506000134369": gs1.ErrPairing,
	"(01)09506000134352(02)09506000134369(37)1": gs1.ErrPairing,
	"(02)09506000134352":                        gs1.ErrPairing,
	"(37)12":                                    gs1.ErrPairing,
	"(17)271231":                                gs1.ErrPairing,
	"(8011)7":                                   gs1.ErrPairing,
	"(254)1A":                                   gs1.ErrPairing,
	"(21)X":                                     gs1.ErrPairing,
	"(01)09506000134352(21)X(235)Y":             gs1.ErrPairing,
	"(415)9506000134352":                        gs1.ErrPairing,
	"(253)9506000134352(8030)signature":         gs1.ErrPairing,
	"(8006)095060001343520301":                  gs1.ErrContent,
	"(422)001":                                  gs1.ErrContent,
	"(8007)DE00":                                gs1.ErrContent,
	"(8011)07":                                  gs1.ErrContent,
	"^":                                         gs1.ErrSyntax,
	"^1":                                        gs1.ErrUnknownAI,
	"^05123":                                    gs1.ErrUnknownAI,
	"^0109506000134352^^10A":                    gs1.ErrUnknownAI,
	"^0109506000134352^10A^17":                  gs1.ErrLength,
	"0109506000134352":                          gs1.ErrSyntax,
	"]C0" + "0109506000134352":                  gs1.ErrSyntax,
}

func TestElementStringsAtTheEdgesOfTheRules(t *testing.T) {
	for text, scan := range soundElements {
		elements, err := gs1.ParseElementString(text)
		if err == nil {
			err = elements.Validate()
		}
		if err != nil || elements.FNC1(gs1.Caret) != scan || elements.Bracketed() != text {
			t.Errorf("%s: %v %s %s", text, err, elements.FNC1(gs1.Caret), elements.Bracketed())
			continue
		}
		again, err := gs1.ParseElementString(scan)
		if err != nil || again.Bracketed() != text {
			t.Errorf("%s: %v %s", scan, err, again.Bracketed())
		}
	}
	for text, reason := range unsoundElements {
		elements, err := gs1.ParseElementString(text)
		if err == nil {
			err = elements.Validate()
		}
		if !errors.Is(err, reason) {
			t.Errorf("%s: %v, not %v", text, err, reason)
		}
	}
}
