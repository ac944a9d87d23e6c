"""Tells the program that started Ansible what happens, as one JSON object a line in the file that KOLLA_EVENTS names."""

import json
import os
from datetime import datetime, timezone

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: kolla_events
type: stdout
short_description: Events for the kolla command
description: Writes what happens as JSON lines; never arguments of tasks, and no output of tasks that have no_log.
"""

LINES = 25


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "kolla_events"

    def v2_playbook_on_play_start(self, play):
        write({"event": "play", "name": play.get_name()})

    def v2_playbook_on_task_start(self, task, is_conditional):
        write({"event": "task", "name": task.get_name()})

    def v2_playbook_on_handler_task_start(self, task):
        write({"event": "task", "name": task.get_name()})

    def v2_runner_on_ok(self, result):
        host, task, values = parts(result)
        write({"event": "ok", "host": host, "task": task, "changed": bool(values.get("changed"))})
        if action_of(result) == "ansible.builtin.debug" and values.get("msg"):
            write({"event": "warning", "line": f"{host}: {values['msg']}"})

    def v2_runner_on_failed(self, result, ignore_errors=False):
        host, task, values = parts(result)
        write({"event": "task-failed", "host": host, "task": task, "message": reason(values)})

    def v2_runner_on_unreachable(self, result):
        host, _, values = parts(result)
        write({"event": "unreachable", "host": host, "message": reason(values)})

    def v2_runner_item_on_failed(self, result):
        self.v2_runner_on_failed(result)


def parts(result):
    """Host, task and result under the names of old and new ansible-core."""
    if hasattr(result, "task_name") and hasattr(result, "result"):
        return result.host.get_name(), result.task_name, result.result
    return result._host.get_name(), result.task_name, result._result


def action_of(result):
    return (result.task if hasattr(result, "task") else result._task).action


def reason(values):
    """Why a task failed, in at most one screen."""
    if values.get("censored") or values.get("_ansible_no_log"):
        return "the reason is not shown because it may hold secrets; -vvv shows where the task stands"
    texts = [values.get(key) for key in ("msg", "stderr", "module_stderr", "module_stdout")]
    lines = [line for text in texts if text for line in str(text).strip().splitlines()]
    return "\n".join(lines[:1] + lines[1:][-LINES:]) if lines else "no reason was given"


def write(event):
    event["kind"] = "carrier"
    event["at"] = datetime.now(timezone.utc).isoformat()
    descriptor = os.open(os.environ["KOLLA_EVENTS"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, (json.dumps(event) + "\n").encode())
    finally:
        os.close(descriptor)
