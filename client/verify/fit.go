package verify

import (
	"fmt"
	"reflect"

	"github.com/countersign-ledger/countersign/client/internal/exactjson"
)

// maxObjects bounds the objects and nulls of a request or result: a page has some
// hundreds of entries. Each may take a kilobyte once decoded, and three bytes before.
const maxObjects = 1 << 15

// unfit says why request and result are not what the function declares; nil where
// they are. What is not, is not decoded: encoding/json goes on after a value of
// another type, and makes room for it.
type unfit struct{ request, result error }

func (u unfit) any() bool { return u.request != nil || u.result != nil }

// fit holds request and result against what the function declares, if it is known.
func (r *run) fit() {
	if r.proposal == nil {
		return
	}
	f, known := r.lookup(r.proposal.Function)
	if !known {
		return
	}
	r.unfit.request = fits(r.proposal.Request, f.Request())
	if r.answer != nil {
		r.unfit.result = fits(r.answer.Result, f.Response())
	}
}

// fits holds a text against a type: a verifier does not vouch for members that it
// does not know, nor for what others would read another way.
func fits(text []byte, as reflect.Type) error {
	if n := objects(text); n > maxObjects {
		return fmt.Errorf("json: it has %d objects; at most %d are read", n, maxObjects)
	}
	return exactjson.Of(as).Check(text)
}

// objects counts the objects and nulls of a JSON text.
func objects(text []byte) (n int) {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '{', 'n':
			n++
		case '"':
			for i++; i < len(text) && text[i] != '"'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
		}
	}
	return n
}
