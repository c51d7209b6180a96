package events

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	fabric "github.com/hyperledger/fabric-gateway/pkg/client"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/shipment"
	"github.com/countersign-ledger/countersign/client"
)

// kind makes the text of an event: about the object of a number, from the caller's
// how manieth call.
type kind struct {
	event   func(object string, at time.Time) string
	objects func(ctx context.Context, b *bench, callers, events int) (func(caller, n, i int) string, error)
	begins  bool // its objects are new
}

const eventTime = "2006-01-02T15:04:05.000Z"

// commissioned begins one serial.
var commissioned = kind{
	event: func(object string, at time.Time) string {
		return `{"type":"ObjectEvent","action":"ADD","bizStep":"commissioning","disposition":"active","epcList":["` + object +
			`"],"eventTime":"` + at.Format(eventTime) + `","eventTimeZoneOffset":"+00:00","readPoint":{"id":"` + place + `"}}`
	},
	objects: func(_ context.Context, b *bench, _, _ int) (func(caller, n, i int) string, error) {
		run := b.next()
		return func(caller, n, i int) string {
			return serial + run + "." + strconv.Itoa(caller) + "." + strconv.Itoa(n) + "." + strconv.Itoa(i)
		}, nil
	},
	begins: true,
}

// stored observes one object that is on record.
var stored = kind{
	event: func(object string, at time.Time) string {
		return `{"type":"ObjectEvent","action":"OBSERVE","bizStep":"storing","disposition":"in_progress","epcList":["` + object +
			`"],"eventTime":"` + at.Format(eventTime) + `","eventTimeZoneOffset":"+00:00","readPoint":{"id":"` + place + `"}}`
	},
	objects: func(ctx context.Context, b *bench, callers, events int) (func(caller, n, i int) string, error) {
		goods, err := b.goods(ctx, callers*events)
		return func(caller, _, i int) string { return goods[caller*events+i] }, err
	},
}

// named begins one serial, and has an id of the sender's own.
var named = kind{
	event: func(object string, at time.Time) string {
		return `{"eventID":"` + strings.Replace(object, serial, "urn:erp:bench:", 1) + `",` + commissioned.event(object, at)[1:]
	},
	objects: commissioned.objects,
	begins:  true,
}

// shipped sends one object to the retailer, which then has to receive it.
var shipped = kind{
	event: func(object string, at time.Time) string {
		return `{"type":"ObjectEvent","action":"OBSERVE","bizStep":"shipping","disposition":"in_transit","epcList":["` + object +
			`"],"eventTime":"` + at.Format(eventTime) + `","eventTimeZoneOffset":"+00:00","readPoint":{"id":"` + place +
			`"},"destinationList":[{"type":"possessing_party","destination":"` + retailer + `"}]}`
	},
	objects: func(ctx context.Context, b *bench, callers, events int) (func(caller, n, i int) string, error) {
		const calls = 12 // of a caller, at most: what is shipped is not shipped again
		goods := b.unshipped(callers * events * calls)
		more, err := b.goods(ctx, callers*events*calls-len(goods))
		goods = append(goods, more...)
		return func(caller, n, i int) string { return goods[((n%calls)*callers+caller)*events+i] }, err
	},
}

const (
	retailer = "https://id.gs1.org/417/9521555000013"

	serial = "https://id.gs1.org/01/09521321400719/21/"
	place  = "https://id.gs1.org/414/9521321000018"
)

// document is an EPCIS document of events.
func document(events []string) []byte {
	return []byte(`{"@context":"https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld","type":"EPCISDocument","schemaVersion":"2.0",` +
		`"creationDate":"` + time.Now().UTC().Format(time.RFC3339) + `","epcisBody":{"eventList":[` + strings.Join(events, ",") + `]}}`)
}

// capture captures a document of so many events a call, each about one object.
func capture(k kind, callers, events int) begin {
	return func(ctx context.Context, b *bench) (func(context.Context, int, int) error, func() error, error) {
		object, err := k.objects(ctx, b, callers, events)
		if err != nil {
			return nil, nil, err
		}
		return func(ctx context.Context, caller, n int) error {
			text := make([]string, events)
			now := time.Now().UTC()
			for i := range text {
				text[i] = k.event(object(caller, n, i), now)
			}
			if _, err := b.client.Capture(ctx, document(text), client.EndorsedBy(endorsing...)); err != nil {
				return err
			}
			if k.begins && events == many {
				b.made(object, caller, n, events)
			}
			return nil
		}, nothing, nil
	}
}

// made keeps in mind what was commissioned, to be shipped.
func (b *bench) made(object func(caller, n, i int) string, caller, n, events int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range events {
		b.stock = append(b.stock, object(caller, n, i))
	}
}

// unshipped takes so many objects, at most, of what was commissioned.
func (b *bench) unshipped(n int) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	n = min(n, len(b.stock))
	taken := b.stock[:n:n]
	b.stock = b.stock[n:]
	return taken
}

// listed captures a document of one event that begins so many objects.
func listed(objects int) begin {
	return func(ctx context.Context, b *bench) (func(context.Context, int, int) error, func() error, error) {
		object, err := commissioned.objects(ctx, b, few, objects)
		return func(ctx context.Context, caller, n int) error {
			list := make([]string, objects)
			for i := range list {
				list[i] = object(caller, n, i)
			}
			event := commissioned.event(strings.Join(list, `","`), time.Now().UTC())
			_, err := b.client.Capture(ctx, document([]string{event}), client.EndorsedBy(endorsing...))
			return err
		}, nothing, err
	}
}

// bare captures a document of one event a call, with fabric-gateway alone.
func bare(k kind, callers int) begin {
	return func(ctx context.Context, b *bench) (func(context.Context, int, int) error, func() error, error) {
		object, err := k.objects(ctx, b, callers, 1)
		contract := b.bare.Network.GetContract(client.DefaultChaincode)
		return func(ctx context.Context, caller, n int) error {
			text := document([]string{k.event(object(caller, n, 0), time.Now().UTC())})
			digest := sha256.Sum256(text)
			return submit(ctx, contract, api.Capture.FullName(),
				fabric.WithArguments(`{"sha256":"`+hex.EncodeToString(digest[:])+`"}`),
				fabric.WithTransient(map[string][]byte{shipment.TransientDocument: text}),
				fabric.WithEndorsingOrganizations(endorsing...))
		}, nothing, err
	}
}

// grouped captures one event a call, through a group.
func grouped(ctx context.Context, b *bench) (func(context.Context, int, int) error, func() error, error) {
	object, err := commissioned.objects(ctx, b, crowd, 1)
	if err != nil {
		return nil, nil, err
	}
	group, err := client.NewGroup(b.client, client.WithGroupCall(client.EndorsedBy(endorsing...)))
	if err != nil {
		return nil, nil, err
	}
	return func(ctx context.Context, caller, n int) error {
		_, err := group.Capture(ctx, epcis.Event{
			Type: epcis.ObjectEvent, Action: epcis.Add, BizStep: "commissioning", Disposition: "active", EPCList: []string{object(caller, n, 0)},
			EventTime: time.Now().UTC().Truncate(time.Millisecond), EventTimeZoneOffset: "+00:00", ReadPoint: &epcis.Place{ID: place},
		})
		return err
	}, func() error { return group.Close(context.WithoutCancel(ctx)) }, nil
}

// goods commissions as many objects, in documents of a few.
func (b *bench) goods(ctx context.Context, n int) ([]string, error) {
	object, err := commissioned.objects(ctx, b, 1, n)
	if err != nil {
		return nil, err
	}
	var all []string
	const atOnce = 1000
	for from := 0; from < n; from += atOnce {
		var list []string
		for i := from; i < min(n, from+atOnce); i++ {
			list = append(list, object(0, 0, i))
		}
		event := strings.Replace(commissioned.event("*", time.Now().UTC()), `["*"]`, `["`+strings.Join(list, `","`)+`"]`, 1)
		if _, err := b.client.Capture(ctx, document([]string{event}), client.EndorsedBy(endorsing...)); err != nil {
			return nil, fmt.Errorf("commission goods: %w", err)
		}
		all = append(all, list...)
	}
	return all, nil
}
