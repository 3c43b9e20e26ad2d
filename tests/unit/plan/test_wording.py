import pytest
from graphql import GraphQLError, build_schema, parse, validate

from hub.plan.wording import reworded

SCHEMA = build_schema("enum Kind { A } type Query { person(on: Int, kind: [Kind]): String }")


def told(text: str) -> list[str]:
    try:
        node = parse(text)
    except GraphQLError as error:
        return [reworded(error)]
    return [reworded(error) for error in validate(SCHEMA, node, hide_suggestions=True)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "expected Name, found <EOF>"),
        ("hello", "unexpected Name `hello`"),
        ('{ "Jānis" }', "expected Name, found String"),
        ('{ """Jānis\'s""" }', "expected Name, found BlockString"),
        ("{ 3050 }", "expected Name, found Int"),
        ("{ 30.5 }", "expected Name, found Float"),
        ('{ person(on: "Jānis', "unterminated string"),
        ("{ nobody }", "cannot query field `nobody` on type `Query`"),
        ("{ person(of: 1) }", "unknown argument `of` on field `Query.person`"),
        ("query($a: Secret) { person }", "unknown type `Secret`"),
        ("{ person(on: $a) }", "variable `$a` is not defined"),
        ("{ person @cached }", "unknown directive `@cached`"),
        ('{ person(on: "Jānis") }', "a value here does not fit its place"),
        ('{ person(kind: ["Jānis"]) }', "a value here does not fit its place"),
        ("{ person(kind: [JĀNIS]) }", "unexpected character: U+0100"),
        ("{ person(kind: [JANIS]) }", "a value here does not fit its place"),
        ('query($a: Int = "Jānis") { person(on: $a) }', "a value here does not fit its place"),
        ("{ person(on: {a: 1}) }", "a value here does not fit its place"),
    ],
)
def test_names_are_repeated_and_literals_are_not(text: str, words: str) -> None:
    assert words in told(text)
    assert not any("nis" in each.lower() for each in told(text))
