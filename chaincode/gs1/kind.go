package gs1

// Kind is the identification key an ID belongs to, named as the GS1 General
// Specifications and the EPC Tag Data Standard name it. The numbers are not
// stable; store String instead.
type Kind uint8

// The kinds. Whether an ID of a kind is a class, a lot or an instance is told
// by its Level: a GRAI without a serial number is the class of its instances.
const (
	// KindNone is the kind of the zero ID.
	KindNone Kind = iota
	// GTIN is a trade item class: AI 01 alone.
	GTIN
	// SGTIN is a serialised trade item: AI 01 with 21.
	SGTIN
	// LGTIN is a lot of a trade item: AI 01 with 10.
	LGTIN
	// UPUI is the unit pack identifier of tobacco traceability: AI 01 with 235.
	UPUI
	// SSCC is a logistic unit: AI 00.
	SSCC
	// SGLN is a place, with or without an extension: AI 414, 254.
	SGLN
	// PGLN is a party: AI 417.
	PGLN
	// GRAI is a returnable asset: AI 8003.
	GRAI
	// GIAI is an individual asset: AI 8004.
	GIAI
	// GSRN is a service relation, recipient: AI 8018.
	GSRN
	// GSRNP is a service relation, provider: AI 8017.
	GSRNP
	// GDTI is a document: AI 253.
	GDTI
	// CPI is a component or part: AI 8010, 8011.
	CPI
	// SGCN is a coupon: AI 255.
	SGCN
	// ITIP is a piece of a trade item: AI 8006, with 21 or 10 or neither.
	ITIP
	// GINC is a consignment: AI 401.
	GINC
	// GSIN is a shipment: AI 402.
	GSIN
	// GMN is a model number: AI 8013. It has no EPC URN.
	GMN
	kindCount
)

// Level says how fine an identifier is.
type Level uint8

// The levels, from coarse to fine.
const (
	// LevelNone is the level of the zero ID.
	LevelNone Level = iota
	// LevelClass: all things of a type.
	LevelClass
	// LevelLot: the things of a type made or handled together.
	LevelLot
	// LevelInstance: one thing, place, party, shipment, ...
	LevelInstance
)

func (l Level) String() string {
	switch l {
	case LevelClass:
		return "class"
	case LevelLot:
		return "lot"
	case LevelInstance:
		return "instance"
	default:
		return "none"
	}
}

// scheme is what the package knows of a kind beyond the application identifier
// table: its EPC URN (Tag Data Standard 2.x, section 6.3) and where the GS1
// company prefix stands in the key.
type scheme struct {
	name string // as String gives it
	urn  string // EPC scheme, empty when there is none
	key  string // AI of the primary key
	// digits is the number of digits of company prefix and reference together
	// in a URN; 0 when the reference is free text that ends the key.
	digits int
	// lead is how many digits of the key stand before the company prefix: the
	// indicator of a GTIN, the extension digit of an SSCC, the 0 of a GRAI.
	lead int
	// fixed is the length of the class part of a key that carries its own
	// serial number (GRAI, GDTI, SGCN); 0 for the others.
	fixed int
}

var schemes = [kindCount]scheme{
	GTIN:  {name: "GTIN", urn: "sgtin", key: "01", digits: 13, lead: 1},
	SGTIN: {name: "SGTIN", urn: "sgtin", key: "01", digits: 13, lead: 1},
	LGTIN: {name: "LGTIN", urn: "lgtin", key: "01", digits: 13, lead: 1},
	UPUI:  {name: "UPUI", urn: "upui", key: "01", digits: 13, lead: 1},
	SSCC:  {name: "SSCC", urn: "sscc", key: "00", digits: 17, lead: 1},
	SGLN:  {name: "SGLN", urn: "sgln", key: "414", digits: 12},
	PGLN:  {name: "PGLN", urn: "pgln", key: "417", digits: 12},
	GRAI:  {name: "GRAI", urn: "grai", key: "8003", digits: 12, lead: 1, fixed: 14},
	GIAI:  {name: "GIAI", urn: "giai", key: "8004"},
	GSRN:  {name: "GSRN", urn: "gsrn", key: "8018", digits: 17},
	GSRNP: {name: "GSRNP", urn: "gsrnp", key: "8017", digits: 17},
	GDTI:  {name: "GDTI", urn: "gdti", key: "253", digits: 12, fixed: 13},
	CPI:   {name: "CPI", urn: "cpi", key: "8010"},
	SGCN:  {name: "SGCN", urn: "sgcn", key: "255", digits: 12, fixed: 13},
	ITIP:  {name: "ITIP", urn: "itip", key: "8006", digits: 13, lead: 1},
	GINC:  {name: "GINC", urn: "ginc", key: "401"},
	GSIN:  {name: "GSIN", urn: "gsin", key: "402", digits: 16},
	GMN:   {name: "GMN", key: "8013"},
}

func (k Kind) String() string {
	if k == KindNone || k >= kindCount {
		return "none"
	}
	return schemes[k].name
}

// scheme returns the facts of k; those of an unknown kind are empty.
func (k Kind) scheme() *scheme {
	if k >= kindCount {
		k = KindNone
	}
	return &schemes[k] //determinism:ok callers read it only
}

// kindOfURN finds the kind of an EPC scheme name; KindNone when it is no GS1 key.
func kindOfURN(name string) Kind {
	for k := SGTIN; k < kindCount; k++ {
		if schemes[k].urn == name && name != "" {
			return k
		}
	}
	return KindNone
}

// kindOfKey finds the kind of a primary key alone; KindNone when the AI is no EPC.
func kindOfKey(ai string) Kind {
	for k := GTIN; k < kindCount; k++ {
		if schemes[k].key == ai {
			return k
		}
	}
	return KindNone
}
