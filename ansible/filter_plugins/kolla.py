"""Filters that operators of Kolla use in their variables and override files."""

from ansible.errors import AnsibleFilterError
from jinja2 import pass_context
from jinja2.runtime import missing


@pass_context
def kolla_address(context, network, host=None):
    """First address of the host's <network>_interface, of the family that <network>_address_family names."""
    name = host or context["inventory_hostname"]
    value = _values_of(context, name)
    interface = value(f"{network}_interface")
    if not interface:
        raise AnsibleFilterError(f"kolla_address: {network}_interface is not set for {name}")
    family = value(f"{network}_address_family") or value("network_address_family") or "ipv4"
    found = (value("ansible_facts") or {}).get(fact_name(interface))
    if found is None:
        raise AnsibleFilterError(f"kolla_address: {name} has no interface {interface} ({network}_interface)")
    address = _ipv4(found) if family == "ipv4" else _ipv6(found)
    if address is None:
        raise AnsibleFilterError(f"kolla_address: {interface} of {name} has no {family} address")
    return address


def _values_of(context, host):
    """A function from a variable's name to its value for the host, None when it is not set.

    The host whose variables are being evaluated needs no hostvars; inside hostvars[...] there are none.
    """
    if host == context["inventory_hostname"]:

        def own(name):
            value = context.resolve_or_missing(name)
            return None if value is missing else value

        return own
    hostvars = context.resolve_or_missing("hostvars")
    if hostvars is missing or host not in hostvars:
        raise AnsibleFilterError(f"kolla_address: the variables of {host} are not known here")
    return hostvars[host].get


def fact_name(interface):
    """Ansible's name of an interface among the facts."""
    return interface.replace("-", "_").replace(":", "_")


def _ipv4(interface):
    return (interface.get("ipv4") or {}).get("address")


def _ipv6(interface):
    """The first that is not link-local and not a /128, which is what keepalived gives a virtual address."""
    for candidate in interface.get("ipv6") or []:
        if candidate.get("scope") != "link" and str(candidate.get("prefix")) != "128":
            return candidate["address"]
    return None


def put_address_in_context(address, context):
    """An IPv6 address in the form that its surroundings need; anything else unchanged."""
    if context not in ("url", "memcache"):
        raise AnsibleFilterError(f"put_address_in_context: {context} is neither url nor memcache")
    if ":" not in str(address):
        return address
    return f"[{address}]" if context == "url" else f"inet6:[{address}]"


def kolla_url(fqdn, protocol, port, path="", context="url"):
    """protocol://fqdn:port/path, without the port when it is the protocol's own."""
    shown = put_address_in_context(fqdn, context)
    usual = {"http": 80, "https": 443}.get(protocol)
    suffix = "" if not port or int(port) == usual else f":{port}"
    return f"{protocol}://{shown}{suffix}{path}"


class FilterModule:
    def filters(self):
        return {
            "kolla_address": kolla_address,
            "kolla_url": kolla_url,
            "put_address_in_context": put_address_in_context,
        }
