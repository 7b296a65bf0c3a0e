"""RDF Dataset Canonicalization (RDFC-1.0), with a limit to its work.

Written by hand because no library at hand bounds it (a graph of eight blank nodes that all know each other keeps one
busy for minutes), hashes with SHA-384 for P-384 keys, or escapes control characters as canonical N-Quads want them.
Quads are tuples of N-Quads terms, so that canonicalising is mostly the comparing of strings.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from itertools import permutations
from typing import Any

Quad = tuple[str, str, str, str]
"""Subject, predicate, object and graph as N-Quads terms; the graph is empty for the default graph."""

MAX_BLANK_NODES = 5_000
MAX_WORK = 20_000
"""How many steps (recursions, permutations, related hashes) Hash N-Degree Quads may take in all."""

_POSITIONS = ((0, "s"), (2, "o"), (3, "g"))
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_TO_ESCAPE = re.compile(r'[\x00-\x1f\x7f"\\]')


class TooComplex(ValueError):
    """A graph made to keep a machine busy."""


def escaped(value: str) -> str:
    """A literal's characters as canonical N-Quads write them (RDFC-1.0, appendix A)."""
    return _TO_ESCAPE.sub(_escape, value) if _TO_ESCAPE.search(value) else value


def _escape(match: re.Match[str]) -> str:
    return _ESCAPES.get(match[0]) or f"\\u{ord(match[0]):04X}"


def canonical(quads: Iterable[Quad], algorithm: str = "sha256") -> list[str]:
    """The canonical N-Quads, sorted, each with its line end. Raises TooComplex."""
    distinct = tuple(dict.fromkeys(quads))
    labels = label_map(distinct, algorithm)
    return sorted(line(relabelled(quad, labels)) for quad in distinct)


def label_map(quads: Iterable[Quad], algorithm: str = "sha256") -> dict[str, str]:
    """Blank node -> canonical label, as RDFC-1.0 issues them. Raises TooComplex."""
    return _Labels(tuple(quads), getattr(hashlib, algorithm)).issued


def relabelled(quad: Quad, labels: Mapping[str, str]) -> Quad:
    subject, predicate, object_, graph = quad
    return labels.get(subject, subject), predicate, labels.get(object_, object_), labels.get(graph, graph)


def line(quad: Quad) -> str:
    subject, predicate, object_, graph = quad
    return f"{subject} {predicate} {object_} {graph} .\n" if graph else f"{subject} {predicate} {object_} .\n"


class _Issuer:
    """Issue Identifier (RDFC-1.0, 4.5)."""

    __slots__ = ("issued", "prefix")

    def __init__(self, prefix: str, issued: dict[str, str] | None = None) -> None:
        self.prefix = prefix
        self.issued = issued if issued is not None else {}

    def label(self, node: str) -> str:
        if node not in self.issued:
            self.issued[node] = f"{self.prefix}{len(self.issued)}"
        return self.issued[node]

    def copy(self) -> _Issuer:
        return _Issuer(self.prefix, dict(self.issued))


class _Labels:
    """The canonicalization algorithm (RDFC-1.0, 4.4) up to the labels."""

    def __init__(self, quads: tuple[Quad, ...], new_hash: Callable[..., Any]) -> None:
        self._new_hash = new_hash
        self._quads_of: dict[str, list[Quad]] = {}
        for quad in quads:
            for node in {quad[0], quad[2], quad[3]}:
                if node.startswith("_:"):
                    self._quads_of.setdefault(node, []).append(quad)
        if len(self._quads_of) > MAX_BLANK_NODES:
            raise TooComplex
        self._work = 0
        self._canonical = _Issuer("_:c14n")
        self._first = {node: self._hash_first_degree(node) for node in self._quads_of}
        self._issue()
        self.issued = self._canonical.issued

    def _issue(self) -> None:
        by_hash: dict[str, list[str]] = {}
        for node, digest in self._first.items():
            by_hash.setdefault(digest, []).append(node)
        shared: list[list[str]] = []
        for digest in sorted(by_hash):
            nodes = by_hash[digest]
            if len(nodes) == 1:
                self._canonical.label(nodes[0])
            else:
                shared.append(nodes)
        for nodes in shared:
            paths: list[tuple[str, _Issuer]] = []
            for node in nodes:
                if node not in self._canonical.issued:
                    issuer = _Issuer("_:b")
                    issuer.label(node)
                    paths.append(self._hash_n_degree(node, issuer))
            for _, issuer in sorted(paths, key=lambda path: path[0]):
                for node in issuer.issued:
                    self._canonical.label(node)

    def _digest(self, text: str) -> str:
        return str(self._new_hash(text.encode()).hexdigest())

    def _hash_first_degree(self, node: str) -> str:
        def mark(term: str) -> str:
            if not term.startswith("_:"):
                return term
            return "_:a" if term == node else "_:z"

        lines = [line((mark(s), p, mark(o), mark(g))) for s, p, o, g in self._quads_of[node]]
        return self._digest("".join(sorted(lines)))

    def _hash_related(self, related: str, predicate: str, issuer: _Issuer, position: str) -> str:
        label = self._canonical.issued.get(related) or issuer.issued.get(related) or self._first[related]
        return self._digest(position + ("" if position == "g" else predicate) + label)

    def _related(self, node: str, issuer: _Issuer) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for quad in self._quads_of[node]:
            for place, position in _POSITIONS:
                other = quad[place]
                if other != node and other.startswith("_:"):
                    self._step()
                    found.setdefault(self._hash_related(other, quad[1], issuer, position), []).append(other)
        return found

    def _hash_n_degree(self, node: str, issuer: _Issuer) -> tuple[str, _Issuer]:
        data: list[str] = []
        related = self._related(node, issuer)
        for digest in sorted(related):
            chosen_path = ""
            chosen: _Issuer | None = None
            for nodes in permutations(related[digest]):
                self._step()
                path, copy = self._path(nodes, issuer, chosen_path)
                if path is not None and (not chosen_path or path < chosen_path):
                    chosen_path, chosen = path, copy
            data += (digest, chosen_path)
            issuer = chosen or issuer
        return self._digest("".join(data)), issuer

    def _path(self, nodes: tuple[str, ...], issuer: _Issuer, best: str) -> tuple[str | None, _Issuer]:
        """One permutation's path, or None as soon as it cannot be the least."""
        copy = issuer.copy()
        path = ""
        to_visit: list[str] = []
        for node in nodes:
            if node in self._canonical.issued:
                path += self._canonical.issued[node]
            else:
                if node not in copy.issued:
                    to_visit.append(node)
                path += copy.label(node)
            if best and len(path) >= len(best) and path > best:
                return None, copy
        for node in to_visit:
            digest, visited = self._hash_n_degree(node, copy)
            path += f"{copy.label(node)}<{digest}>"
            copy = visited
            if best and len(path) >= len(best) and path > best:
                return None, copy
        return path, copy

    def _step(self) -> None:
        self._work += 1
        if self._work > MAX_WORK:
            raise TooComplex
