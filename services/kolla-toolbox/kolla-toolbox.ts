import { type FilePart, type Secret, type SiteView, service } from "#model";

const BROKER = "RabbitMQ's programs are called in its own container: docker exec rabbitmq rabbitmqctl";

export default service("kolla-toolbox", {
  summary: "Ansible and OpenStack's command line on each host, for operators.",
  enabled: true,
  groups: { common: ["control", "network", "compute", "storage", "monitoring"], kolla_toolbox: ["common"] },
  needs: [],
  containers: {
    "kolla-toolbox": { group: "kolla_toolbox", set: "kolla-toolbox", serves: "host", rollout: "all" },
  },
  options: {},
  mootFiles: {
    "kolla-toolbox/rabbitmq-env.conf": BROKER,
    "kolla-toolbox/erl_inetrc": BROKER,
  },
  define: ({ opt, site }) => ({
    containers: {
      "kolla-toolbox": {
        command: "sleep infinity",
        account: "ansible",
        files: site.enabled("keystone") ? [cloudsYaml(opt, site)] : [],
        environment: {
          ANSIBLE_NOCOLOR: "1",
          ANSIBLE_LIBRARY: "/usr/share/ansible",
          REQUESTS_CA_BUNDLE: opt.openstack_cacert,
        },
        // Commands are run in it, so what counts is that they are there and may write their log.
        health: { test: "command -v ansible openstack && test -w /var/log/kolla" },
        swap: { effect: "nothing", why: "operators' commands are run in it by its name", seconds: 5 },
        stopTimeout: 5,
      },
    },
  }),
});

interface Account {
  keystone_admin_user: string;
  keystone_admin_password: Secret;
  keystone_admin_project: string;
  default_project_domain_name: string;
  default_user_domain_name: string;
  openstack_region_name: string;
  openstack_cacert: string;
}

/** clouds.yaml with the administrator's account, inside and outside. JSON is YAML, and quotes what needs it. */
function cloudsYaml(opt: Account, site: SiteView): FilePart {
  const cloud = (reach: "internal" | "public"): object => ({
    auth: {
      auth_url: site.url("identity", reach),
      username: opt.keystone_admin_user,
      password: opt.keystone_admin_password.reveal(),
      project_name: opt.keystone_admin_project,
      project_domain_name: opt.default_project_domain_name,
      user_domain_name: opt.default_user_domain_name,
    },
    region_name: opt.openstack_region_name,
    interface: reach,
    identity_api_version: 3,
    ...(opt.openstack_cacert && { cacert: opt.openstack_cacert }),
  });
  const clouds = { "kolla-admin": cloud("public"), "kolla-admin-internal": cloud("internal") };
  return {
    name: "clouds.yaml",
    dest: "/etc/openstack/clouds.yaml",
    content: `${JSON.stringify({ clouds }, null, 2)}\n`,
  };
}
