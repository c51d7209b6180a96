// Package show writes a network's progress and state for people: on a terminal
// with a line that is rewritten, elsewhere with few plain lines.
package show
