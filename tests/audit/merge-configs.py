"""Merges INI texts with Kolla-Ansible's own merge_configs, of the package unpacked at argv[1].

Reads {"layers": [TEXT, ...], "whitespace": BOOL} per line, writes the merged text, or null where it refuses, per line.
"""

import importlib.util
import io
import json
import sys

place = sys.argv[1] + "/ansible/action_plugins/merge_configs.py"
spec = importlib.util.spec_from_file_location("merge_configs", place)
upstream = importlib.util.module_from_spec(spec)
spec.loader.exec_module(upstream)


def merged(layers, whitespace):
    parser = upstream.OverrideConfigParser(whitespace=whitespace)
    try:
        for layer in layers:
            parser.parse(io.StringIO(layer))
    except upstream.iniparser.ParseError:
        return None
    written = io.StringIO()
    parser.write(written)
    return written.getvalue()


for line in sys.stdin:
    print(json.dumps(merged(**json.loads(line))))
