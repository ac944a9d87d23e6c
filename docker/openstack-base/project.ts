import { project } from "#model";

export default project("openstack-base", {
  summary:
    "What the images of OpenStack's services share: Python, uwsgi and the clients of databases and caches",
  profile: "base",
});
