import { judgedAlike, service } from "#model";
import { OpenstackApi } from "#openstack";

const placement = new OpenstackApi("placement", {
  title: "Placement",
  type: "placement",
  description: "Placement Service",
  port: 8780,
  module: "placement.wsgi.api:application",
  check: "/",
  trial: "/resource_providers?name=none",
});

/** Keeps account of what the compute hosts have and what is used of it. */
export default service("placement", {
  ...placement.usual,
  summary: "Accounts of what compute hosts have and what servers use of it.",
  enabled: "{{ enable_nova }}",
  options: placement.options.all,
  mootFiles: { "placement/placement-api-wsgi.conf": "Placement is served by uWSGI, not by Apache" },
  refuses: {
    ...judgedAlike(
      "The schema is made in the database of the site: set database_address",
      "placement_database_address placement_database_host",
    ),
    placement_wsgi_provider: "The API runs under uWSGI",
  },
  moot: {
    placement_policy_file: "A policy file of the operator's is found by its place",
    ...judgedAlike(
      "Placement tells nobody what happens in it, with Kolla-Ansible either",
      "placement_notification_topics placement_enabled_notification_topics",
    ),
  },
  define: (context) => {
    const { DEFAULT, database, keystone_authtoken } = placement.sections(context);
    const ini = {
      DEFAULT,
      api: { auth_strategy: "keystone" },
      placement_database: database,
      keystone_authtoken,
    };
    return {
      containers: { "placement-api": placement.container(context, ini) },
      jobs: placement.acts(context),
    };
  },
});
