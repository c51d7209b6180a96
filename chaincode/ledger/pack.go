package ledger

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
)

// Records are JSON to rules, clients and people, and packed on the ledger: every
// byte of a value costs each peer several times, and three quarters of a record are
// names, digests and times that are written the same way in every record.
//
// A packed value is the byte packedOne and then tokens:
//
//	00 n BYTES        n bytes as they stand
//	01 BYTES32        64 hexadecimal digits, lower case
//	02 MS6            a time, RFC 3339 in UTC, without trailing zeros of milliseconds
//	03 MS6            a time, RFC 3339 in UTC, with three decimals
//	04 n BCD          n decimal digits, two a byte, the last half byte F if n is odd
//	05 d2 n           n bytes that stand d bytes before in the text, d in two bytes
//	06 d n            the same, d in one byte
//	07-1F x           word 128 + (first byte - 7) * 256 + x of the list of words
//	20-7F             the byte itself
//	80-FF             word (byte - 128)
//
// Numbers are unsigned and big-endian; times are milliseconds since 1970. Any
// tokens that spell the text may be written: readers do not care which. Writers do,
// since endorsers must agree to the byte, so the choice among them below never
// changes for packedOne, nor does the list of words.
//
// JSON begins with no byte below 20, so a value is either packed or stands as it
// is. What would not become shorter stands as it is, unless it begins with such a
// byte itself.
const packedOne = 0x01

const (
	tokenBytes = iota
	tokenHex
	tokenTime
	tokenTimeMillis
	tokenDigits
	tokenFar
	tokenNear
	tokenWord
	firstPlain = 0x20
	firstShort = 0x80 // words of one byte
)

const (
	shortWords = 0x100 - firstShort
	leastRun   = 5  // decimal digits that are worth a token
	mostRun    = 60 // decimal digits of a token
	leastMatch = 4  // bytes that are looked up as a whole
	leastBack  = 6  // bytes that stood before and are worth a token
	hexDigits  = 64 // of a SHA-256
	maxRun     = 255
	maxFar     = 1<<16 - 1

	timeSeconds = "2006-01-02T15:04:05Z"
	timeMillis  = "2006-01-02T15:04:05.000Z"
)

// Pack returns a value as it stands on the ledger.
func Pack(value []byte) []byte { return new(packer).pack(value) }

// packer packs one value after another.
type packer struct {
	text, out []byte
	at        int            // in text
	raw       int            // bytes before at that need tokenBytes
	seen      [1 << 12]int32 // by hash, where four bytes stood last, from base
	base      int32          // where text begins: what is less is of a value before
}

func (p *packer) pack(value []byte) []byte {
	p.base += int32(len(p.text)) + 1 //nolint:gosec // a transaction has some megabytes
	p.text, p.at, p.out = value, 0, append(p.out[:0], packedOne)
	for p.at < len(value) {
		p.step()
	}
	p.flush()
	if len(p.out) >= len(value) && (len(value) == 0 || value[0] >= firstPlain) {
		return value
	}
	return bytes.Clone(p.out)
}

// token is one way to write what comes next.
type token struct {
	length int                   // of text
	size   int                   // of what is written in its stead
	code   [1 + hexDigits/2]byte // that
}

func (t *token) saves() int { return t.length - t.size }

func tokenOf(length int, code ...byte) (t token) {
	t.length, t.size = length, copy(t.code[:], code)
	return t
}

// step writes the token that saves most, the first of several; bytes as they stand
// where none saves anything.
func (p *packer) step() {
	best := p.word()
	if isHex(p.text[p.at]) {
		for _, t := range [...]token{p.digest(), p.moment(), p.digits()} {
			if t.saves() > best.saves() {
				best = t
			}
		}
	}
	if t := p.before(); t.saves() > best.saves() {
		best = t
	}
	if best.saves() <= 0 {
		p.plain()
		return
	}
	p.flush()
	p.out = append(p.out, best.code[:best.size]...)
	p.advance(best.length)
}

// plain takes over a byte.
func (p *packer) plain() {
	if b := p.text[p.at]; b < firstPlain || b >= firstShort {
		p.raw++
		p.advance(1)
		if p.raw == maxRun {
			p.flush()
		}
		return
	}
	p.flush()
	p.out = append(p.out, p.text[p.at])
	p.advance(1)
}

// flush writes the bytes that need a token to stand as they are.
func (p *packer) flush() {
	if p.raw > 0 {
		p.out = append(append(p.out, tokenBytes, byte(p.raw)), p.text[p.at-p.raw:p.at]...)
		p.raw = 0
	}
}

// advance goes on in the text, and notes what stands where.
func (p *packer) advance(n int) {
	for range n {
		if rest := p.text[p.at:]; len(rest) >= leastMatch {
			p.seen[slot(rest)] = p.base + int32(p.at) //nolint:gosec // a value has at most MaxBody bytes
		}
		p.at++
	}
}

func slot(four []byte) uint32 { return binary.LittleEndian.Uint32(four) * 2654435761 >> 20 }

func (p *packer) word() token {
	n, ok := wordsBy.longest(p.text[p.at:])
	switch {
	case !ok:
		return token{}
	case n < shortWords:
		return tokenOf(len(words[n]), byte(firstShort+n))
	default:
		return tokenOf(len(words[n]), byte(tokenWord+(n-shortWords)>>8), byte(n-shortWords))
	}
}

func (p *packer) digest() token {
	rest := p.text[p.at:]
	if len(rest) < hexDigits || !isHex(rest[0]) || p.at > 0 && isHex(p.text[p.at-1]) {
		return token{}
	}
	for _, b := range rest[:hexDigits] {
		if !isHex(b) {
			return token{}
		}
	}
	t := tokenOf(hexDigits, tokenHex)
	n, _ := hex.Decode(t.code[1:], rest[:hexDigits])
	t.size += n
	return t
}

func isHex(b byte) bool { return '0' <= b && b <= '9' || 'a' <= b && b <= 'f' }

func (p *packer) moment() token {
	rest := p.text[p.at:]
	if len(rest) < len(timeSeconds) || rest[4] != '-' || rest[10] != 'T' {
		return token{}
	}
	end := bytes.IndexByte(rest[:min(len(rest), len(timeMillis))], 'Z')
	if end < len(timeSeconds)-1 {
		return token{}
	}
	text := string(rest[:end+1])
	at, err := time.Parse(time.RFC3339Nano, text)
	ms := at.UnixMilli()
	if err != nil || ms < 0 || ms >= 1<<48 {
		return token{}
	}
	for _, kind := range []byte{tokenTime, tokenTimeMillis} {
		if momentText(kind, ms) == text {
			return tokenOf(len(text), kind, byte(ms>>40), byte(ms>>32), byte(ms>>24), byte(ms>>16), byte(ms>>8), byte(ms))
		}
	}
	return token{}
}

func momentText(kind byte, ms int64) string {
	at := time.UnixMilli(ms).UTC()
	if kind == tokenTime {
		return at.Format(time.RFC3339Nano)
	}
	return at.Format(timeMillis)
}

func (p *packer) digits() token {
	rest := p.text[p.at:]
	if p.at > 0 && isDigit(p.text[p.at-1]) {
		return token{}
	}
	n := 0
	for n < min(len(rest), mostRun) && isDigit(rest[n]) {
		n++
	}
	if n < leastRun {
		return token{}
	}
	t := tokenOf(n, tokenDigits, byte(n))
	for i := 0; i < n; i += 2 {
		low := byte(0xF)
		if i+1 < n {
			low = rest[i+1] - '0'
		}
		t.code[t.size] = (rest[i]-'0')<<4 | low
		t.size++
	}
	return t
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

// before finds where the same stood last.
func (p *packer) before() token {
	rest := p.text[p.at:]
	if len(rest) < leastMatch {
		return token{}
	}
	from := int(p.seen[slot(rest)] - p.base)
	distance := p.at - from
	if from < 0 || distance > maxFar {
		return token{}
	}
	n := 0
	for n < min(len(rest), maxRun) && p.text[from+n] == rest[n] {
		n++
	}
	if n < leastBack { // a word that begins within it would save more
		return token{}
	}
	if distance <= maxRun {
		return tokenOf(n, tokenNear, byte(distance), byte(n))
	}
	return tokenOf(n, tokenFar, byte(distance>>8), byte(distance), byte(n))
}

// errPacked says that a value is no text that [Pack] has written.
var errPacked = errors.New("the value is not packed as it should be")

// Unpack returns the text of a value as it stands on the ledger, packed or not, of
// at most limit bytes. The error says what is wrong with it.
func Unpack(value []byte, limit int) ([]byte, error) {
	if len(value) == 0 || value[0] >= firstPlain {
		return value, nil
	}
	if value[0] != packedOne {
		return nil, fmt.Errorf("%w: form %d is unknown", errPacked, value[0])
	}
	text := make([]byte, 0, min(limit, 4*len(value)))
	for rest := value[1:]; len(rest) > 0; {
		var err error
		if text, rest, err = unpackOne(text, rest); err != nil {
			return nil, err
		}
		if len(text) > limit {
			return nil, fmt.Errorf("%w: it has more than %d bytes", errPacked, limit)
		}
	}
	return text, nil
}

// unpack is Unpack of what a key holds; nil stays nil.
func unpack(key Key, value []byte) ([]byte, error) {
	text, err := Unpack(value, MaxBody)
	if err != nil {
		return nil, fault.New(fault.Internal, "the record under %s cannot be read: %w", key, err)
	}
	return text, nil
}

func unpackAll(entries []Entry) (err error) {
	for i := range entries {
		if entries[i].Value, err = unpack(entries[i].Key, entries[i].Value); err != nil {
			return err
		}
	}
	return nil
}

// argument is how many bytes follow each token below tokenWord, those that their
// count tells not included.
var argument = [tokenWord]int{tokenBytes: 1, tokenHex: 32, tokenTime: 6, tokenTimeMillis: 6, tokenDigits: 1, tokenFar: 3, tokenNear: 2}

// unpackOne appends the text of the first token.
func unpackOne(text, rest []byte) (longer, left []byte, err error) {
	kind := rest[0]
	rest = rest[1:]
	switch {
	case kind >= firstShort:
		return unpackWord(text, rest, int(kind)-firstShort)
	case kind >= firstPlain:
		return append(text, kind), rest, nil
	case kind >= tokenWord:
		if len(rest) == 0 {
			return nil, nil, errPacked
		}
		return unpackWord(text, rest[1:], shortWords+int(kind-tokenWord)<<8+int(rest[0]))
	}
	n := argument[kind]
	if len(rest) < n {
		return nil, nil, errPacked
	}
	given, rest := rest[:n], rest[n:]
	switch kind {
	case tokenHex:
		return hex.AppendEncode(text, given), rest, nil
	case tokenTime, tokenTimeMillis:
		ms := binary.BigEndian.Uint64(append([]byte{0, 0}, given...))
		return append(text, momentText(kind, int64(ms))...), rest, nil //nolint:gosec // 48 bits
	case tokenFar, tokenNear:
		text, err = unpackBefore(text, given)
		return text, rest, err
	}
	count := int(given[0])
	if kind == tokenDigits {
		return unpackDigits(text, rest, count)
	}
	if len(rest) < count {
		return nil, nil, errPacked
	}
	return append(text, rest[:count]...), rest[count:], nil
}

func unpackWord(text, rest []byte, n int) (longer, left []byte, err error) {
	if n >= len(words) {
		return nil, nil, fmt.Errorf("%w: there is no word %d", errPacked, n)
	}
	return append(text, words[n]...), rest, nil
}

func unpackBefore(text, given []byte) ([]byte, error) {
	distance, n := int(given[0]), int(given[len(given)-1])
	if len(given) == argument[tokenFar] {
		distance = distance<<8 + int(given[1])
	}
	if distance == 0 || distance > len(text) {
		return nil, errPacked
	}
	for range n { // byte by byte: it may reach into what it writes
		text = append(text, text[len(text)-distance])
	}
	return text, nil
}

func unpackDigits(text, rest []byte, n int) (longer, left []byte, err error) {
	size := (n + 1) / 2
	if len(rest) < size {
		return nil, nil, errPacked
	}
	for i := range n {
		digit := rest[i/2] >> 4
		if i%2 == 1 {
			digit = rest[i/2] & 0xF
		}
		if digit > 9 {
			return nil, nil, errPacked
		}
		text = append(text, '0'+digit)
	}
	return text, rest[size:], nil
}
