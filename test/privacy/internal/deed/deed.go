// Package deed says what the altered chaincode of the privacy tests is told to do.
package deed

import "encoding/json"

// Transient is the entry of the transient map in which [Deeds] travel, as JSON.
// Without it the altered chaincode is Countersign's own.
const Transient = "altered"

// Deeds are what an altered chaincode does, in the order of the fields.
type Deeds struct {
	// At names the organisations whose peers' chaincode does it; empty means every
	// altered one. Any other runs the function that was called, unaltered.
	At []string `json:"at,omitempty"`
	// Run runs the function that was called first, and adds the rest to it; its
	// refusal is the answer. Otherwise the rest stands in its place.
	Run bool `json:"run,omitempty"`
	// Log is written to the server's log.
	Log string `json:"log,omitempty"`
	// Lie has the chaincode answer queries with lies from then on, whoever asks.
	Lie []Lie `json:"lie,omitempty"`
	// Look are public keys to read, so that they are in the read set.
	Look []string `json:"look,omitempty"`
	// Read are private values to read. They are the answer.
	Read []Private `json:"read,omitempty"`
	// Put are public writes, Write and Purge private ones.
	Put   map[string]string `json:"put,omitempty"`
	Write []Private         `json:"write,omitempty"`
	Purge []Private         `json:"purge,omitempty"`
	// Event is the payload of a chaincode event named EventName.
	EventName string `json:"eventName,omitempty"`
	Event     string `json:"event,omitempty"`
	// Answer is the response, when there is nothing to read; Refuse the text of a
	// refusal.
	Answer string `json:"answer,omitempty"`
	Refuse string `json:"refuse,omitempty"`
}

// Private is a private key, with its value when it is written.
type Private struct {
	Collection string `json:"collection"`
	Key        string `json:"key"`
	Value      []byte `json:"value,omitempty"`
}

// Lie is the answer to one query: a function, and its request to the byte.
type Lie struct {
	Function string `json:"function"`
	Request  string `json:"request"`
	Answer   string `json:"answer"`
}

// Map returns the transient map that tells an altered chaincode to do it.
func (d Deeds) Map() map[string][]byte {
	text, err := json.Marshal(d)
	if err != nil {
		panic(err) // texts, and nothing else
	}
	return map[string][]byte{Transient: text}
}
