package observe

import (
	"context"
	"log/slog"
	"time"

	"github.com/countersign-ledger/countersign/client"
)

var _ client.Observer = (*logs)(nil)

// Log returns an observer that writes log lines: at debug level what succeeded and
// each stage of a call, at info level what is worth knowing of gateways, streams and
// retries, at warn level calls that failed, and gateways and streams that were lost.
// A nil logger is [slog.Default].
func Log(logger *slog.Logger) client.Observer {
	if logger == nil {
		logger = slog.Default()
	}
	return &logs{logger}
}

type logs struct{ to *slog.Logger }

// Begin implements [client.Observer].
func (l *logs) Begin(ctx context.Context, step client.Step) (context.Context, func(client.Outcome)) {
	if !l.to.Enabled(ctx, slog.LevelWarn) {
		return ctx, nil
	}
	begun := time.Now()
	return ctx, func(how client.Outcome) {
		level, text := levelOf(step, how)
		if !l.to.Enabled(ctx, level) {
			return
		}
		line := make([]slog.Attr, 0, 10)
		line = append(line,
			slog.String("function", step.Function), slog.String("stage", string(step.Stage)), slog.String("code", how.Code),
			slog.Duration("took", time.Since(begun)), slog.String("organisation", step.MSP))
		transaction := step.Transaction
		if how.Transaction != "" {
			transaction = how.Transaction
		}
		if transaction != "" {
			line = append(line, slog.String("transaction", transaction))
		}
		if step.Stage == client.StageCall {
			line = append(line, slog.Int("tries", how.Tries), slog.Int("requestBytes", step.RequestBytes), slog.Int("transientBytes", step.TransientBytes), slog.Int("answerBytes", how.AnswerBytes))
		} else {
			line = append(line, slog.Int("try", step.Try))
		}
		l.to.LogAttrs(ctx, level, text, line...)
	}
}

func levelOf(step client.Step, how client.Outcome) (slog.Level, string) {
	switch {
	case step.Stage == client.StageRetry:
		return slog.LevelInfo, "countersign: trying again"
	case step.Stage != client.StageCall:
		return slog.LevelDebug, "countersign: stage"
	case how.Code == client.CodeOK:
		return slog.LevelDebug, "countersign: call"
	default:
		return slog.LevelWarn, "countersign: call failed"
	}
}

// Observe implements [client.Observer].
func (l *logs) Observe(ctx context.Context, event client.Event) {
	level := levelOfEvent(event)
	if !l.to.Enabled(ctx, level) {
		return
	}
	line := make([]slog.Attr, 0, 8)
	line = append(line, slog.String("event", string(event.Kind)), slog.String("name", event.Name))
	if event.Code != "" {
		line = append(line, slog.String("code", event.Code))
	}
	if event.Block != 0 || event.Lag != 0 {
		line = append(line, slog.Uint64("block", event.Block), slog.Uint64("lag", event.Lag))
	}
	if event.Size != 0 {
		line = append(line, slog.Int("size", event.Size))
	}
	if event.Bytes != 0 {
		line = append(line, slog.Int("bytes", event.Bytes))
	}
	if event.Took != 0 {
		line = append(line, slog.Duration("took", event.Took))
	}
	l.to.LogAttrs(ctx, level, "countersign: event", line...)
}

func levelOfEvent(event client.Event) slog.Level {
	failed := event.Code != "" && event.Code != client.CodeOK
	switch event.Kind {
	case client.GatewayLost, client.StreamLost:
		return slog.LevelWarn
	case client.StreamDelivered, client.GroupSent:
		if failed {
			return slog.LevelWarn
		}
		return slog.LevelDebug
	default:
		return slog.LevelInfo
	}
}
