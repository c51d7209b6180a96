package client_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/client"
)

func openFile(t *testing.T, path string) *client.CheckpointFile {
	t.Helper()
	file, err := client.OpenCheckpointFile(path)
	require.NoError(t, err)
	t.Cleanup(func() { _ = file.Close() })
	return file
}

func TestAHandlerSeesAllAndGoesOnWhereItWas(t *testing.T) {
	_, follower := crowded(t)
	want := places(all(t, follower.Follow(client.UntilNow())))
	store := openFile(t, filepath.Join(t.TempDir(), "checkpoint"))
	var seen []client.Item
	broken := errors.New("the handler broke")
	for run := 0; ; run++ {
		require.Less(t, run, 100)
		handled := 0
		err := client.Process(t.Context(), follower.Follow(client.UntilNow()), store, func(_ context.Context, item client.Item) error {
			if handled == 3 {
				return broken
			}
			handled++
			seen = append(seen, item)
			return nil
		})
		if err == nil {
			break
		}
		var failed *client.HandlerError
		require.ErrorAs(t, err, &failed)
		require.ErrorIs(t, err, broken)
		require.NotEmpty(t, failed.Transaction)
	}
	require.Equal(t, want, places(seen), "an item on which the handler failed comes again, no other does")
}

func TestACrashBetweenHandlerAndCheckpointRepeatsOneItem(t *testing.T) {
	_, follower := crowded(t)
	want := places(all(t, follower.Follow(client.UntilNow())))
	store := &memoryStore{}
	crash := errors.New("crash")
	var seen []client.Item
	run := func(until int) error {
		return client.Process(t.Context(), follower.Follow(client.UntilNow()), store, func(_ context.Context, item client.Item) error {
			if seen = append(seen, item); len(seen) == until {
				store.fail = crash
			}
			return nil
		})
	}
	require.ErrorIs(t, run(4), crash)
	store.fail = nil
	require.NoError(t, run(-1))
	require.Equal(t, append(want[:4:4], want[3:]...), places(seen))
}

func TestEmptyBlocksMoveTheCheckpoint(t *testing.T) {
	c, follower := crowded(t)
	for range 250 {
		c.Ledger().Commit()
	}
	store := &memoryStore{}
	saves := 0
	store.saved = func(client.Checkpoint) { saves++ }
	recalls := 0
	require.NoError(t, client.Process(t.Context(), follower.FollowRecalls(client.UntilNow()), store, func(context.Context, client.Followed[*product.RecallChange]) error {
		recalls++
		return nil
	}))
	require.Zero(t, recalls)
	require.Greater(t, store.at.Block+100, c.Ledger().Height())
	require.LessOrEqual(t, saves, 4, "and are not worth a write each")
}

func TestACheckpointFileIsLockedWhileItIsOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "checkpoint")
	first := openFile(t, path)
	_, err := client.OpenCheckpointFile(path)
	require.ErrorIs(t, err, client.ErrCheckpointInUse)
	require.NoError(t, first.Close())
	openFile(t, path)
}

func TestADamagedCheckpointFileIsNeverTakenForNone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "checkpoint")
	file := openFile(t, path)
	none, err := file.Load(t.Context())
	require.NoError(t, err)
	require.Nil(t, none)
	_, follower := crowded(t)
	at := all(t, follower.Follow(client.UntilNow()))[3].Checkpoint
	require.NoError(t, file.Save(t.Context(), at))
	good, err := os.ReadFile(path)
	require.NoError(t, err)
	damaged := func(name string, text []byte) {
		require.NoError(t, os.WriteFile(path, text, 0o600))
		read, err := file.Load(t.Context())
		if err == nil {
			require.NotNil(t, read, name)
			require.Equal(t, at, *read, name)
			return
		}
		var bad *client.CheckpointError
		require.ErrorAs(t, err, &bad, name)
		require.Equal(t, path, bad.Where)
		require.Error(t, client.Process(t.Context(), follower.Follow(client.UntilNow()), file, func(context.Context, client.Item) error {
			t.Fatal("it began anew")
			return nil
		}))
	}
	for i := range good {
		for _, bit := range []byte{1, 0x20, 0x80} {
			flipped := append([]byte{}, good...)
			flipped[i] ^= bit
			damaged("flipped", flipped)
		}
		damaged("cut", good[:i])
	}
	damaged("twice", append(good[:len(good):len(good)], good...))
	damaged("long", make([]byte, 5000))
	require.NoError(t, os.WriteFile(path, good, 0o600))
	require.NoError(t, os.WriteFile(path+".new", []byte("what a crash left"), 0o600))
	read, err := file.Load(t.Context())
	require.NoError(t, err)
	require.Equal(t, at, *read)
	require.NoError(t, file.Save(t.Context(), at))
}

func TestCheckpointsAreReadAsTheyWereWritten(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		bytes := func(name string, n int) []byte { return rapid.SliceOfN(rapid.Byte(), n, n).Draw(r, name) }
		at := client.Checkpoint{Block: rapid.Uint64Range(1, 1<<60).Draw(r, "block")}
		switch rapid.IntRange(0, 2).Draw(r, "known") {
		case 1:
			at.Last = client.Header{Number: at.Block - 1, Previous: bytes("previous", 32), Data: bytes("data", 32)}
		case 2:
			at.Transaction, at.Write = rapid.Uint64().Draw(r, "transaction"), rapid.Uint64().Draw(r, "write")
			at.Last = client.Header{Number: at.Block, Previous: bytes("previous", 32), Data: bytes("data", 32)}
		}
		text, err := at.MarshalJSON()
		require.NoError(r, err)
		var read client.Checkpoint
		require.NoError(r, read.UnmarshalJSON(text))
		require.Equal(r, at, read)
	})
	for _, wrong := range []string{
		``, `{}`, `null`, `{"v":2,"block":1}`, `{"v":1,"block":1,"more":1}`, `{"v":1,"block":-1}`, `{"v":1,"block":1,"write":1}`,
		`{"v":1,"block":3,"last":{"number":1,"previous":"","data":""}}`, `{"v":1,"block":3,"last":{"number":1,"previous":"","data":"00"}}`,
		`{"v":1,"block":3,"last":{"number":2,"previous":"","data":"00"}}`, `{"v":1,"block":3,"last":{"number":2,"previous":"zz","data":"00"}}`,
	} {
		require.Error(t, new(client.Checkpoint).UnmarshalJSON([]byte(wrong)), wrong)
	}
}

func TestAnObserverSeesHowFarAStreamIs(t *testing.T) {
	c, _ := crowded(t)
	watching := &eventLog{}
	follower := c.Client(t, "retailer", "operator", client.WithObserver(watching))
	store := &memoryStore{}
	broken := errors.New("broken")
	handled := 0
	require.ErrorIs(t, client.Process(t.Context(), follower.FollowEvents(client.UntilNow()), store, func(context.Context, client.Followed[*product.RecordedEvent]) error {
		if handled++; handled == 10 {
			return broken
		}
		return nil
	}), broken)
	last, items, failed := uint64(0), 0, 0
	for _, e := range watching.events {
		if e.Kind != client.StreamDelivered {
			continue
		}
		require.Equal(t, "events", e.Name)
		require.GreaterOrEqual(t, e.Block, last)
		require.Equal(t, c.Ledger().Height()-1-e.Block, e.Lag)
		last = e.Block
		if e.Code == client.CodeOK {
			items += e.Size
		} else {
			failed += e.Size
		}
	}
	require.Equal(t, 9, items)
	require.Equal(t, 1, failed)
}
