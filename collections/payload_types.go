package collections

// The payloads of private records. Each leaf is a text, empty for what is not
// said, and its tag names the form that CheckField asks for: see docs/private-records.md.
// Names are part of what commitments cover: none is ever changed.

// Terms are what a seller and a buyer have agreed, of kind "terms".
type Terms struct {
	// Contract is the number of the contract or framework agreement.
	Contract string `json:"contract,omitempty" is:"text 100"`
	// Seller and Buyer are the parties.
	Seller string `json:"seller,omitempty" is:"gln"`
	Buyer  string `json:"buyer,omitempty" is:"gln"`
	// Price is for one Unit, before tax.
	Price    string `json:"price,omitempty" is:"amount"`
	Currency string `json:"currency,omitempty" is:"currency"`
	// Quantity is what is agreed, in Units.
	Quantity string `json:"quantity,omitempty" is:"amount"`
	Unit     string `json:"unit,omitempty" is:"unit"`
	// Total is the price of all, before tax.
	Total string `json:"total,omitempty" is:"amount"`
	// Tiers are prices from a quantity on.
	Tiers []Tier `json:"tiers,omitempty"`
	// Discount and Rebate are parts of the price: off the invoice, and paid back.
	Discount string `json:"discount,omitempty" is:"percent"`
	Rebate   string `json:"rebate,omitempty" is:"percent"`
	// Incoterm is a rule of Incoterms 2020, IncotermPlace the place named with it.
	Incoterm      string `json:"incoterm,omitempty" is:"incoterm"`
	IncotermPlace string `json:"incotermPlace,omitempty" is:"text 200"`
	// DeliveryPlace is where it is delivered to.
	DeliveryPlace string `json:"deliveryPlace,omitempty" is:"gln"`
	DeliveryFrom  string `json:"deliveryFrom,omitempty" is:"date"`
	DeliveryTo    string `json:"deliveryTo,omitempty" is:"date"`
	// PaymentDays are from the invoice until payment is due.
	PaymentDays  string `json:"paymentDays,omitempty" is:"days"`
	PaymentTerms string `json:"paymentTerms,omitempty" is:"text 500"`
	// ValidFrom and ValidTo are the first and last day on which the terms hold.
	ValidFrom string `json:"validFrom,omitempty" is:"date"`
	ValidTo   string `json:"validTo,omitempty" is:"date"`
	Notes     string `json:"notes,omitempty" is:"text 2000"`
	// Extensions are the user's own.
	Extensions []Field `json:"extensions,omitempty" is:"extension"`
}

// Tier is a price from a quantity on.
type Tier struct {
	From  string `json:"from,omitempty" is:"amount"`
	Price string `json:"price,omitempty" is:"amount"`
}

// Origin is where goods come from, of kind "origin". It has what a due diligence
// statement asks for (Regulation (EU) 2023/1115, article 9 and annex II).
type Origin struct {
	// Commodity is the trade name, ScientificName that of the species.
	Commodity      string `json:"commodity,omitempty" is:"text 200"`
	ScientificName string `json:"scientificName,omitempty" is:"text 200"`
	// HSCode is the heading in the Harmonized System, with digits of the Combined
	// Nomenclature or TARIC if need be.
	HSCode   string `json:"hsCode,omitempty" is:"hs"`
	Quantity string `json:"quantity,omitempty" is:"amount"`
	Unit     string `json:"unit,omitempty" is:"unit"`
	// Country is where it was produced, Region the part of it.
	Country string `json:"country,omitempty" is:"country"`
	Region  string `json:"region,omitempty" is:"text 200"`
	// Site is the farm, mine or works.
	Site     string `json:"site,omitempty" is:"gln"`
	SiteName string `json:"siteName,omitempty" is:"text 200"`
	// Supplier is the name of who supplied it.
	Supplier        string `json:"supplier,omitempty" is:"text 200"`
	SupplierGLN     string `json:"supplierGLN,omitempty" is:"gln"`
	SupplierAddress string `json:"supplierAddress,omitempty" is:"text 500"`
	SupplierEmail   string `json:"supplierEmail,omitempty" is:"text 254"`
	// HarvestFrom to HarvestTo, and ProducedFrom to ProducedTo, are first and last
	// days; one of a pair stands for itself alone.
	HarvestFrom  string `json:"harvestFrom,omitempty" is:"date"`
	HarvestTo    string `json:"harvestTo,omitempty" is:"date"`
	ProducedFrom string `json:"producedFrom,omitempty" is:"date"`
	ProducedTo   string `json:"producedTo,omitempty" is:"date"`
	// Plots are the plots of land where it was produced.
	Plots []Plot `json:"plots,omitempty"`
	// Claims are what is said of the sourcing.
	Claims []Claim `json:"claims,omitempty"`
	// StatementReference and StatementVerification are the numbers under which the
	// EU's information system has the due diligence statement.
	StatementReference    string `json:"statementReference,omitempty" is:"text 50"`
	StatementVerification string `json:"statementVerification,omitempty" is:"text 50"`
	Notes                 string `json:"notes,omitempty" is:"text 2000"`
	// Extensions are the user's own.
	Extensions []Field `json:"extensions,omitempty" is:"extension"`
}

// Plot is a plot of land: a point, or beyond four hectares a perimeter (Regulation
// (EU) 2023/1115, article 2, number 28). WGS 84.
type Plot struct {
	Reference string `json:"reference,omitempty" is:"text 100"`
	Country   string `json:"country,omitempty" is:"country"`
	// Hectares is the area.
	Hectares  string `json:"hectares,omitempty" is:"amount"`
	Latitude  string `json:"latitude,omitempty" is:"latitude"`
	Longitude string `json:"longitude,omitempty" is:"longitude"`
	// Perimeter is one field, for a single corner tells nothing.
	Perimeter    string `json:"perimeter,omitempty" is:"perimeter"`
	ProducedFrom string `json:"producedFrom,omitempty" is:"date"`
	ProducedTo   string `json:"producedTo,omitempty" is:"date"`
}

// Claim is what somebody says of the sourcing under a scheme.
type Claim struct {
	Scheme string `json:"scheme,omitempty" is:"text 200"`
	// Statement is the claim itself, such as "FSC Mix Credit".
	Statement   string `json:"statement,omitempty" is:"text 1000"`
	Certificate string `json:"certificate,omitempty" is:"text 100"`
}

// Composition is what a product is made of, of kind "composition".
type Composition struct {
	Product string `json:"product,omitempty" is:"text 200"`
	// Formula is the number of the formula or recipe, Revision its version.
	Formula  string `json:"formula,omitempty" is:"text 100"`
	Revision string `json:"revision,omitempty" is:"text 50"`
	// Basis says of what the shares are: mass, volume or amount of substance.
	Basis      string      `json:"basis,omitempty" is:"one of mass, volume, amount"`
	Components []Component `json:"components,omitempty"`
	Notes      string      `json:"notes,omitempty" is:"text 2000"`
	// Extensions are the user's own.
	Extensions []Field `json:"extensions,omitempty" is:"extension"`
}

// Component is one substance or ingredient.
type Component struct {
	Substance string `json:"substance,omitempty" is:"text 200"`
	CAS       string `json:"cas,omitempty" is:"cas"`
	// Share is exact; ShareFrom and ShareTo are a range instead, as on a safety
	// data sheet.
	Share     string `json:"share,omitempty" is:"percent"`
	ShareFrom string `json:"shareFrom,omitempty" is:"percent"`
	ShareTo   string `json:"shareTo,omitempty" is:"percent"`
	// Function is what it is for, such as "preservative".
	Function string `json:"function,omitempty" is:"text 200"`
	Country  string `json:"country,omitempty" is:"country"`
	// Hazard is its classification, such as "Skin Irrit. 2; H315".
	Hazard string `json:"hazard,omitempty" is:"text 500"`
	// Supplier is the name of who supplies it.
	Supplier string `json:"supplier,omitempty" is:"text 200"`
}

// Certificate is what a body has certified or an operator declared, of kind
// "certificate": an organic or ISO certificate, a due diligence statement. Its
// members follow GS1's certificationDetails (GS1 Web Vocabulary).
type Certificate struct {
	// Scheme is who makes the rules, Standard which rules, such as "ISO 22000:2018".
	Scheme   string `json:"scheme,omitempty" is:"text 200"`
	Standard string `json:"standard,omitempty" is:"text 200"`
	Number   string `json:"number,omitempty" is:"text 100"`
	// Verification is a second number that opens it in a register.
	Verification string `json:"verification,omitempty" is:"text 100"`
	Status       string `json:"status,omitempty" is:"one of valid, suspended, withdrawn"`
	// Issuer is the body that certifies, Accreditation the number of its own.
	Issuer        string `json:"issuer,omitempty" is:"text 200"`
	IssuerGLN     string `json:"issuerGLN,omitempty" is:"gln"`
	Accreditation string `json:"accreditation,omitempty" is:"text 100"`
	Holder        string `json:"holder,omitempty" is:"text 200"`
	HolderGLN     string `json:"holderGLN,omitempty" is:"gln"`
	HolderAddress string `json:"holderAddress,omitempty" is:"text 500"`
	// Sites are the places that it is about.
	Sites     []string `json:"sites,omitempty" is:"gln"`
	Country   string   `json:"country,omitempty" is:"country"`
	Scope     string   `json:"scope,omitempty" is:"text 2000"`
	Statement string   `json:"statement,omitempty" is:"text 2000"`
	Audited   string   `json:"audited,omitempty" is:"date"`
	Issued    string   `json:"issued,omitempty" is:"date"`
	ValidFrom string   `json:"validFrom,omitempty" is:"date"`
	// Expires is the last day on which it is valid.
	Expires string `json:"expires,omitempty" is:"date"`
	// Document is the SHA-256 of the file, MediaType its type, Register where the
	// certificate can be looked up.
	Document  string `json:"document,omitempty" is:"sha256"`
	MediaType string `json:"mediaType,omitempty" is:"text 100"`
	Register  string `json:"register,omitempty" is:"text 500"`
	Notes     string `json:"notes,omitempty" is:"text 2000"`
	// Extensions are the user's own.
	Extensions []Field `json:"extensions,omitempty" is:"extension"`
}

// Personal is data about one person, of kind "personal".
type Personal struct {
	Name         string `json:"name,omitempty" is:"text 200"`
	Role         string `json:"role,omitempty" is:"text 200"`
	Organisation string `json:"organisation,omitempty" is:"text 200"`
	Email        string `json:"email,omitempty" is:"text 254"`
	Phone        string `json:"phone,omitempty" is:"text 50"`
	Address      string `json:"address,omitempty" is:"text 500"`
	// Reference is the pseudonym that stands elsewhere for the person, such as a
	// staff number.
	Reference string `json:"reference,omitempty" is:"text 100"`
	// Purpose is what the data is kept for.
	Purpose string `json:"purpose,omitempty" is:"text 500"`
	// Basis is the lawful basis (Regulation (EU) 2016/679, article 6(1)(a) to (f)),
	// Law the provision, also of another law.
	Basis string `json:"basis,omitempty" is:"one of consent, contract, legalObligation, vitalInterests, publicTask, legitimateInterests"`
	Law   string `json:"law,omitempty" is:"text 200"`
	// Informed is when the person was told or gave consent.
	Informed string `json:"informed,omitempty" is:"time"`
	Notes    string `json:"notes,omitempty" is:"text 2000"`
	// Extensions are the user's own.
	Extensions []Field `json:"extensions,omitempty" is:"extension"`
}

// Event is what opens the commitments of redacted EPCIS events, of kind "event". It
// has no extensions.
type Event struct {
	// Disclosures are, by the SHA-256 in the redacted event's hash id (64 hexadecimal
	// digits, lower case), texts of package redaction.
	Disclosures map[string][]string `json:"disclosures,omitempty" is:"disclosure"`
}
