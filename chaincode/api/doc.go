// Package api declares every contract function once: name, request, response,
// whether it queries or updates, and the rule behind it.
//
// Everything else derives from the declarations: the contract layer dispatches
// to them, the client's typed calls are made from them, the JSON schemas in
// docs/contract describe them, and verification accepts attested answers only
// to the queries among them.
//
// Every function takes one JSON object and returns one, so that a client in
// any language can call it. What is large or secret travels in the transient
// map, under the name that the declaration gives.
//
// It is pure: it imports the rules.
package api
