package product

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// HoldingKind says in what way somebody has a quantity of a lot.
type HoldingKind string

const (
	// StockAtHand: in the custody of an organisation.
	StockAtHand HoldingKind = "at"
	// StockOnOffer: shipped, and not received yet.
	StockOnOffer HoldingKind = "offer"
	// StockInside: in a container, whose custodian has it.
	StockInside HoldingKind = "in"
)

// Stock tells quantities of a lot apart. Two quantities of which all of it is the
// same are one holding.
type Stock struct {
	// Kind is how it is held.
	Kind HoldingKind `json:"kind" jsonschema:"enum=at,enum=offer,enum=in"`
	// Custodian is the MSP id of who answers for it: the shipper of what is on
	// offer. It is absent for what is inside a container: the container tells.
	Custodian string `json:"custodian,omitempty"`
	// Party is who has it, "/417/...", when that is a party outside of the
	// channel for which the custodian records; of what is on offer or inside a
	// container, who had it before.
	Party string `json:"party,omitempty"`
	// Event and By name the shipping event of what is on offer (see [Ref]).
	Event string `json:"event,omitempty"`
	By    string `json:"by,omitempty"`
	// Container and Epoch name the container that it is inside, as [Stay] does.
	Container string `json:"container,omitempty"`
	Epoch     uint64 `json:"epoch,omitempty"`
	// Apart says that it went into the container when what was in that was of
	// several owners already: its title does not pass with the container.
	Apart bool `json:"apart,omitempty"`
	// Owner is the MSP id of who owns it, NextOwner of who becomes that on
	// receipt.
	Owner     string `json:"owner"`
	NextOwner string `json:"nextOwner,omitempty"`
	// Place is where it was last said to be; of what is on offer or inside a
	// container, where it was before. Disposition likewise.
	Place       string `json:"place,omitempty"`
	Disposition string `json:"disposition,omitempty"`
	// Unit is a UN/ECE Recommendation 20 code; absent for a count. The ledger
	// counts in each unit for itself and converts nothing.
	Unit string `json:"unit,omitempty"`
}

// Holding is how much somebody has of a lot, in one unit.
type Holding struct {
	// V is the schema version.
	V int `json:"v"`
	// Lot is the lot or class.
	Lot string `json:"lot"`
	Stock
	// Amount is how much it is, more than 0.
	Amount Amount `json:"amount"`
	// To is the MSP id of the organisation that may receive what is on offer,
	// and ToParty the party outside of the channel that it is meant for.
	To      string `json:"to,omitempty"`
	ToParty string `json:"toParty,omitempty"`
	// Lane is the number of the shipment among those of the lot from the
	// shipper to that organisation.
	Lane uint64 `json:"lane,omitempty"`
	// Now is what the shipping event said of the disposition.
	Now string `json:"now,omitempty"`
	// Short says that whom it was offered to has received of the shipment and
	// says that this did not arrive.
	Short bool `json:"short,omitempty"`
}

// where is the part of a holding's key that says who or what has it.
func (s *Stock) where() string {
	switch s.Kind {
	case StockOnOffer:
		return atOffer(Ref{Hash: s.Event, By: s.By})
	case StockInside:
		return inContainer(s.Container, s.Epoch)
	}
	return s.Custodian + s.Party
}

func atOffer(ref Ref) string { return ref.Hash + "@" + ref.By }

func inContainer(path string, epoch uint64) string { return path + "#" + ledger.Number(epoch) }

// title is the part of a holding's key that says whose it is.
func (s *Stock) title() string {
	title := s.Owner
	if s.NextOwner != "" {
		title += ">" + s.NextOwner
	}
	if s.Apart {
		title += "!"
	}
	if s.Kind != StockAtHand {
		title += s.Party
	}
	return title
}

func holdingKey(lot string, s *Stock) ledger.Key {
	return ledger.NewKey("holding", lot, string(s.Kind), s.where(), s.title(), keyWord(s.Place), s.Unit, keyWord(s.Disposition))
}

// holdingsOf is the prefix of the holdings of a lot in one hand.
func holdingsOf(lot string, kind HoldingKind, where string) ledger.Key {
	return ledger.NewKey("holding", lot, string(kind), where)
}

// keyWord makes a part of a key of what a sender says: a GS1 path or a word of
// the CBV as it stands, any other text, which can be as long as it likes and
// hold what no key may, by its hash.
func keyWord(text string) string {
	if len(text) <= 100 && strings.Trim(text, "/_-.%abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == "" {
		return text
	}
	digest := sha256.Sum256([]byte(text))
	return "#" + hex.EncodeToString(digest[:])
}
