package process

import (
	"io"
	"os"
	"regexp"
	"strings"
)

const (
	tailBytes = 64 << 10 // how much of a log's end is looked at
	tailLines = 5        // how many lines an error quotes
	lineBytes = 600      // how much of one line
)

var (
	colour = regexp.MustCompile("\x1b\\[[0-9;]*m")
	// grave matches what Fabric's loggers ("... PANI [orderer] Foo -> text"), Go's
	// runtime and command-line tools write when something ends a program.
	grave = regexp.MustCompile(`\b(PANI|PANIC|FATA|FATAL|ERRO|CRIT)\b|^panic: |^fatal error: |^[Ee]rror: |^[Uu]nexpected fault|^SIG[A-Z]+: `)
	// noise matches stack traces and the usage text that cobra prints after an error.
	noise = regexp.MustCompile(`^\s*$|^goroutine \d+|^\t|^created by |^\[signal |\(0x[0-9a-f]+|\(\.\.\.\)$|\(\)$|^exit status |^(Usage|Flags|Global Flags|Aliases|Examples|Available Commands):|^\s+-`)
)

// explain returns the last lines of a log, from offset begin on, that tell why
// its writer ended: those that report an error if there are any, otherwise the
// last ones that are not noise.
func explain(logFile string, begin int64) ([]string, error) {
	text, err := readTail(logFile, begin)
	if err != nil {
		return nil, err
	}
	var errorLines, others []string
	for line := range strings.Lines(text) {
		line = strings.TrimRight(colour.ReplaceAllString(line, ""), "\r\n ")
		switch {
		case grave.MatchString(line):
			errorLines = append(errorLines, shorten(line))
		case noise.MatchString(line):
		default:
			others = append(others, shorten(line))
		}
	}
	if len(errorLines) > 0 {
		return last(distinct(errorLines)), nil
	}
	return last(others), nil
}

func readTail(logFile string, begin int64) (string, error) {
	f, err := os.Open(logFile)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	if from := info.Size() - tailBytes; from > begin {
		begin = from
	}
	text, err := io.ReadAll(io.NewSectionReader(f, begin, tailBytes))
	return string(text), err
}

// distinct drops repetitions: Fabric logs a panic's text and then panics with it.
func distinct(lines []string) []string {
	var kept []string
	for _, line := range lines {
		if len(kept) == 0 || kept[len(kept)-1] != line {
			kept = append(kept, line)
		}
	}
	return kept
}

func last(lines []string) []string {
	if len(lines) > tailLines {
		return lines[len(lines)-tailLines:]
	}
	return lines
}

func shorten(line string) string {
	if len(line) <= lineBytes {
		return line
	}
	return strings.ToValidUTF8(line[:lineBytes], "") + "..."
}
