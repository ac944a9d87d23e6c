import { count, service } from "#model";

export default service("memcached", {
  summary: "Cache of tokens and sessions.",
  enabled: true,
  groups: { memcached: ["control"] },
  needs: [],
  containers: { memcached: { group: "memcached", set: "memcached" } },
  mootFiles: {
    "haproxy-config/memcached.cfg":
      "programs find the members by themselves, not through the load balancer: enable_haproxy_memcached is off",
  },
  options: {
    memcached_connection_limit: count(5000, "Connections that are served at once.", { min: 1 }),
    memcached_max_memory: count(64, "Memory for what is cached, in MiB; Kolla-Ansible gives it 256.", {
      min: 1,
    }),
  },
  refuses: { enable_haproxy_memcached: "a load balancer before memcached; its clients know all members" },
  define: ({ opt, host }) => ({
    containers: {
      memcached: {
        command: [
          "/usr/bin/memcached -v",
          `-l ${host.apiAddress} -p ${opt.memcached_port} -U 0`,
          `-c ${opt.memcached_connection_limit} -m ${opt.memcached_max_memory}`,
        ].join(" "),
        account: "memcached",
        health: { test: `healthcheck_listen memcached ${opt.memcached_port}` },
        swap: {
          effect: "requests-wait",
          why: "both would listen on the same port, and nothing that is cached goes over",
          seconds: 5,
        },
      },
    },
  }),
  probes: ({ opt, host }) => ({
    memcached: { kind: "tcp", host: host.apiAddress, port: opt.memcached_port },
  }),
});
