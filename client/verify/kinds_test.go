package verify_test

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/client/evidence"
	"github.com/countersign-ledger/countersign/client/verify"
)

func sortReads(claim *clienttest.Claim) {
	slices.SortFunc(claim.Results.Reads, func(a, b memledger.Read) int { return strings.Compare(string(a.Key), string(b.Key)) })
}

func TestEachKindIsVerifiedFromItsFileAndSaysWhatItShows(t *testing.T) {
	t.Parallel()
	v := verifier(t, consortium(t).Roots())
	reports := map[string]*verify.Report{}
	for name, e := range everyKind(t) {
		file, err := e.Encode()
		require.NoError(t, err)
		read, err := evidence.Decode(file)
		require.NoError(t, err)
		require.Equal(t, e, read)
		reports[name] = v.Verify(read, twoOf3, later)
		require.True(t, reports[name].Verified(), "%s: %s", name, reports[name])
		require.Equal(t, e.Kind(), reports[name].Kind)
		require.Empty(t, verify.Content(read).Failures())
		require.False(t, verify.Content(read).Verified(), "nothing was asked of the endorsers")
		t.Logf("%-10s %6d bytes", name, len(file))
	}
	require.Equal(t, &verify.Page{Entries: 51, End: verify.EndReached}, reports["list"].Page)
	require.Equal(t, []verify.Reading{
		{Time: asked.Add(-230 * time.Minute), Value: 57}, {Time: asked.Add(-229 * time.Minute), Value: 58}, {Time: asked.Add(-228 * time.Minute), Value: 50},
	}, reports["readings"].Readings.Readings)
	require.Len(t, reports["events"].Events, 2)
	require.Equal(t, "CarrierMSP", reports["events"].Events[0].RecordedBy)
	require.NotEmpty(t, reports["events"].Events[1].Declaration)
	require.Equal(t, &verify.Contained{Object: objectPath, Container: palletPath, Through: []string{cartonPath}, Epoch: 2, First: 5}, reports["contained"].Contained)
}

// flips are what is done to each byte of a file.
var flips = []byte{1, 0x20, 0x80}

func TestNoByteOfAFileCanBeFlipped(t *testing.T) {
	for name, original := range everyKind(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := verifier(t, consortium(t).Roots())
			one := verify.Policy{Required: 1, Of: twoOf3.Of} // one signature is checked sooner than two
			original.Attested().Endorsements = original.Attested().Endorsements[:1]
			file, err := original.Encode()
			require.NoError(t, err)
			require.True(t, v.Verify(original, one, later).Verified())
			refused := map[verify.Name]int{}
			for i := range file {
				flipped := slices.Clone(file)
				flipped[i] ^= flips[i%len(flips)]
				e, err := evidence.Decode(flipped)
				if err != nil {
					refused["decode"]++
					continue
				}
				report := v.Verify(e, one, later)
				if report.Verified() {
					require.Equal(t, original, e, "byte %d flipped from %q to %q, and it still verifies", i, file[i], flipped[i])
					continue
				}
				refused[report.Failures()[0].Name]++
			}
			t.Logf("%d bytes flipped; first refused by: %v", len(file), refused)
		})
	}
}

func FuzzAChangedFileOfAnyKindNeverVerifies(f *testing.F) {
	kinds := everyKind(f)
	names := slices.Sorted(maps.Keys(kinds))
	files := map[string][]byte{}
	for i, name := range names {
		file, err := kinds[name].Encode()
		require.NoError(f, err)
		files[name] = file
		f.Add(i, 200, byte(1), 0, "")
		f.Add(i, len(file)-1, byte(8), 300, "[]")
		f.Add(i, 0, byte(0), len(file)/3, string(file[len(file)/3:len(file)/3+40]))
	}
	v := verifier(f, consortium(f).Roots())
	f.Fuzz(func(t *testing.T, kind, at int, flip byte, cut int, insert string) {
		name := names[uint(kind)%uint(len(names))]
		changed := slices.Clone(files[name])
		if at >= 0 && at < len(changed) {
			changed[at] ^= flip
		}
		if cut > 0 && cut < len(changed) {
			changed = slices.Concat(changed[:cut], []byte(insert), changed[min(len(changed), cut+int(flip)):])
		}
		e, err := evidence.Decode(changed)
		if err != nil || reflect.DeepEqual(e, kinds[name]) {
			return
		}
		require.False(t, v.Verify(e, twoOf3, later).Verified(), name)
	})
}

// A change to evidence, and the check that must fail.
type change[E any] struct {
	change func(E)
	check  verify.Name
}

// broken holds each change of a kind against its check.
func broken[E evidence.Evidence](t *testing.T, make func() E, changes map[string]change[E]) {
	t.Helper()
	v := verifier(t, consortium(t).Roots())
	for name, c := range changes {
		e := make()
		require.True(t, v.Verify(e, twoOf3, later).Verified(), name)
		c.change(e)
		report := v.Verify(e, twoOf3, later)
		if report.Verified() || !slices.ContainsFunc(report.Failures(), func(f verify.Check) bool { return f.Name == c.check }) {
			t.Errorf("%s: %s did not fail:\n%s", name, c.check, report)
		}
	}
}

func TestReadingsThatDoNotBelongFailAtTheirCheck(t *testing.T) {
	t.Parallel()
	recording := aRecording(t, 1, 50)
	part := func(from, to int) []byte {
		proof, err := recording.Prove(from, to)
		require.NoError(t, err)
		text, err := proof.MarshalBinary()
		require.NoError(t, err)
		return text
	}
	other, second := shownReadings(t, aRecording(t, 1, 51), 70, 73), shownReadings(t, aRecording(t, 2, 50), 70, 73)
	history, bodies := historyClaim(t)
	broken(t, func() *evidence.Readings { return shownReadings(t, recording, 70, 73) }, map[string]change[*evidence.Readings]{
		"none":                         {func(e *evidence.Readings) { e.Proof = nil }, verify.CheckFormat},
		"cut short":                    {func(e *evidence.Readings) { e.Proof = e.Proof[:len(e.Proof)-1] }, verify.CheckReadings},
		"longer":                       {func(e *evidence.Readings) { e.Proof = append(e.Proof, 0) }, verify.CheckFormat},
		"twice":                        {func(e *evidence.Readings) { e.Proof = slices.Repeat(e.Proof, 2) }, verify.CheckFormat},
		"of another recording":         {func(e *evidence.Readings) { e.Proof = other.Proof }, verify.CheckReadings},
		"of another number":            {func(e *evidence.Readings) { e.Proof = second.Proof }, verify.CheckReadings},
		"the statement of another":     {func(e *evidence.Readings) { e.Statement = second.Statement }, verify.CheckReadings},
		"the statement of something":   {func(e *evidence.Readings) { e.Statement = shownEvents(t, history, bodies, 1).Statement }, verify.CheckRecording},
		"no statement":                 {func(e *evidence.Readings) { e.Statement = nil }, verify.CheckFormat},
		"the run said to be elsewhere": {func(e *evidence.Readings) { e.Proof = bytesReplaced(t, part(70, 73), 70, 71) }, verify.CheckReadings},
	})
	v := verifier(t, consortium(t).Roots())
	claim := recordingClaim(t, recording)
	claim.Request = strings.Replace(claim.Request, `"sequence":1`, `"sequence":2`, 1)
	shown := shownReadings(t, recording, 70, 73)
	shown.Statement = stateOf(t, claim)
	failedAt(t, v.Verify(shown, twoOf3, later), verify.CheckRecording)
}

// bytesReplaced writes the first byte that follows 0x18, which announces a number
// below 256 in CBOR, and is the given one, as another.
func bytesReplaced(t *testing.T, text []byte, from, to byte) []byte {
	at := strings.Index(string(text), string([]byte{0x18, from}))
	require.Positive(t, at)
	text[at+1] = to
	text[at+1] = to
	return append(text[:len(text)-1], text[len(text)-1]^1)
}

func TestEventsThatDoNotBelongFailAtTheirCheck(t *testing.T) {
	t.Parallel()
	claim, bodies := historyClaim(t)
	text := func(e *evidence.Events, at int, from, to string) {
		require.Contains(t, e.Shown[at].Text, from)
		e.Shown[at].Text = strings.Replace(e.Shown[at].Text, from, to, 1)
	}
	broken(t, func() *evidence.Events { return shownEvents(t, claim, bodies, 1, 3) }, map[string]change[*evidence.Events]{
		"none":                          {func(e *evidence.Events) { e.Shown = nil }, verify.CheckBodies},
		"reordered":                     {func(e *evidence.Events) { slices.Reverse(e.Shown) }, verify.CheckBodies},
		"twice":                         {func(e *evidence.Events) { e.Shown[1] = e.Shown[0] }, verify.CheckBodies},
		"of number 0":                   {func(e *evidence.Events) { e.Shown[0].Number = 0 }, verify.CheckBodies},
		"without a text":                {func(e *evidence.Events) { e.Shown[0].Text = "" }, verify.CheckBodies},
		"of a number not in the answer": {func(e *evidence.Events) { e.Shown[1].Number = 4 }, verify.CheckBody},
		"of another number":             {func(e *evidence.Events) { e.Shown[1].Number = 2 }, verify.CheckBody},
		"texts swapped":                 {func(e *evidence.Events) { e.Shown[0].Text, e.Shown[1].Text = e.Shown[1].Text, e.Shown[0].Text }, verify.CheckBody},
		"of another step":               {func(e *evidence.Events) { text(e, 0, "inspecting", "storing") }, verify.CheckBody},
		"of another time":               {func(e *evidence.Events) { text(e, 0, "T08:00", "T07:00") }, verify.CheckBody},
		"about another object":          {func(e *evidence.Events) { text(e, 0, "21/V1", "21/V2") }, verify.CheckBody},
		"longer":                        {func(e *evidence.Events) { e.Shown[0].Text += " " }, verify.CheckBody},
		"without its declaration":       {func(e *evidence.Events) { e.Shown[1].Declaration = nil }, verify.CheckBody},
		"with another reason":           {func(e *evidence.Events) { e.Shown[1].Declaration[1] = "did_not_occur" }, verify.CheckBody},
		"declared at another time":      {func(e *evidence.Events) { e.Shown[1].Declaration[0] = "2026-03-01T09:00:00.001Z" }, verify.CheckBody},
		"with parts swapped":            {func(e *evidence.Events) { slices.Reverse(e.Shown[1].Declaration) }, verify.CheckBody},
		"with a part more":              {func(e *evidence.Events) { e.Shown[1].Declaration = append(e.Shown[1].Declaration, "") }, verify.CheckBody},
		"with a part less":              {func(e *evidence.Events) { e.Shown[1].Declaration = e.Shown[1].Declaration[:2] }, verify.CheckBodies},
		"with a declaration made up":    {func(e *evidence.Events) { e.Shown[0].Declaration = e.Shown[1].Declaration }, verify.CheckBody},
		"with a statement of a twin":    {func(e *evidence.Events) { e.Statement = stateOf(t, insideClaim(t)) }, verify.CheckHistory},
		"with a statement of nothing":   {func(e *evidence.Events) { e.Statement = nil }, verify.CheckFormat},
	})
}

// A history is numbered densely: what endorsers sign of one can leave nothing out.
func TestAHistoryThatLeavesSomethingOutFails(t *testing.T) {
	t.Parallel()
	v := verifier(t, consortium(t).Roots())
	for name, change := range map[string]func(*clienttest.Claim){
		"an entry": func(c *clienttest.Claim) { c.Result = without(t, c.Result, "entries", 1) },
		"the last": func(c *clienttest.Claim) { c.Result = without(t, c.Result, "entries", 2) },
		"the last, and says so": func(c *clienttest.Claim) {
			c.Result = strings.Replace(without(t, c.Result, "entries", 2), `"events":3`, `"events":2,"next":3`, 1)
		},
		"what was not read":        func(c *clienttest.Claim) { c.Results.Reads = slices.DeleteFunc(c.Results.Reads, isKey("history")) },
		"the events":               func(c *clienttest.Claim) { c.Results.Reads = slices.DeleteFunc(c.Results.Reads, isKey("event")) },
		"another object":           func(c *clienttest.Claim) { c.Request = strings.Replace(c.Request, "V1", "V2", 1) },
		"less than was asked for":  func(c *clienttest.Claim) { c.Request = strings.Replace(c.Request, `"}`, `","size":2}`, 1) },
		"the beginning, asked for": func(c *clienttest.Claim) { c.Request = strings.Replace(c.Request, `"}`, `","from":2}`, 1) },
		"a next stretch, though none": func(c *clienttest.Claim) {
			c.Result = strings.Replace(c.Result, `"events":3`, `"events":3,"next":4`, 1)
		},
	} {
		claim, _ := historyClaim(t)
		change(&claim)
		report := v.Verify(stateOf(t, claim), twoOf3, later)
		if report.Verified() || !slices.ContainsFunc(report.Failures(), func(f verify.Check) bool { return f.Name == verify.CheckReads || f.Name == verify.CheckResult }) {
			t.Errorf("%s: it verifies:\n%s", name, report)
		}
	}
}

func isKey(kind string) func(memledger.Read) bool {
	return func(r memledger.Read) bool {
		of, _ := r.Key.Parts()
		return of == kind
	}
}

// without leaves an element out of a list in an answer.
func without(t *testing.T, text, list string, at int) string {
	var result map[string]json.RawMessage
	require.NoError(t, json.Unmarshal([]byte(text), &result))
	var elements []json.RawMessage
	require.NoError(t, json.Unmarshal(result[list], &elements))
	left, err := json.Marshal(slices.Delete(elements, at, at+1))
	require.NoError(t, err)
	return strings.Replace(text, string(result[list]), string(left), 1)
}

func TestAContainerThatItWasNotInFails(t *testing.T) {
	t.Parallel()
	broken(t, func() *evidence.Contained { return shownInside(t, insideClaim(t), cartonPath) }, map[string]change[*evidence.Contained]{
		"another":        {func(e *evidence.Contained) { e.Container = "/00/195060000000000036" }, verify.CheckContainer},
		"itself":         {func(e *evidence.Contained) { e.Container = objectPath }, verify.CheckContainer},
		"none":           {func(e *evidence.Contained) { e.Container = "" }, verify.CheckFormat},
		"in other words": {func(e *evidence.Contained) { e.Container = "https://id.gs1.org" + cartonPath }, verify.CheckContainer},
		"by a statement of a recording": {func(e *evidence.Contained) {
			e.Statement = stateOf(t, recordingClaim(t, aRecording(t, 1, 50)))
		}, verify.CheckContainer},
		"by no statement": {func(e *evidence.Contained) { e.Statement = nil }, verify.CheckFormat},
	})
	v := verifier(t, consortium(t).Roots())
	for name, change := range map[string]func(*clienttest.Claim){
		"in none any more": func(c *clienttest.Claim) {
			c.Result = strings.Replace(c.Result, `"in":{"container"`, `"in":null,"was":{"container"`, 1)
		},
		"another object":              func(c *clienttest.Claim) { c.Request = strings.Replace(c.Request, "V1", "V2", 1) },
		"a container that was absent": func(c *clienttest.Claim) { c.Results.Reads = c.Results.Reads[2:] },
	} {
		claim := insideClaim(t)
		change(&claim)
		require.False(t, v.Verify(shownInside(t, claim, cartonPath), twoOf3, later).Verified(), name)
	}
}

func TestAListThatIsNotWhatWasReadFailsAtItsRanges(t *testing.T) {
	t.Parallel()
	broken(t, func() *evidence.Statement { return listStatement(t) }, map[string]change[*evidence.Statement]{
		"keys not listed":      {func(s *evidence.Statement) { s.Listed = nil }, verify.CheckRanges},
		"an empty list":        {func(s *evidence.Statement) { s.Listed = [][]evidence.Entry{{}} }, verify.CheckFormat},
		"a key left out":       {func(s *evidence.Statement) { s.Listed[0] = slices.Delete(s.Listed[0], 5, 6) }, verify.CheckRanges},
		"a key twice":          {func(s *evidence.Statement) { s.Listed[0] = slices.Insert(s.Listed[0], 5, s.Listed[0][5]) }, verify.CheckRanges},
		"keys reordered":       {func(s *evidence.Statement) { slices.Reverse(s.Listed[0]) }, verify.CheckRanges},
		"a key in other words": {func(s *evidence.Statement) { s.Listed[0][3].Key += "x" }, verify.CheckRanges},
		"another version":      {func(s *evidence.Statement) { s.Listed[0][3].Version.Block++ }, verify.CheckRanges},
		"a list too many":      {func(s *evidence.Statement) { s.Listed = append(s.Listed, s.Listed[0]) }, verify.CheckRanges},
		"the keys of few":      {func(s *evidence.Statement) { s.Listed[0] = s.Listed[0][:40] }, verify.CheckRanges},
		"the result of another": {func(s *evidence.Statement) {
			s.Result = json.RawMessage(without(t, string(s.Result), "organisations", 4))
		}, verify.CheckResult},
	})
	v := verifier(t, consortium(t).Roots())
	prefix := ledger.NewKey("organisation")
	for name, change := range map[string]func(*clienttest.Claim, *memledger.RangeRead){
		"one left out of the answer": func(c *clienttest.Claim, _ *memledger.RangeRead) { c.Result = without(t, c.Result, "organisations", 4) },
		"the last left out":          func(c *clienttest.Claim, _ *memledger.RangeRead) { c.Result = without(t, c.Result, "organisations", 9) },
		"one invented":               func(_ *clienttest.Claim, r *memledger.RangeRead) { r.Reads = slices.Delete(r.Reads, 3, 4) },
		"another in its place": func(c *clienttest.Claim, _ *memledger.RangeRead) {
			c.Result = strings.Replace(c.Result, "Member004", "Nember004", 1)
		},
		"no range":                      func(c *clienttest.Claim, _ *memledger.RangeRead) { c.Results.Ranges = nil },
		"a range of something else":     func(_ *clienttest.Claim, r *memledger.RangeRead) { r.Prefix = ledger.NewKey("organisations") },
		"a range that begins behind":    func(_ *clienttest.Claim, r *memledger.RangeRead) { r.Start = prefix + "M" },
		"a range that begins before":    func(_ *clienttest.Claim, r *memledger.RangeRead) { r.Start = "\x00organisatio" },
		"a bookmark that was not given": func(_ *clienttest.Claim, r *memledger.RangeRead) { r.Start = r.Reads[0].Key },
		"a bookmark that was not used": func(c *clienttest.Claim, _ *memledger.RangeRead) {
			c.Request = `{"size":10,"bookmark":"\u0000organisation\u0000A\u0000"}`
		},
		"a bookmark of something else": func(c *clienttest.Claim, _ *memledger.RangeRead) {
			c.Request = `{"size":10,"bookmark":"\u0000other\u0000"}`
		},
		"not read to the end":      func(_ *clienttest.Claim, r *memledger.RangeRead) { r.Last = r.Reads[9].Key; r.Reads = r.Reads[:9] },
		"more than were asked for": func(c *clienttest.Claim, _ *memledger.RangeRead) { c.Request = `{"size":9}` },
		"a page that is not full":  func(c *clienttest.Claim, r *memledger.RangeRead) { r.Last = r.Reads[9].Key; c.Request = `{"size":11}` },
		"a bookmark though it is whole": func(c *clienttest.Claim, _ *memledger.RangeRead) {
			c.Result = marked(c.Result, "\\u0000organisation\\u0000X\\u0000")
		},
		"a bookmark into the page": func(c *clienttest.Claim, r *memledger.RangeRead) {
			r.Last = r.Reads[9].Key
			c.Result = marked(c.Result, "\\u0000organisation\\u0000A\\u0000")
		},
		"a bookmark into something else": func(c *clienttest.Claim, r *memledger.RangeRead) {
			r.Last = r.Reads[9].Key
			c.Result = marked(c.Result, "\\u0000zoo\\u0000X\\u0000")
		},
		"keys out of order": func(_ *clienttest.Claim, r *memledger.RangeRead) { slices.Reverse(r.Reads) },
	} {
		claim := shortList(t)
		require.True(t, v.Verify(stateOf(t, claim), twoOf3, later).Verified())
		change(&claim, &claim.Results.Ranges[0])
		failedAt(t, v.Verify(stateOf(t, claim), twoOf3, later), verify.CheckRanges)
		_ = name
	}
}

func marked(result, bookmark string) string {
	return strings.TrimSuffix(result, "}") + `,"bookmark":"` + bookmark + `"}`
}

// shortList is the first ten of the long one, with their keys written out.
func shortList(t *testing.T) clienttest.Claim {
	claim, _ := longList(t)
	for range 41 {
		claim.Result = without(t, claim.Result, "organisations", 10)
	}
	claim.Request = `{"size":10}`
	claim.Results.Ranges[0].Reads = slices.Clone(claim.Results.Ranges[0].Reads[:10])
	return claim
}

func TestAPageSaysWhichPartOfTheListItIs(t *testing.T) {
	t.Parallel()
	v := verifier(t, consortium(t).Roots())
	for name, test := range map[string]struct {
		change func(*clienttest.Claim, *memledger.RangeRead)
		page   verify.Page
		says   string
	}{
		"whole": {func(*clienttest.Claim, *memledger.RangeRead) {}, verify.Page{Entries: 10, End: verify.EndReached}, "the whole list"},
		"full":  {func(_ *clienttest.Claim, r *memledger.RangeRead) { r.Last = r.Reads[9].Key }, verify.Page{Entries: 10, End: verify.EndFull}, "endorsers' word"},
		"more follows": {func(c *clienttest.Claim, r *memledger.RangeRead) {
			r.Last = r.Reads[9].Key
			c.Result = marked(c.Result, "\\u0000organisation\\u0000X\\u0000")
		}, verify.Page{Entries: 10, End: verify.EndMore}, "more follows"},
		"from a bookmark": {func(c *clienttest.Claim, r *memledger.RangeRead) {
			r.Start = r.Reads[0].Key
			c.Request = `{"size":11,"bookmark":"\u0000organisation\u0000Member000MSP\u0000"}`
		}, verify.Page{Entries: 10, FromBookmark: true, End: verify.EndReached}, "BEGINS AT A BOOKMARK"},
	} {
		claim := shortList(t)
		test.change(&claim, &claim.Results.Ranges[0])
		report := v.Verify(stateOf(t, claim), twoOf3, later)
		require.True(t, report.Verified(), "%s: %s", name, report)
		require.Equal(t, &test.page, report.Page, name)
		require.Contains(t, report.String(), test.says)
	}
}

// A list that neither the tables nor their exceptions know would be believed as it is.
func TestEveryFunctionThatPagesIsHeldAgainstItsRange(t *testing.T) {
	t.Parallel()
	for _, f := range api.Functions() {
		_, pages := fieldNamed(f, "Bookmark")
		trace := f == api.TraceBack.Function || f == api.TraceForward.Function // what it reads next, it has found
		if f.Kind == api.Query {
			require.Equal(t, pages && !trace, verify.Lists(f.FullName()), f.FullName())
		}
	}
}

func fieldNamed(f *api.Function, name string) (reflect.StructField, bool) {
	return f.Response().FieldByName(name)
}
