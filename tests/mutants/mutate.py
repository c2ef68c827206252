"""Mutants of a source file: one small change each, at its place in the text.

What is changed: what decides, or what another program, a stored document or a person reads as a word: comparisons,
conditions, numbers, single words (codes, names of fields, placeholders, months, tags), fields of `replace`.

What is left as it is: sentences (texts with a space) and f-strings, because how a sentence is worded is no decision and
the tests of both languages hold that it is there; docstrings; annotations, unions of types among them, and what `match`
takes apart, because the type checker holds them, and a change of them would die on import and prove nothing.
"""

import ast
import hashlib
from collections import Counter
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, replace
from pathlib import Path

SWAPPED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}


@dataclass(frozen=True)
class Mutant:
    """A change in a file; `inside` is the function it is in, or "" for what runs when the file is imported."""

    file: str
    line: int
    last: int
    inside: str
    before: str
    after: str
    span: tuple[int, int]  # bytes of the source
    around: str  # digest of the function
    nth: int = 0  # of equal changes in one function

    @property
    def mark(self) -> str:
        """What it is known by while its function stays as it is."""
        return f"{self.around} {self.name}"

    @property
    def name(self) -> str:
        """What it is known by while lines and files move."""
        nth = f" ({self.nth + 1})" if self.nth else ""
        return f"{Path(self.file).name} {self.inside or '-'}: {self.before} -> {self.after}{nth}"

    def applied(self, source: bytes) -> bytes:
        """Return the source with the change."""
        return source[: self.span[0]] + f"({self.after})".encode() + source[self.span[1] :]


def mutants_of(file: str, source: str) -> list[Mutant]:
    """Return every mutant of a source text, in its order."""
    starts = [0]
    for line in source.encode().splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    seen: Counter[str] = Counter()
    found: list[Mutant] = []
    for function, node, changed in _changes(ast.parse(source)):
        last, end = node.end_lineno or node.lineno, node.end_col_offset or 0
        span = (starts[node.lineno - 1] + node.col_offset, starts[last - 1] + end)
        before, after = ast.unparse(node), ast.unparse(changed)
        made = Mutant(file, node.lineno, last, function.name, before, after, span, function.digest)
        found.append(replace(made, nth=seen[made.name]))
        seen[made.name] += 1
    return found


@dataclass(frozen=True)
class Function:
    """The function that a change is in, with its class; "" for what runs on import."""

    name: str
    digest: str


def _function(name: str, node: ast.AST) -> Function:
    return Function(name, hashlib.sha256(ast.unparse(node).encode()).hexdigest()[:12])


def _changes(tree: ast.Module) -> Iterator[tuple[Function, ast.expr, ast.expr]]:
    """Yield each expression that can be changed, with its function and what it becomes."""
    todo: list[tuple[ast.AST, str, Function]] = [(tree, "", _function("", tree))]  # a node, its class, its function
    while todo:
        node, within, inside = todo.pop()
        if isinstance(node, ast.expr):
            yield from ((inside, node, changed) for changed in _changed(node))
        yield from ((inside, test, ast.UnaryOp(ast.Not(), test)) for test in _tests(node))
        below = f"{within}{node.name}." if isinstance(node, ast.ClassDef) else within
        parts = [(part, below, inside) for part in _parts(node)]
        if isinstance(node, ast.FunctionDef):
            function = inside if inside.name else _function(f"{within}{node.name}", node)
            parts += [(part, "", function) for part in node.body]
        todo += reversed(parts)


def _parts(node: ast.AST) -> list[ast.AST]:
    """Return what to look through below a node; the body of a function is not among it."""
    match node:
        case ast.FunctionDef(args=args):
            return [*args.defaults, *(each for each in args.kw_defaults if each is not None)]
        case ast.ClassDef(body=body):
            return list(body)
        case ast.AnnAssign(value=value):
            return [value] if value is not None else []
        case ast.match_case(guard=guard, body=body):
            return [*([guard] if guard is not None else []), *body]
        case ast.Expr(value=ast.Constant()) | ast.JoinedStr():
            return []
        case ast.Assign(targets=[ast.Name(id="__all__" | "__slots__")]):
            return []
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if name[0].isupper() and not name.isupper():
            return [] if isinstance(value, ast.BinOp) else [value]  # a type
        case ast.Call(func=ast.Name(id="TypeVar")):
            return []
        case ast.Call(func=ast.Name(id="isinstance"), args=[what, _]):
            return [what]
    return list(ast.iter_child_nodes(node))


def _tests(node: ast.AST) -> list[ast.expr]:
    """Return the conditions of a node that have no operator to swap."""
    match node:
        case ast.If(test=test) | ast.IfExp(test=test):
            tests = [test]
        case ast.match_case(guard=ast.expr() as guard):
            tests = [guard]
        case ast.comprehension(ifs=ifs):
            tests = ifs
        case _:
            tests = []
    return [test for test in tests if not isinstance(test, ast.Compare | ast.BoolOp | ast.UnaryOp)]


def _changed(node: ast.expr) -> Iterator[ast.expr]:
    """Yield what an expression can become."""
    match node:
        case ast.Compare(ops=ops):
            for at, op in enumerate(ops):
                yield _with(node, ops=[*ops[:at], SWAPPED[type(op)](), *ops[at + 1 :]])
        case ast.BoolOp(op=op, values=values):
            yield _with(node, op=SWAPPED[type(op)]())
            for at in range(len(values)):
                rest = [*values[:at], *values[at + 1 :]]
                yield rest[0] if len(rest) == 1 else _with(node, values=rest)
        case ast.BinOp(op=op) if type(op) in SWAPPED:
            yield _with(node, op=SWAPPED[type(op)]())
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield operand
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value) | float(value)):
            yield ast.Constant(value + 1)
        case ast.Constant(value=str(value)) if value and " " not in value:
            yield ast.Constant(f"{value}X")
        case ast.Call(func=ast.Name(id="replace"), keywords=keywords):
            for at in range(len(keywords)):
                yield _with(node, keywords=[*keywords[:at], *keywords[at + 1 :]])
        case ast.Call(func=ast.Name(id="any" | "all" as name)):
            yield _with(node, func=ast.Name("all" if name == "any" else "any"))


def _with(node: ast.expr, **changes: object) -> ast.expr:
    changed = copy(node)
    for name, value in changes.items():
        setattr(changed, name, value)
    return changed
