"""Evaluates for one host what only Ansible can, and writes it to a file that only its owner can read.

`do` says what: variables (all that the operator set), lookups (calls that his override files make).
"""

import base64
import json
import os
import re
from urllib.parse import quote

from ansible.plugins.action import ActionBase
from ansible.utils.unsafe_proxy import wrap_var

# Names that Ansible itself gives to every host, beside all that begin with ansible_.
MAGIC = frozenset(
    """
    discovered_interpreter_python environment gather_subset group_names groups hostvars inventory_hostname
    inventory_hostname_short module_setup omit play_hosts playbook_dir role_name role_names
    role_path role_uuid vars
    """.split()
)
CONNECTION = ("ansible_host", "ansible_port", "ansible_user")


class ActionModule(ActionBase):
    TRANSFERS_FILES = False
    _supports_check_mode = True

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        {"variables": self._variables, "lookups": self._lookups}[self._task.args["do"]](task_vars)
        result["changed"] = False
        return result

    def _variables(self, task_vars):
        host = task_vars["inventory_hostname"]
        defaults = {}
        for path in self._task.args["defaults"]:
            defaults.update(self._load(path))
        variables, problems = self._evaluate(operator_set(task_vars, defaults))
        document = {"host": host, "variables": variables, "problems": problems, "facts": facts_of(task_vars)}
        write(self._path_of(host, "resolved"), document)
        if host == task_vars["groups"]["all"][0]:
            write(os.path.join(self._task.args["directory"], "site.json"), self._site(task_vars, defaults))

    def _lookups(self, task_vars):
        host = task_vars["inventory_hostname"]
        with open(self._path_of(host, "lookups"), encoding="utf-8") as file:
            questions = json.load(file)
        write(self._path_of(host, "answers"), [self._answer(question, task_vars) for question in questions])

    def _answer(self, question, task_vars):
        """What a lookup gives; what its arguments hold is no template."""
        given = {"kolla_carrier_args": question["args"], "kolla_carrier_kwargs": question["kwargs"]}
        variables = {**task_vars, **{name: wrap_var(value) for name, value in given.items()}}
        templar = self._templar.copy_with_new_env(available_variables=variables)
        try:
            return {"value": plain(templar.template(task_vars["kolla_carrier_call"]))}
        except Exception as error:  # whatever a lookup throws is told where it was called
            return {"problem": first_line(error)}

    def _path_of(self, host, kind):
        return os.path.join(self._task.args["directory"], f"{quote(host, safe='')}.{kind}.json")

    def _site(self, task_vars, defaults):
        """What is the same for all hosts, written by the first of them."""
        directory = self._custom_directory(task_vars)
        overrides, locked = self._decrypt(vaulted_below(directory))
        return {
            "groups": {name: list(members) for name, members in task_vars["groups"].items()},
            "chosen": list(self._task.args["chosen"]),
            "customDirectory": directory,
            "overrides": overrides,
            "locked": locked,
            "references": sorted(mentioned(operator_set(task_vars, defaults))),
        }

    def _custom_directory(self, task_vars):
        """Where the operator's override files are; the usual place when the variable cannot be evaluated."""
        try:
            return str(self._templar.template(task_vars["node_custom_config"]))
        except Exception:  # told with the variables' own problems
            return os.path.join(task_vars["CONFIG_DIR"], "config")

    def _load(self, path):
        """As Ansible has it in memory already: not copied, because it is only read."""
        return self._loader.load_from_file(path, unsafe=True) or {} if os.path.exists(path) else {}

    def _evaluate(self, raw):
        values, problems = {}, {}
        for name in sorted(raw):
            try:
                values[name] = plain(self._templar.template(raw[name]))
            except Exception as error:  # whatever a lookup or a filter of the operator's throws belongs in the list
                problems[name] = first_line(error)
        return values, problems

    def _decrypt(self, paths):
        """What each file holds, in base64, and for those that no given password opens the reason."""
        found, locked = {}, {}
        for path in paths:
            try:
                with open(self._loader.get_real_file(path, decrypt=True), "rb") as file:
                    found[path] = base64.b64encode(file.read()).decode()
            except Exception as error:
                locked[path] = first_line(error)
        return found, locked


def vaulted_below(directory):
    """Paths of the files below a directory that ansible-vault encrypted."""
    found, seen = [], set()
    for folder, below, names in os.walk(directory, followlinks=True):
        if os.path.realpath(folder) in seen:  # a link that leads back up
            below.clear()
            continue
        seen.add(os.path.realpath(folder))
        for name in names:
            path = os.path.join(folder, name)
            if os.path.isfile(path) and is_vaulted(path):
                found.append(path)
    return sorted(found)


def is_vaulted(path):
    try:
        with open(path, "rb") as file:
            return file.read(15) == b"$ANSIBLE_VAULT;"
    except OSError:  # told by whoever reads the file itself
        return False


def mentioned(values):
    """Names in the templates of variables."""
    text = json.dumps(values, default=str)
    blocks = re.findall(r"\{\{.*?\}\}|\{%.*?%\}", text, re.S)
    return {word for block in blocks for word in re.findall(r"[A-Za-z_]\w*", block)}


def operator_set(task_vars, defaults):
    """Raw variables of the host without those of Ansible, ours, and those that equal an option's default."""
    return {
        name: value
        for name, value in task_vars.items()
        if not is_foreign(name) and not (name in defaults and defaults[name] == value)
    }


def is_foreign(name):
    if name in CONNECTION:
        return False
    return name in MAGIC or name.startswith(("ansible_", "_ansible", "kolla_carrier_"))


def first_line(error):
    text = str(getattr(error, "message", None) or error).strip()
    return text.splitlines()[0] if text else type(error).__name__


def plain(value):
    """The value as JSON has it; encrypted text becomes text."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, dict) or hasattr(value, "items"):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [plain(inner) for inner in value]
    return value.decode() if isinstance(value, bytes) else str(value)


def facts_of(task_vars):
    """What the site needs to know of a host; None when its facts could not be gathered."""
    facts = task_vars.get("ansible_facts") or {}
    if "nodename" not in facts:
        return None
    python = facts.get("python_version", "")
    return {
        "nodename": facts["nodename"],
        "cpus": int(facts.get("processor_vcpus") or facts.get("processor_nproc") or 1),
        "memoryMiB": int(facts.get("memtotal_mb") or 0),
        "distribution": facts.get("distribution", ""),
        "distributionVersion": str(facts.get("distribution_major_version", "")),
        "interfaces": {name: addresses_of(facts, name) for name in facts.get("interfaces", [])},
        "initSystem": facts.get("service_mgr", ""),
        "pythonVersion": python,
        "gathered": gathered(facts),
    }


# Long, of no use in configuration, and of a thousand hosts too much to carry.
BULKY = frozenset(["device_links", "devices", "gather_subset", "mounts", "proc_cmdline"])


def gathered(facts):
    """Facts for override files: of hundreds of interfaces only those that have an address."""
    bare = {fact_name(name) for name in facts.get("interfaces", []) if not addresses_of(facts, name)["ipv4"]}
    return {name: plain(value) for name, value in facts.items() if name not in BULKY and name not in bare}


def fact_name(interface):
    """Ansible's name of an interface among the facts."""
    return interface.replace("-", "_").replace(":", "_")


def addresses_of(facts, name):
    interface = facts.get(fact_name(name)) or {}
    first = interface.get("ipv4") or {}
    four = [first] if isinstance(first, dict) else list(first)
    four += interface.get("ipv4_secondaries") or []
    return {
        "active": bool(interface.get("active")),
        "ipv4": [each["address"] for each in four if each.get("address")],
        "ipv6": [each["address"] for each in interface.get("ipv6") or []],
    }


def write(path, document):
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(document, file)
