package main

import (
	"go/ast"
	"go/token"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// Analyzer reports what may come out differently at two endorsers: the order of
// maps, goroutines, channels and select, floating point, clocks and time zones,
// randomness, files, processes and networks, package-level variables that are
// written after initialisation, and pointers as text.
//
// A line that is right all the same says why, on itself or the line above:
//
//	//determinism:ok the keys are sorted below
//
// It looks at one package at a time and does not follow values: what a library
// does, or JSON decoded into an interface, is for test/determinism to find.
var Analyzer = &analysis.Analyzer{
	Name: "determinism",
	Doc:  "report what could make two endorsers of a transaction disagree",
	Run:  run,
}

const permission = "//determinism:ok"

// check is the analysis of one package.
type check struct {
	*analysis.Pass
	allowed map[position]*allowance
	said    map[position]map[string]bool // what has been reported, by line
}

type position struct {
	file string
	line int
}

// allowance is a comment that permits what its line, or the next, does.
type allowance struct {
	comment *ast.Comment
	used    bool
}

func run(pass *analysis.Pass) (any, error) {
	c := &check{Pass: pass, allowed: map[position]*allowance{}, said: map[position]map[string]bool{}}
	for _, file := range pass.Files {
		if !strings.HasSuffix(pass.Fset.File(file.Pos()).Name(), "_test.go") {
			c.file(file)
		}
	}
	return nil, nil
}

func (c *check) file(file *ast.File) {
	var order []*allowance
	for _, group := range file.Comments {
		for _, comment := range group.List {
			if strings.HasPrefix(comment.Text, permission) {
				a := &allowance{comment: comment}
				c.allowed[c.at(comment.Pos())] = a
				order = append(order, a)
			}
		}
	}
	c.imports(file)
	for _, declaration := range file.Decls {
		c.declaration(declaration)
	}
	for _, a := range order {
		reason := strings.TrimPrefix(a.comment.Text, permission)
		switch {
		case len(reason) < 2 || reason[0] != ' ' || strings.TrimSpace(reason) == "":
			c.Reportf(a.comment.Pos(), "say why: %s REASON", permission)
		case !a.used:
			c.Reportf(a.comment.Pos(), "nothing here needs to be allowed")
		}
	}
}

func (c *check) at(pos token.Pos) position {
	p := c.Fset.Position(pos)
	return position{p.Filename, p.Line}
}

// report says once for each line what is wrong there, unless that is allowed.
func (c *check) report(pos token.Pos, format string, args ...any) {
	here := c.at(pos)
	for _, line := range []int{here.line, here.line - 1} {
		if a := c.allowed[position{here.file, line}]; a != nil {
			a.used = true
			return
		}
	}
	if c.said[here] == nil {
		c.said[here] = map[string]bool{}
	}
	if !c.said[here][format] {
		c.said[here][format] = true
		c.Reportf(pos, format, args...)
	}
}
