package archtest

import (
	"go/ast"
	"go/token"
	"strings"
	"testing"
)

func TestPackagesAreExplained(t *testing.T) {
	explained := map[string]bool{}
	for _, s := range sources(t) {
		if s.isTest() {
			continue
		}
		explained[s.inPackage()] = explained[s.inPackage()] || s.isGenerated() || isPackageComment(s.file)
	}
	for pkg, ok := range explained {
		if !ok {
			t.Errorf("package %s has no comment that says what it is for and what it must not know", pkg)
		}
	}
}

func isPackageComment(f *ast.File) bool {
	begin := "Package " + f.Name.Name + " "
	if f.Name.Name == "main" {
		begin = ""
	}
	return f.Doc != nil && strings.HasPrefix(f.Doc.Text(), begin)
}

func TestExportedNamesAreDocumented(t *testing.T) {
	for _, s := range sources(t) {
		if s.isTest() || s.isGenerated() {
			continue
		}
		for _, d := range s.file.Decls {
			for _, name := range undocumented(d) {
				t.Errorf("%s: %s has no comment", s.at(name.Pos()), name.Name)
			}
		}
	}
}

// undocumented lists the exported names of a declaration that have no comment:
// above them, above their group, or behind them on the line.
func undocumented(d ast.Decl) []*ast.Ident {
	switch d := d.(type) {
	case *ast.FuncDecl:
		typ := receiver(d)
		if d.Doc == nil && d.Name.IsExported() && (typ == "" || ast.IsExported(typ)) && !promised[d.Name.Name] {
			return []*ast.Ident{d.Name}
		}
	case *ast.GenDecl:
		if d.Tok == token.IMPORT || d.Doc != nil {
			return nil
		}
		var out []*ast.Ident
		for _, spec := range d.Specs {
			out = append(out, undocumentedIn(spec)...)
		}
		return out
	}
	return nil
}

// promised are methods whose meaning an interface of the standard library
// fixes.
var promised = map[string]bool{
	"Error": true, "Unwrap": true, "String": true, "ServeHTTP": true, "LogValue": true, "Write": true, "Read": true,
	"MarshalJSON": true, "UnmarshalJSON": true, "MarshalText": true, "UnmarshalText": true, "Open": true, "Close": true,
}

func undocumentedIn(spec ast.Spec) []*ast.Ident {
	var names []*ast.Ident
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		if spec.Doc == nil && spec.Comment == nil {
			names = []*ast.Ident{spec.Name}
		}
	case *ast.ValueSpec:
		if spec.Doc == nil && spec.Comment == nil {
			names = spec.Names
		}
	}
	var out []*ast.Ident
	for _, name := range names {
		if name.IsExported() {
			out = append(out, name)
		}
	}
	return out
}
