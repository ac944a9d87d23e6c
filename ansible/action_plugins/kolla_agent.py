"""Everything that Kolla does on a host: it starts the agent's container there and reads what it says.

`do` says what: observe, carry (a bundle), start and follow (a stage), end (a run), ask (one question), clean.
Only a shell and the container engine are needed on the host, no Python.
"""

import base64
import json
import os
import re
import time
from datetime import datetime, timezone
from shlex import quote
from urllib.parse import quote as url_quote

from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible.plugins.action import ActionBase

STATE = "/var/lib/kolla-agent"
MAKE_PLACES = f"( umask 077; mkdir -p {STATE}/bundles && chmod 700 {STATE} && mkdir -p -m 755 /etc/kolla )"
# Where the agent leaves at the end of a run what the host remembers.
PAST = f"{STATE}/past.json"
CAPABILITIES = ("CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "SYS_ADMIN", "SYS_CHROOT", "SYS_PTRACE", "NET_ADMIN")
MOUNTS = ("/etc/kolla:/etc/kolla", f"{STATE}:{STATE}", "/lib/modules:/lib/modules:ro", "/sys:/sys:ro")
# The agent knows one path of the engine's socket, whichever engine it is.
SOCKETS = {"docker": "/var/run/docker.sock", "podman": "/run/podman/podman.sock"}
SOCKET_INSIDE = "/var/run/docker.sock"

# What is told in place of an exit code where a host's part ends because of what failed elsewhere.
STOPPED = 31
# Exit codes of the scripts below; the agent's own are under 40.
NO_ENGINE, SILENT_ENGINE, NO_IMAGE = 41, 42, 43
POLLS, POLL_SECONDS = 8, 0.5
# Begins the line of a poll's answer that tells of the agent's container.
STATE_MARK = "kolla-agent: "
LOG_LINES = 25

ENGINE_GONE = re.compile("cannot connect to the|error during connect|is the docker daemon running", re.I)
DISK_FULL = re.compile("no space left on device|disk quota exceeded", re.I)
LOOK_AT_LOG = "Look at its log: journalctl -u docker --since -10min (without systemd: /var/log/kolla-dockerd.log)"
MAKE_ROOM = "The engine's disk is full: {engine} system df shows what takes it, {engine} image prune frees some"


class ActionModule(ActionBase):
    TRANSFERS_FILES = False
    _supports_check_mode = True

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        self._vars = task_vars
        self._host = task_vars["inventory_hostname"]
        self._engine = self._option("kolla_container_engine") or "docker"
        do = self._task.args["do"]
        if self._task.check_mode and do != "observe":
            result.update(skipped=True, msg="only looked at in check mode")
            return result
        act = getattr(self, "_" + do)
        result.update(self._in_own_words(act) if self._play_context.no_log else act())
        return result

    def _in_own_words(self, act):
        """With no_log Ansible keeps the reason of a failure to itself, so that it is told here."""
        told = {"host": self._host, "task": self._task.name}
        try:
            done = act()
        except AnsibleConnectionFailure as error:
            emit({**told, "event": "unreachable", "message": str(error)})
        except (AnsibleError, OSError) as error:
            emit({**told, "event": "task-failed", "message": str(error)})
        else:
            if not done.get("failed"):
                return done
            emit({**told, "event": "task-failed", "message": done["msg"]})
        return {"changed": False}

    # What can be done

    def _observe(self):
        """What the host is, and what it remembers where there is a question about that."""
        question = self._file("records.json")
        records = ["--records", json.dumps(read_json(question))] if os.path.exists(question) else []
        self._put_credentials()
        failed, document = self._agent("observe", *records, *self._task.args["kernel_modules"], first=MAKE_PLACES)
        self._answer("observed", document)
        return failed

    def _ask(self):
        # What one host is asked, or all alike.
        inputs = (local for local in (self._local(".input.json"), self._file("input.json")) if os.path.exists(local))
        failed, document = self._agent_with_input(self._arg("verb"), next(inputs, None))
        self._answer("answer", document)
        for line in document.get("left", []) if isinstance(document, dict) else []:
            emit({"event": "warning", "line": f"{self._host}: left as it is: {line}"})
        return failed

    def _carry(self):
        try:
            self._put(self._local(".bundle.json"), self._bundle())
        except Exception as error:
            words = f"the bundle could not be carried to the host: {error}"
            self._end_part(0, f"{words}. Make room: df -h {STATE}" if DISK_FULL.search(words) else words)
        return {"changed": True}

    def _start(self):
        stage = int(self._arg("stage"))
        if self._is_idle(stage) or os.path.exists(self._local(".ended")):
            return {"skipped": True, "changed": False}
        if os.path.exists(self._file("stop")):
            self._end_part(stage, "stopped by the operator")
            return {"changed": False}
        reason = self._reason_to_stop(stage)
        if reason:
            self._end_part(stage, reason, STOPPED)
            return {"changed": False}
        words = ["apply", self._bundle(), "--stage", str(stage)]
        flags = ["-d", "--name", self._container(stage), "--label", f"kolla_agent={self._arg('run')}"]
        try:
            rc, _, stderr = self._shell(self._engine_script(flags, words))
        except AnsibleConnectionFailure as error:
            rc, stderr = -1, str(error)
        if rc == 0:
            write_private(self._local(".started"), str(stage))
        else:
            self._end_part(stage, f"the agent could not be started: {self._reason(rc, stderr)}")
        return {"changed": True}

    def _follow(self):
        stage = int(self._arg("stage"))
        if self._started() != stage:
            return {"skipped": True, "changed": False}
        try:
            code, message = Follower(self, stage).until_end()
        except AnsibleConnectionFailure as error:
            code, message = -1, f"the host is out of reach, its agent goes on alone: {error}"
        if code == 0:
            emit({"event": "stage-ended", "host": self._host, "stage": stage, "exit": 0})
        else:
            self._end_part(stage, message, code)
        return {"changed": True}

    def _end(self):
        """The agent ends a run that did not end well everywhere, and tells what it left; containers of the run go.

        What the run's last agent left of what the host remembers comes home.
        """
        if self._ended():
            _, event = self._agent("end", self._bundle())
            if event is not None:
                emit({"kind": "agent", "event": event})
        label = quote(f"label=kolla_agent={self._arg('run')}")
        engine = quote(self._engine)
        _, stdout, _ = self._shell(
            f"{engine} ps -aq --filter {label} --filter status=exited | xargs -r {engine} rm >/dev/null; "
            f"cat {PAST} 2>/dev/null; rm -f {PAST} {quote(self._bundle())}"
        )
        if os.path.exists(self._local(".known.json")):
            self._bring_past(last_document(stdout))
        return {"changed": True}

    def _bring_past(self, left):
        """Where none was left, or that of another run, the agent is asked.

        A failure is the answer then, and none of the run's.
        """
        failed, past = {}, left if left and left.get("lastRun") == self._arg("run") else None
        try:
            if past is None:
                failed, past = self._agent_with_input("past", self._local(".known.json"))
        except (AnsibleConnectionFailure, OSError) as error:
            failed = {"msg": str(error)}
        self._answer("past", {"unreachable": failed["msg"]} if past is None else past)

    def _clean(self):
        """What is left of the agent itself after its `destroy`; with `images`, all images that Kolla built."""
        engine = quote(self._engine)
        self._shell(f"{engine} ps -aq --filter label=kolla_agent | xargs -r {engine} rm -f >/dev/null; rm -rf {STATE}")
        if self._task.args.get("images"):
            self._shell(f"{engine} images -q --filter label=kolla_digest | sort -u | xargs -r {engine} rmi -f >/dev/null")
        return {"changed": True}

    # The host

    def _put_credentials(self):
        user, password = self._option("docker_registry_username"), self._option("docker_registry_password")
        if user and password:
            self._put_text(json.dumps(self._credentials(user, password)), f"{STATE}/registry/config.json")

    def _credentials(self, user, password):
        registry = self._option("docker_registry") or "https://index.docker.io/v1/"
        secret = base64.b64encode(f"{user}:{password}".encode()).decode()
        return {"auths": {str(registry): {"auth": secret}}}

    def _agent(self, *words, first=":"):
        """Runs the agent to its end, `first` before it. Gives what the task returns, and the document that it printed."""
        rc, stdout, stderr = self._shell(f"{first}\n{self._engine_script(['--rm'], words)}")
        document = last_document(stdout)
        if rc == 0 and document is not None:
            return {"changed": False}, document
        message = self._reason(rc, stderr) if rc else "the agent's answer is not JSON"
        return {"failed": True, "msg": message}, None

    def _agent_with_input(self, verb, local):
        """The same for one verb; `local`: a file of the control host that it reads, or None."""
        if local is None:
            return self._agent(verb)
        remote = self._put(local, f"{STATE}/bundles/{self._arg('run')}-{verb}.json")
        try:
            return self._agent(verb, remote)
        finally:
            self._shell(f"rm -f {quote(remote)}")

    def _engine_script(self, flags, words):
        """A shell script that sees to the image and runs the agent's container in place of itself."""
        engine, image = quote(self._engine), quote(self._image())
        command = " ".join(quote(word) for word in [*flags, *self._flags(), self._image(), *words])
        return f"""
command -v {engine} >/dev/null || exit {NO_ENGINE}
if ! {engine} image inspect {image} >/dev/null 2>&1; then
  {engine} version >/dev/null || exit {SILENT_ENGINE}
  {self._pull_command(engine, image)} || exit {NO_IMAGE}
fi
armor=
if [ "$(cat /sys/module/apparmor/parameters/enabled 2>/dev/null)" = Y ]; then
  armor='--security-opt apparmor=unconfined'
fi
exec {engine} run $armor {command}
"""

    def _pull_command(self, engine, image):
        """Only an image that names a registry can be pulled."""
        first = self._image().split("/")[0]
        if "/" not in self._image() or not ("." in first or ":" in first or first == "localhost"):
            return f"{{ echo no such image: {image} >&2; false; }}"
        config = f"$([ -f {STATE}/registry/config.json ] && echo --config {STATE}/registry)"
        return f"{engine} {config} pull -q {image} >/dev/null"

    def _flags(self):
        flags = ["--network", "host", "--pid", "host", "--cap-drop", "ALL", "--log-driver", "json-file"]
        flags += ["--security-opt", "seccomp=unconfined", "-e", f"KOLLA_HOST={self._host}"]
        for capability in CAPABILITIES:
            flags += ["--cap-add", capability]
        for mount in (f"{SOCKETS.get(self._engine, SOCKET_INSIDE)}:{SOCKET_INSIDE}", *MOUNTS):
            flags += ["-v", mount]
        return flags

    def _shell(self, script):
        # Ansible may put another command behind it, which must not begin a line.
        done = self._low_level_execute_command(script.strip(), sudoable=True)
        return done["rc"], done["stdout"], done["stderr"]

    def _put(self, local, remote):
        """Copies a file of the control host to a place that only root can read."""
        if self._is_pipelining_enabled("new"):
            return self._pour(local, remote)
        folder = self._make_tmp_path()
        try:
            there = self._transfer_file(local, self._connection._shell.join_path(folder, "carried"))
            self._fixup_perms2((folder, there))
            rc, _, stderr = self._shell(f"{MAKE_PLACES}; install -D -m 0600 {quote(there)} {quote(remote)}")
            if rc != 0:
                raise OSError(stderr.strip())
        finally:
            self._remove_tmp_path(folder)
        return remote

    def _pour(self, local, remote):
        """The same in one call instead of six, through the connection's own input, where Ansible sends its modules."""
        with open(local, "rb") as file:
            content = file.read()
        place = quote(os.path.dirname(remote))
        script = f"{MAKE_PLACES}; umask 077; mkdir -p {place} && cat >{quote(remote)}"
        done = self._low_level_execute_command(script, sudoable=True, in_data=content)
        if done["rc"] != 0:
            raise OSError(done["stderr"].strip())
        return remote

    def _put_text(self, text, remote):
        local = self._local(".carried")
        write_private(local, text)
        try:
            return self._put(local, remote)
        finally:
            os.unlink(local)

    # Words and places

    def _arg(self, name):
        return str(self._task.args[name])

    def _option(self, name):
        value = self._vars.get(name)
        return None if value is None else self._templar.template(value)

    def _image(self):
        """Not among a task's arguments: with no_log Ansible would not tell why they cannot be evaluated."""
        return self._option("kolla_carrier_agent_image")

    def _file(self, name):
        return os.path.join(self._arg("directory"), name)

    def _local(self, suffix):
        return self._file(url_quote(self._host, safe="") + suffix)

    def _bundle(self):
        return f"{STATE}/bundles/{self._arg('run')}.json"

    def _container(self, stage):
        return f"kolla_agent_{self._arg('run')}_{stage}"

    def _is_idle(self, stage):
        """True when the plan has nothing for this host in the stage."""
        return stage not in read_json(self._file("stages.json")).get(self._host, [])

    def _started(self):
        """The last stage that was started on this host."""
        path = self._local(".started")
        if not os.path.exists(path):
            return None
        with open(path, encoding="utf-8") as file:
            return int(file.read())

    def _answer(self, kind, document):
        if document is not None:
            write_private(self._local(f".{kind}.json"), json.dumps(document))

    def _end_part(self, stage, message, code=-1):
        """Tells it, and leaves what other hosts look for before they begin a stage."""
        emit({"event": "stage-ended", "host": self._host, "stage": stage, "exit": code, "message": message})
        end = {"host": self._host, "stage": stage, "failed": code != STOPPED}
        write_private(self._local(".ended"), json.dumps(end))

    def _ended(self):
        """Every host whose part has ended early: its name, in which stage, and whether it failed itself."""
        names = (name for name in os.listdir(self._arg("directory")) if name.endswith(".ended"))
        return [read_json(self._file(name)) for name in names]

    def _reason_to_stop(self, stage):
        """Of hosts that ended in stages before; those of this one are not known yet to all alike."""
        ended = [end for end in self._ended() if end["stage"] < stage]
        return reason_to_stop(read_json(self._file("course.json")), self._host, stage, ended) if ended else None

    def _reason(self, rc, stderr):
        if rc == NO_ENGINE:
            return f"{self._engine} is not installed; `kolla bootstrap-servers` installs it"
        words = "\n".join(stderr.strip().splitlines()[-LOG_LINES:])
        if rc == SILENT_ENGINE:
            return f"{self._engine} does not answer: {words}. {LOOK_AT_LOG}"
        if rc == NO_IMAGE:
            words = f"the agent's image {self._image()} cannot be had: {words}"
        if DISK_FULL.search(words):
            return f"{words}\n{MAKE_ROOM.format(engine=self._engine)}"
        return words or f"exit code {rc}"


class Follower:
    """Reads a stage's events as they come, whatever happens to the connection meanwhile."""

    def __init__(self, action, stage):
        self._action = action
        self._engine = quote(action._engine)
        self._container = quote(action._container(stage))
        self._events = f"{STATE}/runs/{action._arg('run')}/events-{stage}.ndjson"
        self._patience = int(action._option("host_unreachable_seconds"))
        self._offset = 0
        self._last = {}
        self._told_to_stop = False

    def until_end(self):
        """Exit code of the agent, and why it is not 0."""
        while True:
            self._stop_if_asked()
            state, code = self._poll()
            if state not in ("created", "running", "restarting", "paused"):
                return self._verdict(state, code)

    def _poll(self):
        _, stdout, _ = self._patiently(self._script())
        # With a password, sudo may leave an empty line of its terminal before the script's first.
        state, _, text = stdout.partition(STATE_MARK)[2].partition("\n")
        self._tell(text)
        words = state.split()
        return (words[0], int(words[1])) if len(words) == 2 else ("absent", -1)

    def _script(self):
        """Waits for news. Prints the container's state, then whole lines after the offset: all, where it has ended."""
        events, container = quote(self._events), self._container
        wait = f"timeout 20 {self._engine} wait {container} >/dev/null 2>&1" if self._is_ending() else self._wait()
        return f"""
{wait}
state=$({self._engine} inspect -f '{{{{.State.Status}}}} {{{{.State.ExitCode}}}}' {container} 2>/dev/null)
echo "{STATE_MARK}$state"
tail -c +{self._offset + 1} {events} 2>/dev/null
true
"""

    def _wait(self):
        """Up to four seconds, until there are new lines. Halfway it looks whether the agent is still there."""
        return f"""
n=0
while [ $n -lt {POLLS} ]; do
  if [ "$(stat -c %s {quote(self._events)} 2>/dev/null || echo 0)" -gt {self._offset} ]; then break; fi
  if [ $n -eq {POLLS // 2} ]; then
    case "$({self._engine} inspect -f '{{{{.State.Status}}}}' {self._container} 2>/dev/null)" in
      running|created) ;;
      *) break;;
    esac
  fi
  n=$((n + 1)); sleep {POLL_SECONDS}
done"""

    def _tell(self, text):
        """The terminal that SSH gives a command ends lines in its own way, and mixes in what the shell complains of."""
        whole = text[: text.rfind("\n") + 1]
        for line in re.split(r"\r?\n", whole):
            event = last_document(line)
            if event is not None:
                self._offset += len(line.encode("utf-8", "surrogateescape")) + 1
                self._last = event
                emit({"kind": "agent", "event": event})

    def _is_ending(self):
        return self._last.get("event") in ("stage-done", "stage-failed")

    def _patiently(self, script):
        """The agent works on without a connection, so a lost one is tried again for a while."""
        start = time.monotonic()
        while True:
            try:
                return self._action._shell(script)
            except AnsibleConnectionFailure:
                if time.monotonic() - start > self._patience:
                    raise
                time.sleep(2)

    def _stop_if_asked(self):
        if self._told_to_stop or not os.path.exists(self._action._file("stop")):
            return
        self._told_to_stop = True
        self._patiently(f"{self._engine} kill -s TERM {self._container}")

    def _verdict(self, state, code):
        if state == "exited" and code == 0:
            return 0, ""
        if self._last.get("event") == "stage-failed":
            return code or -1, self._last.get("message", "")
        _, stdout, stderr = self._patiently(f"{self._engine} logs --tail {LOG_LINES} {self._container}")
        words = (stdout + stderr).strip()
        if ENGINE_GONE.search(stderr):
            return code or -1, f"{self._engine} went away while the agent worked: {words}. {LOOK_AT_LOG}"
        return code or -1, f"the agent ended without a word ({state}, exit code {code}): {words}"


def reason_to_stop(course, host, stage, ended):
    """Why a host does not begin its part of a stage after what ended elsewhere; None when it does."""
    limit, failed = course["maxFailPercentage"], course["away"] + sum(end["failed"] for end in ended)
    hosts = course["away"] + len(course["hosts"])
    if failed * 100 > limit * hosts:
        return f"{failed} of {hosts} hosts failed, more than kolla_max_fail_percentage ({limit}) allows"
    stages = {end["host"]: end["stage"] for end in ended}
    cut_off = sorted(name for name, end in stages.items() for until in course["passes"] if end <= until < stage)
    if cut_off:
        return f"all hosts go on together, and {cut_off[0]} did not come so far"
    part = course["hosts"].get(host, {}).get(str(stage), {"needs": {}, "batches": []})
    lacking = lacking_of(part["needs"], stages)
    if lacking:
        return f"it needs what was not done on {', '.join(lacking[:4])}{' and more' if len(lacking) > 4 else ''}"
    for name in part["batches"]:
        before = course["batches"][name]
        lacking = lacking_of(before, stages)
        if lacking and (len(lacking) == len(before) or len(lacking) * 100 > limit * len(before)):
            return f"{name} comes before it, and was not done on {len(lacking)} of its {len(before)} hosts"
    return None


def lacking_of(needs, stages):
    """Hosts that ended before they came to the end of the stage in which they are needed."""
    return sorted(host for host, needed in needs.items() if stages.get(host, needed + 1) <= needed)


def read_json(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def last_document(text):
    """The last line that is a JSON object or list; a login shell may print other lines."""
    for line in reversed(text.splitlines()):
        if line.startswith(("{", "[")):
            try:
                return json.loads(line)
            except ValueError:
                return None
    return None


def write_private(path, text):
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def emit(event):
    """One line in the file of events, which several processes append to."""
    event.setdefault("kind", "carrier")
    event.setdefault("at", datetime.now(timezone.utc).isoformat())
    descriptor = os.open(os.environ["KOLLA_EVENTS"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, (json.dumps(event) + "\n").encode())
    finally:
        os.close(descriptor)
