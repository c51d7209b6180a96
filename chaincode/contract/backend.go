package contract

import (
	"crypto/x509"
	"errors"
	"fmt"
	"os" //determinism:ok for the name of the peer's organisation, by which a rule may refuse but not write

	"github.com/hyperledger/fabric-chaincode-go/v2/pkg/cid"
	"github.com/hyperledger/fabric-chaincode-go/v2/shim"
	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/queryresult"

	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

var _ ledger.Backend = (*backend)(nil)

// PeerMSPVariable is the environment variable that tells a chaincode server
// its peer's organisation, as Fabric's own launcher sets it.
const PeerMSPVariable = "CORE_PEER_LOCALMSPID"

// backend is one transaction of a peer, seen through the shim.
type backend struct {
	stub shim.ChaincodeStubInterface
	info ledger.Info
}

func newBackend(ctx context) (*backend, error) {
	stub := ctx.GetStub()
	caller, err := callerOf(ctx)
	if err != nil {
		return nil, err
	}
	at, err := stub.GetTxTimestamp()
	if err != nil {
		return nil, fmt.Errorf("read the proposal's timestamp: %w", err)
	}
	return &backend{stub: stub, info: ledger.Info{
		ID: stub.GetTxID(), Channel: stub.GetChannelID(), Time: at.AsTime(),
		Caller: caller, PeerMSP: os.Getenv(PeerMSPVariable),
	}}, nil
}

func callerOf(ctx context) (ledger.Caller, error) {
	identity, _ := ctx.GetClientIdentity().(*cid.ClientID)
	if identity == nil { // contract-api could not read it, and has kept why to itself
		_, err := cid.New(ctx.GetStub())
		return ledger.Caller{}, fmt.Errorf("read the caller's identity: %w", err)
	}
	msp, err := identity.GetMSPID()
	if err != nil {
		return ledger.Caller{}, fmt.Errorf("read the caller's organisation: %w", err)
	}
	certificate, err := identity.GetX509Certificate()
	if err != nil {
		return ledger.Caller{}, fmt.Errorf("read the caller's certificate: %w", err)
	}
	if certificate == nil {
		return ledger.Caller{}, errors.New("the caller has no X.509 certificate: idemix identities are not supported")
	}
	role, _, err := identity.GetAttributeValue(ledger.RoleAttribute)
	if err != nil {
		return ledger.Caller{}, fmt.Errorf("read the caller's role: %w", err)
	}
	return ledger.Caller{MSP: msp, Subject: subject(certificate), Role: role, Certificate: certificate.Raw}, nil
}

func subject(c *x509.Certificate) string {
	return c.Subject.String() + " issued by " + c.Issuer.String()
}

// Info implements [ledger.Backend].
func (b *backend) Info() ledger.Info { return b.info }

// Transient implements [ledger.Backend].
func (b *backend) Transient(name string) ([]byte, error) {
	all, err := b.stub.GetTransient()
	return all[name], err
}

// Get implements [ledger.Backend].
func (b *backend) Get(keys []ledger.Key) ([][]byte, error) {
	if len(keys) == 1 {
		value, err := b.stub.GetState(string(keys[0]))
		return [][]byte{value}, err
	}
	names := make([]string, len(keys))
	for i, key := range keys {
		names[i] = string(key)
	}
	return b.stub.GetMultipleStates(names...)
}

// Scan implements [ledger.Backend].
func (b *backend) Scan(prefix ledger.Key, yield func(ledger.Entry) bool) error {
	objectType, parts := prefix.Parts()
	found, err := b.stub.GetStateByPartialCompositeKey(objectType, parts)
	if err != nil {
		return err
	}
	return each(found, yield)
}

// Page implements [ledger.Backend].
func (b *backend) Page(prefix ledger.Key, size int, bookmark string) ([]ledger.Entry, string, error) {
	objectType, parts := prefix.Parts()
	found, metadata, err := b.stub.GetStateByPartialCompositeKeyWithPagination(objectType, parts, int32(size), bookmark) //nolint:gosec // ledger.MaxPage bounds it
	if err != nil {
		return nil, "", err
	}
	entries := make([]ledger.Entry, 0, size)
	err = each(found, func(e ledger.Entry) bool {
		entries = append(entries, e)
		return true
	})
	return entries, metadata.GetBookmark(), err
}

// Bookmark implements [ledger.Backend]. To Fabric it is the key itself.
func (b *backend) Bookmark(from ledger.Key) string { return string(from) }

func each(found shim.StateQueryIteratorInterface, yield func(ledger.Entry) bool) (err error) {
	defer func() { err = errors.Join(err, found.Close()) }()
	for found.HasNext() {
		var kv *queryresult.KV
		if kv, err = found.Next(); err != nil {
			return err
		}
		if !yield(ledger.Entry{Key: ledger.Key(kv.GetKey()), Value: kv.GetValue()}) {
			return nil
		}
	}
	return nil
}

// Write implements [ledger.Backend]. The writes travel to the peer together.
func (b *backend) Write(writes []ledger.Write) error {
	b.stub.StartWriteBatch()
	for _, w := range writes {
		var err error
		if w.Value == nil {
			err = b.stub.DelState(string(w.Key))
		} else {
			err = b.stub.PutState(string(w.Key), w.Value)
		}
		if err != nil {
			return err
		}
	}
	return b.stub.FinishWriteBatch()
}

// Event implements [ledger.Backend].
func (b *backend) Event(name string, payload []byte) error { return b.stub.SetEvent(name, payload) }
