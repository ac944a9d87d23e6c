import type { DatabaseNeed, Ini } from "#model";
import {
  type ConfContext,
  cache,
  database,
  logging,
  messaging,
  middleware,
  notifications,
  transportUrl,
} from "#openstack";
import { type FernetTimes, maxActiveKeys } from "./fernet.ts";

/** keystone.conf. `logFile`: under uwsgi a program cannot tell its own name. `domains`: where files of domains are. */
export function keystoneConf(
  context: ConfContext,
  settings: { need: DatabaseNeed; times: FernetTimes; logFile: string; domains?: string },
): Ini {
  const { need, times } = settings;
  return {
    DEFAULT: { ...logging(context, "keystone", settings.logFile), transport_url: transportUrl(context) },
    oslo_middleware: middleware(),
    database: database(context, need),
    // What bcrypt takes of a password; saying so keeps Keystone from warning at every login.
    identity: {
      max_password_length: 72,
      ...(settings.domains && { domain_specific_drivers_enabled: true, domain_config_dir: settings.domains }),
    },
    token: {
      provider: "fernet",
      expiration: times.expiry,
      allow_expired_window: times.grace,
      revoke_by_id: false,
    },
    fernet_tokens: {
      key_repository: "/etc/keystone/fernet-keys/",
      max_active_keys: maxActiveKeys(times),
    },
    cache: cache(context),
    oslo_messaging_notifications: notifications(context, "keystone"),
    oslo_messaging_rabbit: messaging(context),
  };
}
