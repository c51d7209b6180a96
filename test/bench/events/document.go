package events

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/countersign-ledger/countersign/client"
)

// kind makes the text of an event: about the object of a number, from the caller's
// how manieth call.
type kind struct {
	event   func(b *bench, object string, at time.Time) string
	objects func(ctx context.Context, b *bench, callers, events int) (func(caller, n, i int) string, error)
}

const eventTime = "2006-01-02T15:04:05.000Z"

// commissioned begins one serial.
var commissioned = kind{
	event: func(_ *bench, object string, at time.Time) string {
		return `{"type":"ObjectEvent","action":"ADD","bizStep":"commissioning","disposition":"active","epcList":["` + object +
			`"],"eventTime":"` + at.Format(eventTime) + `","eventTimeZoneOffset":"+00:00","readPoint":{"id":"` + place + `"}}`
	},
	objects: func(_ context.Context, b *bench, _, _ int) (func(caller, n, i int) string, error) {
		run := b.next()
		return func(caller, n, i int) string {
			return serial + run + "." + strconv.Itoa(caller) + "." + strconv.Itoa(n) + "." + strconv.Itoa(i)
		}, nil
	},
}

// stored observes one object that is on record.
var stored = kind{
	event: func(_ *bench, object string, at time.Time) string {
		return `{"type":"ObjectEvent","action":"OBSERVE","bizStep":"storing","disposition":"in_progress","epcList":["` + object +
			`"],"eventTime":"` + at.Format(eventTime) + `","eventTimeZoneOffset":"+00:00","readPoint":{"id":"` + place + `"}}`
	},
	objects: func(ctx context.Context, b *bench, callers, events int) (func(caller, n, i int) string, error) {
		goods, err := b.goods(ctx, callers*events)
		return func(caller, _, i int) string { return goods[caller*events+i] }, err
	},
}

const (
	serial = "https://id.gs1.org/01/09521321400719/21/"
	place  = "https://id.gs1.org/414/9521321000018"
)

// document is an EPCIS document of events.
func document(events []string) []byte {
	return []byte(`{"@context":"https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld","type":"EPCISDocument","schemaVersion":"2.0",` +
		`"creationDate":"` + time.Now().UTC().Format(time.RFC3339) + `","epcisBody":{"eventList":[` + strings.Join(events, ",") + `]}}`)
}

// capture captures a document of so many events a call, each about one object.
func capture(k kind, events int) func(context.Context, *bench) (func(context.Context, int, int) error, error) {
	return func(ctx context.Context, b *bench) (func(context.Context, int, int) error, error) {
		callers := crowd
		if events > 1 {
			callers = few
		}
		object, err := k.objects(ctx, b, callers, events)
		if err != nil {
			return nil, err
		}
		return func(ctx context.Context, caller, n int) error {
			text := make([]string, events)
			now := time.Now().UTC()
			for i := range text {
				text[i] = k.event(b, object(caller, n, i), now)
			}
			_, err := b.client.Capture(ctx, document(text), client.EndorsedBy(endorsing...))
			return err
		}, nil
	}
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
		event := strings.Replace(commissioned.event(b, "*", time.Now().UTC()), `["*"]`, `["`+strings.Join(list, `","`)+`"]`, 1)
		if _, err := b.client.Capture(ctx, document([]string{event}), client.EndorsedBy(endorsing...)); err != nil {
			return nil, fmt.Errorf("commission goods: %w", err)
		}
		all = append(all, list...)
	}
	return all, nil
}
