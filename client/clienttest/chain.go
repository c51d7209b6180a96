package clienttest

import (
	"bytes"
	"crypto/sha256"
	"encoding/asn1"
	"math/big"
	"slices"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"google.golang.org/protobuf/proto"
)

// Together orders what is submitted while submit runs in one block. It returns what
// submit does, and only then is the block cut: submit must not wait for a commit.
func (c *Consortium) Together(submit func() error) error {
	c.mu.Lock()
	c.collecting = true
	c.mu.Unlock()
	err := submit()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.collecting = false
	c.cut()
	return err
}

// Pending returns how many submitted transactions wait for [Consortium.Together] to
// cut their block.
func (c *Consortium) Pending() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.pending)
}

// block makes a block as the peer of an organisation has it: with the header by which
// the next names it, and without signatures of orderers.
func (c *Consortium) block(at *member, number uint64) (*common.Block, error) {
	data, codes, err := c.content(number)
	if err != nil {
		return nil, err
	}
	header, err := c.header(number)
	if err != nil {
		return nil, err
	}
	block := &common.Block{
		Header: header, Data: &common.BlockData{Data: data},
		Metadata: &common.BlockMetadata{Metadata: make([][]byte, len(common.BlockMetadataIndex_name))},
	}
	block.Metadata.Metadata[common.BlockMetadataIndex_TRANSACTIONS_FILTER] = codes
	if f := c.faults[at]; f != nil {
		f.spoil(block)
	}
	return block, nil
}

func (c *Consortium) content(number uint64) (data [][]byte, codes []byte, err error) {
	for _, entry := range c.ordered[number] {
		text, err := proto.Marshal(&common.Envelope{Payload: entry.payload})
		if err != nil {
			return nil, nil, err
		}
		data, codes = append(data, text), append(codes, byte(entry.code))
	}
	return data, codes, nil
}

// header returns the header of a block that is there.
func (c *Consortium) header(number uint64) (*common.BlockHeader, error) {
	for next := uint64(len(c.headers)); next <= number; next++ {
		data, _, err := c.content(next)
		if err != nil {
			return nil, err
		}
		header := &common.BlockHeader{Number: next, DataHash: dataHash(data)}
		if next > 0 {
			header.PreviousHash = headerHash(c.headers[next-1])
		}
		c.headers = append(c.headers, header)
	}
	return proto.CloneOf(c.headers[number]), nil
}

func dataHash(data [][]byte) []byte {
	sum := sha256.Sum256(bytes.Join(data, nil))
	return slices.Clone(sum[:])
}

func headerHash(h *common.BlockHeader) []byte {
	text, err := asn1.Marshal(struct {
		Number         *big.Int
		Previous, Data []byte
	}{new(big.Int).SetUint64(h.GetNumber()), h.GetPreviousHash(), h.GetDataHash()})
	if err != nil { // none of these can fail
		return nil
	}
	sum := sha256.Sum256(text)
	return sum[:]
}
