package product

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
)

// MaxLocation bounds where a document is found, in bytes.
const MaxLocation = 500

// Document says that a document is about something: a claim by its author, who
// links it. The document itself stays elsewhere; whoever has it checks it against
// the hash.
type Document struct {
	// V is the schema version.
	V int `json:"v"`
	// Subject is what it is about: the path of an object, lot or class, or the
	// hash id of an event.
	Subject string `json:"subject"`
	// SHA256 is the hash of its content, 64 hexadecimal digits.
	SHA256 string `json:"sha256"`
	// Author is the MSP id of the organisation that linked it.
	Author string `json:"author"`
	// Kind is "certificate", "invoice", "inspection", "declaration", "analysis",
	// "transport", "customs", "licence" or "other".
	Kind DocumentKind `json:"kind"`
	// MediaType is what its content is, such as "application/pdf".
	MediaType string `json:"mediaType"`
	// Title is for people.
	Title string `json:"title,omitempty"`
	// Issuer is who made it out, by the author's word: the path of a party
	// (GLN), "/417/...", or a name.
	Issuer string `json:"issuer,omitempty"`
	// ValidUntil is the last day on which it holds, YYYY-MM-DD.
	ValidUntil string `json:"validUntil,omitempty"`
	// Location is a URI under which its content may be found.
	Location string `json:"location,omitempty"`
	// Linked is the ledger time at which it was linked, Transaction the one
	// that recorded it.
	Linked      time.Time `json:"linked"`
	Transaction string    `json:"transaction"`
	// Withdrawn says that its author stands by it no longer.
	Withdrawn *Withdrawal `json:"withdrawn,omitempty"`
}

// Withdrawal is the end of an author's claim about a document.
type Withdrawal struct {
	// Reason is for people.
	Reason string `json:"reason"`
	// Time is the ledger time, Transaction the one that recorded it.
	Time        time.Time `json:"time"`
	Transaction string    `json:"transaction"`
}

// DocumentKind says what sort of document one is.
type DocumentKind string

// The kinds of documents.
const (
	CertificateDocument DocumentKind = "certificate" // of conformity, of origin
	InvoiceDocument     DocumentKind = "invoice"
	InspectionDocument  DocumentKind = "inspection"
	DeclarationDocument DocumentKind = "declaration" // by the maker: of performance, of contents
	AnalysisDocument    DocumentKind = "analysis"    // laboratory reports, batch certificates
	TransportDocument   DocumentKind = "transport"   // waybills, delivery notes, bills of lading
	CustomsDocument     DocumentKind = "customs"
	LicenceDocument     DocumentKind = "licence" // of import, of export, of trade
	OtherDocument       DocumentKind = "other"
)

var documentKinds = []DocumentKind{
	CertificateDocument, InvoiceDocument, InspectionDocument, DeclarationDocument, AnalysisDocument, TransportDocument,
	CustomsDocument, LicenceDocument, OtherDocument,
}

// LinkDocumentRequest links a document to something.
type LinkDocumentRequest struct {
	// Subject is an object, lot or class in any GS1 form, or an event by its
	// CBV 2.0 hash id or the 64 hexadecimal digits in it.
	Subject string `json:"subject"`
	// SHA256 is the hash of the document's content, 64 hexadecimal digits.
	SHA256 string `json:"sha256" jsonschema:"minLength=64,maxLength=64"`
	// Kind is "certificate", "invoice", "inspection", "declaration", "analysis",
	// "transport", "customs", "licence" or "other".
	Kind DocumentKind `json:"kind" jsonschema:"enum=certificate,enum=invoice,enum=inspection,enum=declaration,enum=analysis,enum=transport,enum=customs,enum=licence,enum=other"`
	// MediaType is type and subtype, without parameters (RFC 6838).
	MediaType string `json:"mediaType" jsonschema:"maxLength=200"`
	// Title is for people, at most 200 bytes.
	Title string `json:"title,omitempty" jsonschema:"maxLength=200"`
	// Issuer is who made it out: a GLN in any GS1 form, or a name of at most
	// 200 bytes.
	Issuer string `json:"issuer,omitempty" jsonschema:"maxLength=200"`
	// ValidUntil is the last day on which it holds, YYYY-MM-DD.
	ValidUntil string `json:"validUntil,omitempty" jsonschema:"maxLength=10"`
	// Location is a URI under which its content may be found, at most 500
	// bytes. Everybody on the channel reads it.
	Location string `json:"location,omitempty" jsonschema:"maxLength=500"`
}

func documentKey(subject, sha256, msp string) ledger.Key {
	return ledger.NewKey("document", subject, sha256, msp)
}

// LinkDocument links a document to an object, lot, class or event, for the
// caller's organisation, by an operator, a quality person or an admin. Nothing
// follows from it: it is the author's claim, and others may link the same document
// to the same subject, each for itself. Objects and events must be on the ledger.
// What its author has withdrawn may be linked anew.
//
// Refusals: those of [participant.Require], fault.InvalidRequest,
// fault.LimitExceeded, fault.InvalidIdentifier, fault.Unsupported for what is no
// object, lot or class, fault.NotFound; fault.AlreadyRecorded (detail
// transaction) for the same again, and fault.AlreadyExists where the organisation
// has said something else of this document: withdraw that first.
func LinkDocument(tx *ledger.Tx, req LinkDocumentRequest) (Document, error) {
	caller, err := participant.Require(tx, ledger.RoleOperator, ledger.RoleQuality, ledger.RoleAdmin)
	if err != nil {
		return Document{}, err
	}
	d, err := req.document()
	if err != nil {
		return Document{}, err
	}
	d.Author = caller.MSP
	if err := onRecord(tx, d.Subject); err != nil {
		return Document{}, fault.Of(err).At("/subject")
	}
	key := documentKey(d.Subject, d.SHA256, d.Author)
	before, found, err := ledger.Load[Document](tx, key)
	if err != nil {
		return Document{}, err
	}
	if found && before.Withdrawn == nil {
		first := before.Transaction
		before.Linked, before.Transaction = time.Time{}, ""
		if before == d {
			return Document{}, fault.New(fault.AlreadyRecorded, "this link is on record").With("transaction", first)
		}
		return Document{}, fault.New(fault.AlreadyExists, "%s has said something else of this document: withdraw that first", d.Author).With("transaction", first)
	}
	d.Linked, d.Transaction = tx.Time(), tx.ID()
	return d, ledger.Store(tx, key, d)
}

// mediaType is type and subtype of RFC 6838, section 4.2.
var mediaType = regexp.MustCompile(`^[a-z0-9][a-z0-9!#$&^_.+-]{0,99}/[a-z0-9][a-z0-9!#$&^_.+-]{0,99}$`)

// document checks what a request says, and spells it in the ledger's way.
func (req *LinkDocumentRequest) document() (Document, error) {
	d := Document{
		V: Version, SHA256: strings.ToLower(req.SHA256), Kind: req.Kind, MediaType: strings.ToLower(req.MediaType),
		Title: req.Title, Issuer: req.Issuer, ValidUntil: req.ValidUntil, Location: req.Location,
	}
	var err error
	if d.Subject, err = documentSubject(req.Subject); err != nil {
		return d, fault.Of(err).At("/subject")
	}
	switch {
	case !hashForm.MatchString(d.SHA256):
		return d, errSHA256("/sha256")
	case !slices.Contains(documentKinds, d.Kind):
		return d, fault.New(fault.InvalidRequest, "there is no such kind of document; one of none of them is %q", OtherDocument).At("/kind")
	case !mediaType.MatchString(d.MediaType):
		return d, fault.New(fault.InvalidRequest, "a media type is a type and a subtype without parameters, such as application/pdf").At("/mediaType")
	}
	if d.ValidUntil != "" {
		if _, err := time.Parse(time.DateOnly, d.ValidUntil); err != nil {
			return d, fault.New(fault.InvalidRequest, "a day is YYYY-MM-DD").At("/validUntil")
		}
	}
	if err := plainText("/title", d.Title, 0, MaxText); err != nil {
		return d, err
	}
	if err := plainText("/issuer", d.Issuer, 0, MaxText); err != nil {
		return d, err
	}
	if gln, err := participant.PartyPath(d.Issuer); err == nil {
		d.Issuer = gln
	}
	return d, checkLocation(d.Location)
}

// location is an absolute URI in its characters of RFC 3986, appendix A; userinfo
// is one with a user or password before its host.
var (
	location = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9+.-]*):[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+$`)
	userinfo = regexp.MustCompile(`^[^:]*://[^/?#]*@`)
)

// checkLocation refuses what is no absolute URI, what carries the content or a
// program rather than the way there, and what would tell everybody a password.
func checkLocation(text string) error {
	if text == "" {
		return nil
	}
	if err := plainText("/location", text, 0, MaxLocation); err != nil {
		return err
	}
	scheme := location.FindStringSubmatch(text)
	if scheme == nil {
		return fault.New(fault.InvalidRequest, "a location is an absolute URI").At("/location")
	}
	switch strings.ToLower(scheme[1]) {
	case "data", "javascript", "vbscript":
		return fault.New(fault.InvalidRequest, "a location says where the content is: this is a %s URI", scheme[1]).At("/location")
	}
	if userinfo.MatchString(text) {
		return fault.New(fault.InvalidRequest, "everybody on the channel would read the user and password").At("/location")
	}
	return nil
}

// documentSubject returns the ledger's spelling of an object, lot, class or event.
func documentSubject(text string) (string, error) {
	if hash, err := EventHash(text); err == nil {
		return EventURI(hash), nil
	}
	id, err := parseSubject(text)
	return id.Path(), err
}

// onRecord refuses a subject that is not on the ledger: an object or event. Of a
// lot or class the ledger need not know.
func onRecord(tx *ledger.Tx, subject string) error {
	if hash, err := EventHash(subject); err == nil {
		record, err := loadEvent(tx, &Ref{Hash: hash})
		if err == nil && record == nil {
			err = fault.New(fault.NotFound, "no such event is on record")
		}
		return err
	}
	id, err := gs1.Parse(subject)
	if err != nil || !IsObject(id) {
		return err
	}
	value, err := tx.Get(TwinKey(subject))
	if err == nil && value == nil {
		err = fault.New(fault.NotFound, "the object is not on the ledger").About(subject)
	}
	return err
}
