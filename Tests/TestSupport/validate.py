"""Says by a JSON Schema which inputs are valid, with Python's jsonschema: somebody else's reading of the schema.

The first line of standard input is the schema, each further one an input; each line of standard output is `valid`, or what is
wrong. After an empty line the next schema follows, with its inputs.
"""

import datetime
import decimal
import json
import re
import sys

from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from jsonschema.validators import extend

decimal.getcontext().prec = 1000
sys.setrecursionlimit(10000)


def is_integer(checker, value):
    """As the standard says: 1.0 is an integer. Numbers are read as exact decimals."""
    if isinstance(value, decimal.Decimal):
        return value == value.to_integral_value()
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(checker, value):
    return isinstance(value, (int, decimal.Decimal)) and not isinstance(value, bool)


def pattern(validator, expression, value, schema):
    """In ECMAScript $ is the very end, in Python also the place before a last newline."""
    if isinstance(value, str) and not re.search(re.sub(r"\$$", r"\\Z", expression), value):
        yield ValidationError(f"{value[:50]!r} does not match {expression[:80]!r}")


formats = FormatChecker(formats=["ipv4", "ipv6"])


@formats.checks("date-time")
def is_date_time(value):
    """RFC 3339 §5.6; Python's own datetime judges the day. A leap second is judged as the second before it."""
    if not isinstance(value, str):
        return True
    parts = re.fullmatch(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:)(\d\d)(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)", value, re.ASCII)
    if not parts:
        return False
    second = "59" if parts[3] == "60" else parts[3]
    try:
        datetime.datetime.fromisoformat(parts[1] + "T" + parts[2] + second)
    except ValueError:
        return False
    return True


types = Draft202012Validator.TYPE_CHECKER.redefine("integer", is_integer).redefine("number", is_number)
Validator = extend(Draft202012Validator, {"pattern": pattern}, type_checker=types)

for block in sys.stdin.buffer.read().decode().split("\n\n"):
    lines = block.split("\n")
    schema = json.loads(lines[0], parse_float=decimal.Decimal)
    Validator.check_schema(schema)
    validator = Validator(schema, format_checker=formats)
    for line in filter(None, lines[1:]):
        error = next(validator.iter_errors(json.loads(line, parse_float=decimal.Decimal)), None)
        print("valid" if error is None else re.sub(r"\s+", " ", f"{error.json_path}: {error.message}"[:300]))
