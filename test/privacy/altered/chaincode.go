package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim" //nolint:depguard // a chaincode server, as in chaincode/cmd
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"

	"github.com/countersign-ledger/countersign/test/privacy/internal/deed"
)

// chaincode is the honest one, and what it is told beside or in place of it.
type chaincode struct {
	honest shim.Chaincode
	msp    string
	lies   sync.Map // answers by question
}

// question is what a lie answers.
type question struct{ function, request string }

// Init implements [shim.Chaincode].
func (c *chaincode) Init(stub shim.ChaincodeStubInterface) *peer.Response { return c.honest.Init(stub) }

// Invoke implements [shim.Chaincode].
func (c *chaincode) Invoke(stub shim.ChaincodeStubInterface) *peer.Response {
	transient, err := stub.GetTransient()
	if err != nil {
		return shim.Error(err.Error())
	}
	text, told := transient[deed.Transient]
	if !told {
		function, arguments := stub.GetFunctionAndParameters()
		if lie, ok := c.lies.Load(question{function, strings.Join(arguments, "")}); ok {
			return shim.Success([]byte(lie.(string)))
		}
		return c.honest.Invoke(stub)
	}
	var deeds deed.Deeds
	if err := json.Unmarshal(text, &deeds); err != nil {
		return shim.Error(err.Error())
	}
	if len(deeds.At) > 0 && !slices.Contains(deeds.At, c.msp) {
		return c.honest.Invoke(stub)
	}
	for _, lie := range deeds.Lie {
		c.lies.Store(question{lie.Function, lie.Request}, lie.Answer)
	}
	answer := shim.Success(nil)
	if deeds.Run {
		if answer = c.honest.Invoke(stub); answer.GetStatus() != shim.OK {
			return answer
		}
	}
	if err := do(stub, deeds, answer); err != nil {
		return shim.Error(err.Error())
	}
	return answer
}

func do(stub shim.ChaincodeStubInterface, deeds deed.Deeds, answer *peer.Response) error {
	if deeds.Log != "" {
		fmt.Fprintln(os.Stderr, deeds.Log)
	}
	for _, key := range deeds.Look {
		if _, err := stub.GetState(key); err != nil {
			return err
		}
	}
	for _, p := range deeds.Read {
		value, err := stub.GetPrivateData(p.Collection, p.Key)
		if err != nil {
			return err
		}
		answer.Payload = append(answer.Payload, value...)
	}
	if err := write(stub, deeds); err != nil {
		return err
	}
	if deeds.EventName != "" {
		if err := stub.SetEvent(deeds.EventName, []byte(deeds.Event)); err != nil {
			return err
		}
	}
	if deeds.Answer != "" {
		answer.Payload = []byte(deeds.Answer)
	}
	if deeds.Refuse != "" {
		return errors.New(deeds.Refuse)
	}
	return nil
}

func write(stub shim.ChaincodeStubInterface, deeds deed.Deeds) error {
	for key, value := range deeds.Put {
		if err := stub.PutState(key, []byte(value)); err != nil {
			return err
		}
	}
	for _, p := range deeds.Write {
		if err := stub.PutPrivateData(p.Collection, p.Key, p.Value); err != nil {
			return err
		}
	}
	for _, p := range deeds.Purge {
		if err := stub.PurgePrivateData(p.Collection, p.Key); err != nil {
			return err
		}
	}
	return nil
}
