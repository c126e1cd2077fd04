import { readControlFile, writeControlFile } from "./control-file.ts";
import { gatewayPaths } from "./paths.ts";

/** What a gateway is asked for; read again by a running gateway within half a second. */
export interface LoadSetting {
  readonly running: boolean;
  readonly ratePerSecond: number;
}

export interface LoadControl {
  start(ratePerSecond?: number): void;
  stop(): void;
  rate(ratePerSecond: number): void;
  status(): LoadSetting;
}

/** Load of one gateway host. Works whether the gateway runs or not. */
export function loadControl(hostFolder: string): LoadControl {
  const file = gatewayPaths(hostFolder).load;
  const status = () => readLoad(file);
  const change = (part: Partial<LoadSetting>) => writeControlFile(file, checked({ ...status(), ...part }));
  return {
    start: (ratePerSecond) => change({ running: true, ...(ratePerSecond === undefined ? {} : { ratePerSecond }) }),
    stop: () => change({ running: false }),
    rate: (ratePerSecond) => change({ ratePerSecond }),
    status,
  };
}

export const readLoad = (file: string): LoadSetting =>
  readControlFile<LoadSetting>(file) ?? { running: false, ratePerSecond: 0 };

function checked(setting: LoadSetting): LoadSetting {
  if (!(setting.ratePerSecond >= 0 && setting.ratePerSecond <= 1000))
    throw new RangeError(`${setting.ratePerSecond} requests a second: a number from 0 to 1000 is possible`);
  return setting;
}
