package main

import (
	"os"
	"strings"
	"testing"
)

func TestTheGuideShowsTheExampleThatInitWrites(t *testing.T) {
	guide, err := os.ReadFile("../../../docs/consortium.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(guide), "```yaml\n"+string(exampleConsortium)+"```\n") {
		t.Fatal("docs/consortium.md shows another example than consortium.example.yaml")
	}
}
