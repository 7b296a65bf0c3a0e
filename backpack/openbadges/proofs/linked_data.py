"""JSON-LD documents as canonical RDF, and what of them no signature over that RDF covers.

    read(document) -> Graph             expands with the bundled contexts only
    Graph.quads                         the RDF, as RDFC-1.0 takes it
    Graph.signed(document)              the document without what expands to nothing: keys no context defines,
                                        relative addresses, types nobody knows (VERIFICATION 6.2)

The processor is PyLD's. It is held by its own hooks: contexts come from the bundle, contexts of a credential are never
kept, and every member that is dropped on the way to RDF is noted where it stands.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pyld.context_resolver import ContextResolver
from pyld.identifier_issuer import IdentifierIssuer
from pyld.jsonld import INITIAL_CONTEXTS, KEYWORDS, JsonLdError, JsonLdProcessor
from pyld.resolved_context import ResolvedContext

from backpack.openbadges.contexts import BUNDLE, UnknownContext, imports, text_of
from backpack.openbadges.proofs.plain_terms import PlainTerms
from backpack.openbadges.proofs.rdfc import MAX_BLANK_NODES, Quad, TooComplex, escaped
from backpack.openbadges.strict_json import JSON

_XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"
_LANG_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
# What PyLD lets through and N-Quads do not allow would let a statement hide inside an address or a language tag.
_IRI = re.compile(r'[A-Za-z][A-Za-z0-9+.\-]*:[^\x00-\x20<>"\\]*')
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_ABSOLUTE = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.\-]*|_):[^\s]*\Z")
_KEYWORD = re.compile("@[A-Za-z]+")
_MAX_QUADS = 50_000


class Unprocessable(ValueError):
    """No RDF can be made of this document: its JSON-LD contradicts itself, or it is made to exhaust."""


@dataclass(frozen=True, slots=True)
class Graph:
    """A document's RDF, and where it says what is not part of it."""

    quads: tuple[Quad, ...]
    unsigned: tuple[str, ...]
    """The names of the members that expand to nothing."""
    root_dropped: bool
    _dropped: frozenset[tuple[int, str, str]]

    def signed(self, document: dict[str, JSON]) -> dict[str, JSON]:
        """The document without what is not in the graph. The same object that was read, not a copy of it."""
        if not self._dropped:
            return document
        kept = _kept(document, self._dropped)
        return kept if isinstance(kept, dict) else {}


def read(document: dict[str, JSON], *, jwt_terms: bool = False) -> Graph:
    """Expands a document. `jwt_terms` takes the other state of the 3.0.3 context.

    Raises Unprocessable, also where what a verdict hangs on goes by another name (`plain_terms`), or UnknownContext
    for a context that is not bundled.
    """
    # An `@import` changes the context it builds on, so such a document gets contexts of its own.
    contexts = _SHARED[jwt_terms] if not imports(document) else _Contexts(jwt_terms)
    processor = _Processor(contexts)
    options = {
        "base": None,
        "isFrame": False,
        "keepFreeFloatingNodes": False,
        "documentLoader": contexts.load,
        "contextResolver": _Resolver(contexts),
        "extractAllScripts": False,
        "processingMode": "json-ld-1.1",
        "produceGeneralizedRdf": False,
    }
    try:
        with contexts.lock:
            expanded = processor.expanded(document, options)
        quads = tuple(_quads(processor.dataset(expanded, options)))
    except JsonLdError as error:
        if unknown := _cause(error, UnknownContext):
            raise unknown from None
        raise Unprocessable(str(error.type)) from None
    except TooComplex:
        raise Unprocessable("too-complex") from None
    except (KeyError, TypeError, AttributeError, ValueError, IndexError, RecursionError) as error:
        # PyLD answers some malformed contexts with whatever exception it stumbles on.
        raise Unprocessable(type(error).__name__) from None
    return Graph(
        quads=quads,
        unsigned=tuple(dict.fromkeys(processor.names)),
        root_dropped=(id(document), "", "") in processor.dropped,
        _dropped=frozenset(processor.dropped),
    )


_Step = tuple[int, object, bool, bool]
_MAX_STEPS = 256


class _Contexts:
    """Bundled contexts, parsed once, with what PyLD made of them. One user at a time: its caches take no threads."""

    def __init__(self, jwt_terms: bool) -> None:
        self.lock = threading.Lock()
        self.resolved: dict[str, Any] = {}
        self.scoped: dict[int, ResolvedContext] = {}
        # The active contexts stay referenced here: their identity is part of the key.
        self._made: dict[_Step, tuple[Any, Any]] = {}
        self._known: set[int] = set()
        self._jwt_terms = jwt_terms

    def remember(self, key: _Step, active: Any, made: Any) -> None:
        """Keeps what a bundled context makes of an active one that was itself made of bundled contexts only."""
        if len(self._made) >= _MAX_STEPS:
            self._made.clear()
            self._known.clear()
        self._made[key] = (active, made)
        self._known.add(id(made))

    def remembered(self, key: _Step) -> Any:
        held = self._made.get(key)
        return held[1] if held is not None else None

    def is_known(self, active: Any) -> bool:
        return id(active) in self._known or any(active is initial for initial in INITIAL_CONTEXTS.values())

    def load(self, url: str, _options: object) -> dict[str, Any]:
        document = json.loads(text_of(url, jwt_terms=self._jwt_terms))
        return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": document}

    def keep(self, url: str, resolved: Any) -> None:
        self.resolved[url] = resolved
        for context in resolved if isinstance(resolved, list) else [resolved]:
            for scoped in _scoped(context.document):
                self.scoped[id(scoped)] = ResolvedContext(scoped)


_SHARED = {False: _Contexts(False), True: _Contexts(True)}


def _scoped(value: Any) -> Iterator[dict[str, Any]]:
    """The contexts inside a bundled context's term definitions, at any depth."""
    if isinstance(value, dict):
        for name, member in value.items():
            if name == "@context" and isinstance(member, dict):
                yield member
            yield from _scoped(member)


class _Resolver(ContextResolver):  # type: ignore[misc] # PyLD is untyped
    """Keeps what came from the bundle, and nothing that came from a credential."""

    def __init__(self, contexts: _Contexts) -> None:
        super().__init__({}, contexts.load)
        self._contexts = contexts

    def resolve(self, active_ctx: Any, context: Any, base: Any, cycles: Any = None) -> Any:
        if isinstance(context, dict) and (known := self._contexts.scoped.get(id(context))):
            return [known]
        return super().resolve(active_ctx, context, base or "", cycles)

    def _get(self, key: str) -> Any:
        return self._contexts.resolved.get(key) or self.per_op_cache.get(key)

    def _cache_resolved_context(self, key: str, resolved: Any, tag: str | None) -> Any:
        if tag == "static":
            # An object: an inline context of the document in hand.
            self.per_op_cache[key] = resolved
        else:
            self._contexts.keep(key, resolved)
        return resolved


class _Processor(JsonLdProcessor):  # type: ignore[misc] # PyLD is untyped
    """PyLD's algorithms, noting what they leave out."""

    def __init__(self, contexts: _Contexts) -> None:
        super().__init__(on_property_dropped=self._note_drop)
        self._contexts = contexts
        self.dropped: set[tuple[int, str, str]] = set()
        self.names: list[str] = []
        self._open: list[dict[str, Any]] = []
        self._dropping = False
        self._plain = PlainTerms({})

    def expanded(self, document: dict[str, JSON], options: dict[str, Any]) -> Any:
        self._plain = PlainTerms(document)
        expanded = self._expand(self._get_initial_context(options), None, document, options, inside_list=False)
        self._plain.check_whole()
        if isinstance(expanded, dict) and "@graph" in expanded and len(expanded) == 1:
            expanded = expanded["@graph"]
        return JsonLdProcessor.arrayify(expanded if expanded is not None else [])

    def dataset(self, expanded: Any, options: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
        """The RDF dataset (JSON-LD 1.1 API, Deserialize JSON-LD to RDF)."""
        issuer = IdentifierIssuer("_:b")
        nodes: dict[str, Any] = {"@default": {}}
        self._create_node_map(expanded, nodes, "@default", issuer)
        if sum(len(graph) for graph in nodes.values()) > MAX_BLANK_NODES:
            raise TooComplex
        return {
            name: self._graph_to_rdf(graph, issuer, options)
            for name, graph in sorted(nodes.items())
            if name == "@default" or _ABSOLUTE.match(name)
        }

    def _process_context(
        self,
        active_ctx: Any,
        local_ctx: Any,
        options: Any,
        override_protected: bool = False,
        propagate: bool = True,
        **more: Any,
    ) -> Any:
        """As PyLD’s, but what bundled contexts make of each other is made once, scoped contexts too."""
        named = self._bundled(local_ctx)
        if named is None or more or not self._contexts.is_known(active_ctx):
            return super()._process_context(active_ctx, local_ctx, options, override_protected, propagate, **more)
        step = (id(active_ctx), named, override_protected, propagate)
        made = self._contexts.remembered(step)
        if made is None:
            made = super()._process_context(active_ctx, local_ctx, options, override_protected, propagate)
            self._contexts.remember(step, active_ctx, made)
        return made

    def _create_term_definition(self, active_ctx: Any, local_ctx: Any, term: str, *more: Any, **named: Any) -> None:
        """As PyLD’s, but what looks like a keyword is refused: what a later JSON-LD may mean by it, nobody can tell."""
        value = local_ctx.get(term)
        named_for = value.get("@id") if isinstance(value, dict) else value
        turned = value.get("@reverse") if isinstance(value, dict) else None
        if _is_reserved(term) or _is_reserved(named_for) or (isinstance(turned, str) and _KEYWORD.fullmatch(turned)):
            raise Unprocessable(term)
        super()._create_term_definition(active_ctx, local_ctx, term, *more, **named)

    def _bundled(self, local_ctx: Any) -> object:
        """What names this context, if all of it comes from the bundle."""
        if isinstance(local_ctx, str):
            return (local_ctx,) if local_ctx in BUNDLE else None
        if isinstance(local_ctx, list):
            return tuple(local_ctx) if all(isinstance(one, str) and one in BUNDLE for one in local_ctx) else None
        return id(local_ctx) if id(local_ctx) in self._contexts.scoped else None

    def _expand_object(
        self,
        active_ctx: Any,
        active_property: Any,
        expanded_active_property: Any,
        element: Any,
        expanded_parent: Any,
        options: Any,
        inside_list: bool = False,
        type_key: Any = None,
        type_scoped_ctx: Any = None,
    ) -> None:
        self._plain.check_members(
            active_ctx["mappings"],
            lambda name: self._expand_iri(active_ctx, name, vocab=True),
            element,
            expanded_active_property,
        )
        self._open.append(element)
        outer, self._dropping = self._dropping, False
        super()._expand_object(
            active_ctx,
            active_property,
            expanded_active_property,
            element,
            expanded_parent,
            options,
            inside_list,
            type_key,
            type_scoped_ctx,
        )
        if self._dropping or "@index" in expanded_parent or any(name.startswith("_:") for name in expanded_parent):
            self._note_keys(active_ctx, element)
        self._dropping = outer
        self._open.pop()
        identifier = expanded_parent.get("@id")
        self._plain.check_id(element, expanded_parent, expanded_active_property)
        if isinstance(identifier, str) and not _ABSOLUTE.match(identifier):
            # Its subject has no name in RDF: nothing it says is in the graph.
            self._drop(element, "", "", "id")
        for named in JsonLdProcessor.arrayify(expanded_parent.get("@type", [])):
            if isinstance(named, str) and not _ABSOLUTE.match(named):
                self._note_types(active_ctx, type_scoped_ctx or active_ctx, element, options)
                break

    def _expand_value(self, active_ctx: Any, active_property: Any, value: Any, options: Any) -> Any:
        expanded = super()._expand_value(active_ctx, active_property, value, options)
        if isinstance(expanded, dict) and self._open:
            target = expanded.get("@id")
            if isinstance(target, str):
                self._plain.check_reference(str(active_property), value, target)
            if isinstance(target, str) and not _ABSOLUTE.match(target):
                element = self._open[-1]
                place = active_property if active_property in element else ""
                self._drop(element, place, str(value) if place else "", str(active_property))
        return expanded

    def _note_drop(self, _expanded_property: str | None) -> None:
        self._dropping = True

    def _note_keys(self, active_ctx: Any, element: dict[str, Any]) -> None:
        for name in element:
            if name == "@context":
                continue
            iri = self._expand_iri(active_ctx, name, vocab=True)
            if not _in_graph(iri):
                self._drop(element, name, "", name)

    def _note_types(self, active_ctx: Any, scoped_ctx: Any, element: dict[str, Any], options: Any) -> None:
        for name, value in element.items():
            if self._expand_iri(active_ctx, name, vocab=True) != "@type":
                continue
            for named in JsonLdProcessor.arrayify(value):
                iri = self._expand_iri(scoped_ctx, named, vocab=True, base=options["base"])
                if not (isinstance(iri, str) and _ABSOLUTE.match(iri)):
                    self._drop(element, name, str(named), str(named))

    def _drop(self, element: dict[str, Any], name: str, value: str, said: str) -> None:
        self.dropped.add((id(element), name, value))
        self.names.append(said)


def _is_reserved(name: object) -> bool:
    return isinstance(name, str) and name not in KEYWORDS and bool(_KEYWORD.fullmatch(name))


def _in_graph(iri: object) -> bool:
    """Whether a member whose name expands to this becomes a statement (or says what a statement is about)."""
    if not isinstance(iri, str) or iri == "@index" or iri.startswith("_:"):
        return False
    return iri.startswith("@") or bool(_ABSOLUTE.match(iri))


def _kept(value: JSON, dropped: frozenset[tuple[int, str, str]]) -> JSON:
    match value:
        case list():
            return [_kept(item, dropped) for item in value if (id(item), "", "") not in dropped]
        case dict():
            here = id(value)
            kept: dict[str, JSON] = {}
            for name, member in value.items():
                if (here, name, "") in dropped or (id(member), "", "") in dropped:
                    continue
                if isinstance(member, list):
                    member = [item for item in member if (here, name, str(item)) not in dropped]
                elif (here, name, str(member)) in dropped:
                    continue
                kept[name] = _kept(member, dropped)
            return kept
        case _:
            return value


def _quads(dataset: dict[str, list[dict[str, Any]]]) -> Iterator[Quad]:
    count = 0
    for name, triples in dataset.items():
        graph = "" if name == "@default" else _resource(name)
        for triple in triples:
            count += 1
            if count > _MAX_QUADS:
                raise TooComplex
            object_ = triple["object"]
            yield (
                _resource(triple["subject"]["value"]),
                _resource(triple["predicate"]["value"]),
                _literal(object_) if object_["type"] == "literal" else _resource(object_["value"]),
                graph,
            )


def _resource(value: str) -> str:
    if value.startswith("_:"):
        return value
    if not _IRI.fullmatch(value):
        raise Unprocessable("iri")
    return f"<{value}>"


def _literal(term: dict[str, Any]) -> str:
    words = f'"{escaped(str(term["value"]))}"'
    if language := term.get("language"):
        if not _LANGUAGE.fullmatch(language):
            raise Unprocessable("language")
        return f"{words}@{language}"
    datatype = term["datatype"]
    return words if datatype in (_XSD_STRING, _LANG_STRING) else f"{words}^^{_resource(datatype)}"


def _cause(error: BaseException | None, kind: type[UnknownContext]) -> UnknownContext | None:
    while error is not None:
        if isinstance(error, kind):
            return error
        error = error.__cause__ or error.__context__
    return None
