package main

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strconv"
	"strings"
)

// banned are packages that bring in what endorsers do not share, by path or by
// prefix with a slash at the end.
var banned = map[string]string{
	"math/rand": "random", "math/rand/": "random", "crypto/rand": "random", "hash/maphash": "seeded anew in every process",
	"os": "outside the ledger", "os/": "outside the ledger", "io/ioutil": "outside the ledger", "path/filepath": "outside the ledger",
	"net": "outside the ledger", "net/": "outside the ledger", "syscall": "outside the ledger", "plugin": "outside the ledger",
	"log": "outside the ledger", "log/": "outside the ledger",
	"runtime": "about the machine", "runtime/": "about the machine", "unsafe": "about the machine",
	"sync": "for goroutines", "sync/": "for goroutines",
}

// harmless are packages below a banned prefix.
var harmless = map[string]bool{"net/url": true, "net/netip": true}

// clocks are functions and methods of package time that look at a clock, or at
// the machine's time zone.
var clocks = map[string]bool{
	"Now": true, "Since": true, "Until": true, "Sleep": true, "After": true, "AfterFunc": true, "Tick": true,
	"NewTimer": true, "NewTicker": true, "Local": true, "LoadLocation": true,
}

func (c *check) imports(file *ast.File) {
	for _, spec := range file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil || harmless[path] {
			continue
		}
		why, found := banned[path]
		for at := range path {
			if path[at] == '/' && !found {
				why, found = banned[path[:at+1]]
			}
		}
		if found {
			c.report(spec.Pos(), "import of %s: it is %s", path, why)
		}
	}
}

func (c *check) declaration(declaration ast.Decl) {
	if f, ok := declaration.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
		c.walk(f, true)
		return
	}
	c.walk(declaration, false)
}

// walk looks at a declaration; initial says that it runs before any transaction.
func (c *check) walk(root ast.Node, initial bool) {
	ordered := map[ast.Expr]bool{} // calls whose order a sort around them settles
	ast.Inspect(root, func(node ast.Node) bool {
		switch n := node.(type) {
		case *ast.RangeStmt:
			c.ranges(n)
		case *ast.GoStmt:
			c.report(n.Pos(), "go statement: the order of goroutines is anybody's")
		case *ast.SelectStmt:
			c.report(n.Pos(), "select: it chooses at random")
		case *ast.SendStmt:
			c.report(n.Pos(), "channel operation: it is for goroutines")
		case *ast.ChanType:
			c.report(n.Pos(), "channel: it is for goroutines")
		case *ast.AssignStmt:
			if !initial {
				for _, target := range n.Lhs {
					c.written(target)
				}
			}
		case *ast.IncDecStmt:
			if !initial {
				c.written(n.X)
			}
		case *ast.UnaryExpr:
			c.unary(n, initial)
		case *ast.CallExpr:
			c.call(n, ordered)
		case *ast.SelectorExpr:
			c.selector(n)
		}
		if e, ok := node.(ast.Expr); ok {
			c.float(e)
		}
		return true
	})
}

func (c *check) ranges(n *ast.RangeStmt) {
	switch c.TypesInfo.TypeOf(n.X).Underlying().(type) {
	case *types.Map:
		c.report(n.Pos(), "range over a map: its order is random; range over sorted keys")
	case *types.Chan:
		c.report(n.Pos(), "channel operation: it is for goroutines")
	}
	c.target(n.Key, n.Tok)
	c.target(n.Value, n.Tok)
}

// target is a variable that a range assigns to.
func (c *check) target(e ast.Expr, tok token.Token) {
	if e != nil && tok == token.ASSIGN {
		c.written(e)
	}
}

func (c *check) unary(n *ast.UnaryExpr, initial bool) {
	switch {
	case n.Op == token.ARROW:
		c.report(n.Pos(), "channel operation: it is for goroutines")
	case n.Op == token.AND && !initial:
		if v := c.global(n.X); v != nil {
			c.report(n.Pos(), "address of the package-level variable %s: what is written through it stays from one transaction to the next", v.Name())
		}
	}
}

// written reports an assignment to a package-level variable, or to a part of it.
func (c *check) written(target ast.Expr) {
	if v := c.global(target); v != nil {
		c.report(target.Pos(), "write to the package-level variable %s: it stays from one transaction to the next", v.Name())
	}
}

// global returns the package-level variable that an expression is a part of.
func (c *check) global(e ast.Expr) *types.Var {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if v, ok := c.TypesInfo.Uses[e].(*types.Var); ok && !v.IsField() && v.Pkg() != nil && v.Parent() == v.Pkg().Scope() {
			return v
		}
	case *ast.SelectorExpr:
		if v, ok := c.TypesInfo.Uses[e.Sel].(*types.Var); ok && !v.IsField() {
			return c.global(e.Sel)
		}
		return c.global(e.X)
	case *ast.IndexExpr:
		return c.global(e.X)
	case *ast.SliceExpr:
		return c.global(e.X)
	case *ast.StarExpr:
		return c.global(e.X)
	}
	return nil
}

// sorting are functions of package slices that settle the order of an iterator.
var sorting = map[string]bool{"Sorted": true, "SortedFunc": true, "SortedStableFunc": true}

func (c *check) call(n *ast.CallExpr, ordered map[ast.Expr]bool) {
	f := c.function(n)
	if f == nil {
		c.builtin(n)
		return
	}
	switch name := f.FullName(); {
	case strings.HasPrefix(name, "slices.") && sorting[f.Name()] && len(n.Args) > 0:
		ordered[n.Args[0]] = true
	case (name == "maps.Keys" || name == "maps.Values" || name == "maps.All") && !ordered[n]:
		c.report(n.Pos(), "%s: the order of a map is random; sort it with slices.Sorted", name)
	case name == "(reflect.Value).MapKeys" || name == "(reflect.Value).MapRange" || name == "(reflect.Value).Pointer":
		c.report(n.Pos(), "%s: it differs from run to run", name)
	}
	c.pointerText(n)
}

func (c *check) function(n *ast.CallExpr) *types.Func {
	fun := ast.Unparen(n.Fun)
	if index, ok := fun.(*ast.IndexExpr); ok {
		fun = index.X
	}
	var id *ast.Ident
	switch fun := fun.(type) {
	case *ast.Ident:
		id = fun
	case *ast.SelectorExpr:
		id = fun.Sel
	default:
		return nil
	}
	f, _ := c.TypesInfo.Uses[id].(*types.Func)
	if f != nil {
		f = f.Origin()
	}
	return f
}

// builtin reports what empties or fills a package-level variable in place.
func (c *check) builtin(n *ast.CallExpr) {
	id, ok := ast.Unparen(n.Fun).(*ast.Ident)
	if !ok || len(n.Args) == 0 {
		return
	}
	if b, ok := c.TypesInfo.Uses[id].(*types.Builtin); ok {
		switch b.Name() {
		case "clear", "delete", "copy":
			c.written(n.Args[0])
		}
	}
}

// pointerText reports a format that writes an address.
func (c *check) pointerText(n *ast.CallExpr) {
	for _, argument := range n.Args {
		value := c.TypesInfo.Types[argument].Value
		if value != nil && value.Kind() == constant.String && strings.Contains(constant.StringVal(value), "%p") {
			c.report(argument.Pos(), "%%p: an address differs from process to process")
		}
	}
}

func (c *check) selector(n *ast.SelectorExpr) {
	object := c.TypesInfo.Uses[n.Sel]
	if object != nil && object.Pkg() != nil && object.Pkg().Path() == "time" && clocks[n.Sel.Name] {
		if f, ok := object.(*types.Func); ok && f.Signature().Recv() != nil && n.Sel.Name != "Local" {
			return // Time.After and the like compare
		}
		c.report(n.Pos(), "time.%s: a rule takes the time from its transaction, in UTC", n.Sel.Name)
	}
}

// float reports values and types of floating point.
func (c *check) float(e ast.Expr) {
	known, ok := c.TypesInfo.Types[e]
	if !ok || known.Type == nil {
		return
	}
	basic, ok := known.Type.Underlying().(*types.Basic)
	if ok && basic.Info()&(types.IsFloat|types.IsComplex) != 0 && basic.Info()&types.IsUntyped == 0 {
		c.report(e.Pos(), "floating point: processors round it differently; count in integers")
	}
}
