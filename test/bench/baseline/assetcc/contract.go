package main

import (
	"encoding/json"
	"fmt"

	"github.com/hyperledger/fabric-contract-api-go/v2/contractapi"
)

// SmartContract is the asset transfer on contract-api.
type SmartContract struct {
	contractapi.Contract
}

// Asset is what it keeps. The members are in the order of the alphabet, as Fabric's
// documentation advises.
type Asset struct {
	AppraisedValue int    `json:"AppraisedValue"`
	Color          string `json:"Color"`
	ID             string `json:"ID"`
	Owner          string `json:"Owner"`
	Size           int    `json:"Size"`
}

// CreateAsset writes a new asset, unless there is one of that id.
func (s *SmartContract) CreateAsset(ctx contractapi.TransactionContextInterface, id string, color string, size int, owner string, appraisedValue int) error {
	exists, err := s.AssetExists(ctx, id)
	if err != nil {
		return err
	}
	if exists {
		return fmt.Errorf("the asset %s already exists", id)
	}
	assetJSON, err := json.Marshal(Asset{ID: id, Color: color, Size: size, Owner: owner, AppraisedValue: appraisedValue})
	if err != nil {
		return err
	}
	return ctx.GetStub().PutState(id, assetJSON)
}

// AssetExists reports whether there is an asset of that id.
func (s *SmartContract) AssetExists(ctx contractapi.TransactionContextInterface, id string) (bool, error) {
	assetJSON, err := ctx.GetStub().GetState(id)
	if err != nil {
		return false, fmt.Errorf("failed to read from world state: %w", err)
	}
	return assetJSON != nil, nil
}
