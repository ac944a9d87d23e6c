#!/usr/bin/env python3
"""Records what Python's Jinja2 makes of the cases beside this file.

    record.py            renders every case of *.json anew and writes its "expected" (or "error")
    record.py --serve    answers cases given as lines of JSON on standard input, one line each

A case is {"template", "context", "files"?, "options"?, "expected" | "error"}. Options: trim_blocks,
lstrip_blocks, keep_trailing_newline, undefined ("strict"), filters ("ansible": those of the installed
ansible-core and kolla-ansible; only then are these two needed).
"""
import copy
import json
import pathlib
import sys

import jinja2
import jinja2.sandbox

ERRORS = [
    (jinja2.TemplateSyntaxError, "KOLLA_TEMPLATE_SYNTAX"),
    (SyntaxError, "KOLLA_TEMPLATE_SYNTAX"),
    (jinja2.exceptions.SecurityError, "KOLLA_TEMPLATE_FORBIDDEN"),
    (jinja2.TemplateNotFound, "KOLLA_TEMPLATE_NOT_FOUND"),
    (jinja2.UndefinedError, "KOLLA_TEMPLATE_UNDEFINED"),
    (Exception, "KOLLA_TEMPLATE_RUNTIME"),
]


@jinja2.pass_context
def customizable(context, value, kind):
    """Packages and the like, as operators' templates override, append and remove them."""
    name = context.resolve("image_name").replace("-", "_") + "_" + kind
    override = context.resolve(name + "_override")
    chosen = list(value if isinstance(override, jinja2.Undefined) else override)
    appended = context.resolve(name + "_append")
    removed = context.resolve(name + "_remove")
    if not isinstance(appended, jinja2.Undefined):
        chosen.extend(appended)
    if not isinstance(removed, jinja2.Undefined):
        for item in removed:
            if item in chosen:
                chosen.remove(item)
    return chosen


def raise_error(message):
    raise ValueError(message)


def ansible_filters():
    """The filters of ansible-core and of Kolla-Ansible, which must be installed beside Jinja2."""
    from ansible.plugins.filter import core, mathstuff
    from kolla_ansible import filters as services
    from kolla_ansible.kolla_address import kolla_address
    from kolla_ansible.kolla_url import kolla_url
    from kolla_ansible.put_address_in_context import put_address_in_context

    found = dict(core.FilterModule().filters())
    found.update(mathstuff.FilterModule().filters())
    found.update(services.get_filters())
    found.update(kolla_address=kolla_address, kolla_url=kolla_url,
                 put_address_in_context=put_address_in_context)
    for name in ("d", "default", "mandatory"):  # those know Ansible's own kind of undefined only
        found.pop(name, None)
    return found


def environment(case):
    options = case.get("options", {})
    made = jinja2.sandbox.SandboxedEnvironment(
        loader=jinja2.DictLoader(case.get("files", {})),
        extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"],
        trim_blocks=options.get("trim_blocks", False),
        lstrip_blocks=options.get("lstrip_blocks", False),
        keep_trailing_newline=options.get("keep_trailing_newline", False),
        undefined=jinja2.StrictUndefined if options.get("undefined") == "strict" else jinja2.Undefined,
    )
    if options.get("filters") == "ansible":
        made.filters.update(ansible_filters())
    made.filters["customizable"] = customizable
    made.globals["raise_error"] = raise_error
    return made


def render(case):
    """The outcome of a case: {"expected": text} or {"error": code, "message", "line"?}."""
    made = environment(case)  # what cannot be imported is no outcome of the case
    context = copy.deepcopy(case.get("context", {}))
    try:
        if "parent" in case:
            context["parent_template"] = made.get_template(case["parent"])
        return {"expected": made.from_string(case["template"]).render(context)}
    except Exception as error:  # every class of error is an outcome
        code = next(code for kind, code in ERRORS if isinstance(error, kind))
        return {"error": code, "message": str(error)}


def serve():
    for line in sys.stdin:
        print(json.dumps(render(json.loads(line))), flush=True)


def record(path):
    cases = json.loads(path.read_text())
    for case in cases:
        for key in ("expected", "error"):
            case.pop(key, None)
        outcome = render(case)
        outcome.pop("message", None)
        case.update(outcome)
    lines = ",\n".join(json.dumps(case) for case in cases)
    path.write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    if "--serve" in sys.argv:
        serve()
    else:
        for corpus in sorted(pathlib.Path(__file__).parent.glob("*.json")):
            try:
                record(corpus)
            except ImportError as missing:
                print(f"{corpus.name} is left as it is: {missing}", file=sys.stderr)
