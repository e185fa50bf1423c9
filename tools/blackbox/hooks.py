"""What schemathesis is not to send."""

import schemathesis


@schemathesis.hook
def before_call(_context, case, _kwargs):
    # With `fields` an answer has fewer fields than its schema, as asked.
    if case.query:
        case.query.pop("fields", None)
