package clienttest

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"google.golang.org/grpc"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
	"github.com/countersign-ledger/countersign/client"
	verifier "github.com/countersign-ledger/countersign/client/verify"
	"github.com/countersign-ledger/countersign/collections"
)

// Names of the ledger, as in the default network of package network.
const (
	Channel   = "supplychain"
	Chaincode = "countersign"
	Version   = api.Version
)

// Organisation is a member of a consortium.
type Organisation struct {
	// Name is short, such as "manufacturer"; it names the organisation in
	// calls on [Consortium].
	Name string
	// MSP is its name on the ledger, such as "ManufacturerMSP".
	MSP string
	// Reader is true for an organisation that only reads.
	Reader bool
}

// Consortium is a ledger and the organisations on it. It is safe for concurrent
// use.
type Consortium struct {
	ledger        *memledger.Ledger
	organisations []*member
	required      int
	relations     [][]string
	quorums       map[string]collections.Quorum // who must endorse, by collection; none: the chaincode's policy

	mu            sync.Mutex
	clock         time.Time // zero: each proposal's own time
	deployed      *deployed // nil: this version
	prepared      map[[sha256.Size]byte]*prepared
	committed     map[string]commitment
	ordered       map[uint64][]ordered // by block
	pending       []submitted          // for the next block
	collecting    bool                 // until it is cut by [Consortium.Together]
	headers       []*common.BlockHeader
	faults        map[*member]*peerFault
	waiters       chan struct{} // closed and replaced at each commit
	interruptions []Interruption
}

type member struct {
	Organisation
	authority *authority
	peer      *Identity
	users     map[string]*Identity
}

type config struct {
	organisations []Organisation
	required      int
	relations     [][]string
	clock         time.Time
}

// Option changes a consortium from the default.
type Option func(*config)

// WithOrganisations replaces the default organisations: manufacturer, carrier
// and retailer, which trade, and regulator, which reads.
func WithOrganisations(organisations ...Organisation) Option {
	return func(c *config) { c.organisations = organisations }
}

// WithRequired says how many trading organisations must endorse a transaction;
// two by default.
func WithRequired(organisations int) Option { return func(c *config) { c.required = organisations } }

// WithRelations replaces the relations of every two that trade by those of the named
// members, MSP ids each.
func WithRelations(relations ...[]string) Option {
	return func(c *config) { c.relations = append([][]string{}, relations...) }
}

// WithTime stops the ledger's clock at a time, from which [Consortium.Advance]
// moves it on. Without it, proposals carry the time of day.
func WithTime(at time.Time) Option { return func(c *config) { c.clock = at } }

// New returns a consortium, or fails the test.
func New(t testing.TB, options ...Option) *Consortium {
	t.Helper()
	c, err := Start(options...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Start returns a consortium: what [New] does outside a test. It holds nothing
// that must be released.
func Start(options ...Option) (*Consortium, error) {
	config := config{required: 2, organisations: []Organisation{
		{Name: "manufacturer", MSP: "ManufacturerMSP"},
		{Name: "carrier", MSP: "CarrierMSP"},
		{Name: "retailer", MSP: "RetailerMSP"},
		{Name: "regulator", MSP: "RegulatorMSP", Reader: true},
	}}
	for _, o := range options {
		o(&config)
	}
	c := &Consortium{
		required: config.required, relations: config.relations, clock: config.clock, quorums: map[string]collections.Quorum{},
		prepared: map[[sha256.Size]byte]*prepared{}, committed: map[string]commitment{}, ordered: map[uint64][]ordered{}, waiters: make(chan struct{}), faults: map[*member]*peerFault{},
	}
	for _, o := range config.organisations {
		m, err := newMember(o)
		if err != nil {
			return nil, err
		}
		c.organisations = append(c.organisations, m)
	}
	if trading := len(c.trading()); c.required < 1 || c.required > trading {
		return nil, fmt.Errorf("clienttest: %d of %d trading organisations cannot be asked to endorse", c.required, trading)
	}
	c.ledger = memledger.New(Channel, c.private()...)
	c.ledger.Commit() // a block of configuration and one with the chaincode's definition
	c.ledger.Commit()
	return c, nil
}

// roles are the users of each organisation: name and role.
var roles = map[string]string{
	"admin": ledger.RoleAdmin, "operator": ledger.RoleOperator, "quality": ledger.RoleQuality,
	"auditor": ledger.RoleAuditor, "gateway": ledger.RoleGateway,
}

func newMember(o Organisation) (*member, error) {
	ca, err := newAuthority(o.MSP)
	if err != nil {
		return nil, err
	}
	m := &member{Organisation: o, authority: ca, users: map[string]*Identity{}}
	if m.peer, err = ca.issue("peer0."+o.Name, "peer", ""); err != nil {
		return nil, err
	}
	for name, role := range roles {
		unit := "client"
		if role == ledger.RoleAdmin {
			unit = "admin"
		}
		if m.users[name], err = ca.issue(name, unit, role); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func (c *Consortium) trading() []*member {
	return slices.DeleteFunc(slices.Clone(c.organisations), func(m *member) bool { return m.Reader })
}

// private are the private data collections, and keeps who must endorse them.
func (c *Consortium) private() []memledger.Collection {
	var all []memledger.Collection
	for _, described := range c.Description().Collections() {
		all = append(all, memledger.Collection{Name: described.Name, Members: described.Members, MemberOnly: true})
		c.quorums[described.Name] = described.Endorsers
	}
	return all
}

// Description describes the consortium as operators do: with a relation of every
// two that trade, and disclosures from each of them to every other organisation,
// unless [WithRelations] says otherwise.
func (c *Consortium) Description() collections.Consortium {
	d := collections.Consortium{Channel: Channel, Chaincode: Chaincode, Endorse: c.required, Lifecycle: c.required, Relations: c.relations}
	for _, m := range c.organisations {
		d.Organisations = append(d.Organisations, collections.Organisation{MSP: m.MSP, Name: m.Name, Reader: m.Reader})
	}
	return d
}

func (c *Consortium) named(name string) (*member, error) {
	for _, m := range c.organisations {
		if m.Name == name || m.MSP == name {
			return m, nil
		}
	}
	return nil, fmt.Errorf("clienttest: there is no organisation %q", name)
}

// User returns a user of an organisation: "admin", "operator", "quality",
// "auditor" or "gateway".
func (c *Consortium) User(organisation, user string) (*Identity, error) {
	m, err := c.named(organisation)
	if err != nil {
		return nil, err
	}
	identity, ok := m.users[user]
	if !ok {
		return nil, fmt.Errorf("clienttest: %s has no user %q", organisation, user)
	}
	return identity, nil
}

// Client returns a client that acts as a user of an organisation, closed at the
// end of the test, or fails the test.
func (c *Consortium) Client(t testing.TB, organisation, user string, options ...client.Option) *client.Client {
	t.Helper()
	connected, err := c.Connect(t.Context(), organisation, user, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := connected.Close(); err != nil {
			t.Error(err)
		}
	})
	return connected
}

// Connect returns a client that acts as a user of an organisation: what
// [Consortium.Client] does outside a test. Options come after the consortium's
// own.
func (c *Consortium) Connect(ctx context.Context, organisation, user string, options ...client.Option) (*client.Client, error) {
	m, err := c.named(organisation)
	if err != nil {
		return nil, err
	}
	identity, err := c.User(organisation, user)
	if err != nil {
		return nil, err
	}
	own := []client.Option{
		client.WithClientConnection(c.connection(m)),
		client.WithIdentity(identity.MSP, identity.Certificate, identity.Key),
		client.WithChannel(Channel), client.WithChaincode(Chaincode),
	}
	return client.Connect(ctx, append(own, options...)...)
}

// Connection returns a connection to the gateway of an organisation, for
// programs that use fabric-gateway itself. It needs no closing.
func (c *Consortium) Connection(organisation string) (grpc.ClientConnInterface, error) {
	m, err := c.named(organisation)
	if err != nil {
		return nil, err
	}
	return c.connection(m), nil
}

func (c *Consortium) connection(home *member) grpc.ClientConnInterface {
	return &gateway{consortium: c, home: home}
}

// Advance moves the ledger's clock on. It needs [WithTime].
func (c *Consortium) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.clock = c.clock.Add(d)
}

// Ledger returns the ledger underneath, for tests that look at what is on it.
func (c *Consortium) Ledger() *memledger.Ledger { return c.ledger }

// Roots returns what a verifier needs to check evidence of this consortium,
// with its endorsement policy as the default.
func (c *Consortium) Roots() *verifier.Roots {
	roots := &verifier.Roots{Channel: Channel, Chaincode: Chaincode, Versions: []string{Version}}
	roots.Policy.Required = c.required
	for _, m := range c.organisations {
		roots.Organisations = append(roots.Organisations, verifier.Organisation{
			MSP: m.MSP, Roots: certificates(m.authority), PeerUnit: "peer", OtherUnits: []string{"client", "admin", "orderer"},
		})
		if !m.Reader {
			roots.Policy.Of = append(roots.Policy.Of, m.MSP)
		}
	}
	return roots
}
