import { join } from "node:path";

/** Files of a gateway host, the product's own ones where the product has them (below the host's folder). */
export const gatewayPaths = (hostFolder: string) => ({
  service: join(hostFolder, "bin/service"),
  /** One line a call: epoch seconds, then the words. */
  serviceLog: join(hostFolder, "service.log"),
  nodeProperties: join(hostFolder, "opt/SecureSpan/Gateway/node/default/etc/conf/node.properties"),
  controllerFolder: join(hostFolder, "opt/SecureSpan/Controller/bin"),
  java: join(hostFolder, "opt/SecureSpan/JDK/bin/java"),
  /** In one file, as the product's. */
  program: join(hostFolder, "opt/SecureSpan/Gateway/runtime/Gateway.cjs"),
  log: join(hostFolder, "gateway/logs/ssg_0_0.log"),
  /** What came before, once log has reached 20 MB. */
  fullLog: join(hostFolder, "gateway/logs/ssg_0_1.log"),
  settings: join(hostFolder, "gateway/settings.json"),
  serviceSettings: join(hostFolder, "gateway/service-settings.sh"),
  load: join(hostFolder, "gateway/load.json"),
  behaviour: join(hostFolder, "gateway/behaviour.json"),
});

/** Extended regular expression for `pgrep -f` that finds the host's gateway and nothing else. */
export const processPattern = (hostFolder: string): string =>
  `^${gatewayPaths(hostFolder).java.replace(/[\\^$.|?*+()[\]{}]/g, "\\$&")} `;
