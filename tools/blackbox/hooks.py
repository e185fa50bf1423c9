"""What schemathesis is not to send."""

import schemathesis


@schemathesis.hook
def before_call(_context, case, _kwargs):
    # With `fields` an answer has fewer fields than its schema, as asked.
    if case.query:
        case.query.pop("fields", None)
    # Whoever matches whatever is there replaces the configuration, and with it the agent of all that follows.
    if case.headers and "*" in str(case.headers.get("If-Match", "")):
        case.headers["If-Match"] = '"another"'
