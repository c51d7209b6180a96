package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
)

// raw is the same asset transfer without contract-api.
type raw struct{}

// Init implements shim.Chaincode.
func (raw) Init(shim.ChaincodeStubInterface) *peer.Response { return shim.Success(nil) }

// Invoke implements shim.Chaincode.
func (raw) Invoke(stub shim.ChaincodeStubInterface) *peer.Response {
	function, args := stub.GetFunctionAndParameters()
	var err error
	switch {
	case function == "CreateAsset" && len(args) == 5:
		err = create(stub, args)
	case function == "Many" && len(args) == 4:
		err = many(stub, args)
	default:
		err = errors.New("unknown function, or another number of arguments")
	}
	if err != nil {
		return shim.Error(err.Error())
	}
	return shim.Success(nil)
}

func create(stub shim.ChaincodeStubInterface, args []string) error {
	size, err := strconv.Atoi(args[2])
	if err != nil {
		return err
	}
	value, err := strconv.Atoi(args[4])
	if err != nil {
		return err
	}
	exists, err := stub.GetState(args[0])
	if err != nil {
		return err
	}
	if exists != nil {
		return fmt.Errorf("the asset %s already exists", args[0])
	}
	assetJSON, err := json.Marshal(Asset{ID: args[0], Color: args[1], Size: size, Owner: args[3], AppraisedValue: value})
	if err != nil {
		return err
	}
	return stub.PutState(args[0], assetJSON)
}

// many reads a key for each of so many objects, in one trip, and writes two: a body
// of so many bytes, and a state of so many. What it writes came in the transient
// map. It is the ceiling of what one transaction can do for many objects: no rule,
// no parsing.
func many(stub shim.ChaincodeStubInterface, args []string) error {
	var n [3]int
	for i := range n {
		var err error
		if n[i], err = strconv.Atoi(args[i+1]); err != nil {
			return err
		}
	}
	objects, body, state := n[0], n[1], n[2]
	transient, err := stub.GetTransient()
	if err != nil {
		return err
	}
	bodies := transient["bodies"]
	if len(bodies) < objects*max(body, state) {
		return errors.New("the transient map has too little in it")
	}
	keys := make([]string, objects)
	for i := range keys {
		keys[i] = "state" + args[0] + "." + strconv.Itoa(i)
	}
	found, err := stub.GetMultipleStates(keys...)
	if err != nil {
		return err
	}
	if len(found) != objects {
		return fmt.Errorf("asked for %d keys, got %d", objects, len(found))
	}
	stub.StartWriteBatch()
	for i, key := range keys {
		if err := stub.PutState(key, bodies[i*state:(i+1)*state]); err != nil {
			return err
		}
		if err := stub.PutState("body"+args[0]+"."+strconv.Itoa(i), bodies[i*body:(i+1)*body]); err != nil {
			return err
		}
	}
	return stub.FinishWriteBatch()
}
