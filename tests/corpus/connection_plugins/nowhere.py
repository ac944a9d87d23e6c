"""A connection to hosts that are nowhere: whoever asks hears at once that the host cannot be reached."""

from ansible.errors import AnsibleConnectionFailure
from ansible.plugins.connection import ConnectionBase

DOCUMENTATION = """
    name: nowhere
    short_description: no host answers
    description: Hosts of the corpus are known by the facts that stand in the cache only.
    options: {}
"""


class Connection(ConnectionBase):
    transport = "nowhere"

    def _connect(self):
        raise AnsibleConnectionFailure("this host is nowhere")

    def exec_command(self, cmd, in_data=None, sudoable=True):
        return self._connect()

    def put_file(self, in_path, out_path):
        return self._connect()

    def fetch_file(self, in_path, out_path):
        return self._connect()

    def close(self):
        self._connected = False
