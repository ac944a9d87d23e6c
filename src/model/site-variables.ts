/** As `refuses` of a service: Kolla-Ansible's variables of the site as a whole that are not here, each with what is lacking. */
export const siteRefuses: Readonly<Record<string, string>> = {};

/** As `moot` of a service: Kolla-Ansible's variables of the site that a cloud of ours needs nothing of, each with why. */
export const siteMoot: Readonly<Record<string, string>> = {};
