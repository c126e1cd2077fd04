import type { Fault } from "../fault.ts";
import { backupByteFlipped, backupCutMeanwhile, backupTableMissing, backupTruncated } from "./backups.ts";
import { clockBack, clockForward, serverClockBack, serverClockForward } from "./clock.ts";
import { rowOnRecipient } from "./contents.ts";
import {
  backupDiskFull,
  donorDiskFull,
  donorJournalFull,
  donorSyncFails,
  recipientDiskFull,
  recipientJournalFull,
  recipientSyncFails,
  runnerDiskFull,
} from "./disks.ts";
import {
  accountLocked,
  dumpOutOfMemory,
  loadOutOfMemory,
  passwordChanged,
  passwordExpired,
  toolMissing,
} from "./jobs.ts";
import { askedToStop, interruptOnce, interruptTwice, killAll, killCli, killProvider } from "./kills.ts";
import { lockLive, lockOfOtherBoot, lockStale } from "./locks.ts";
import { silentDropDonor, silentDropRecipient } from "./network.ts";
import { killDonor, killRecipient, stopDonor, stopRecipient } from "./servers.ts";
import { comesBack, startedByHand, startFails, stopEarly, stopHangs, stopLies } from "./services.ts";
import {
  donorHostKeyChanged,
  donorSshdDown,
  recipientHostKeyChanged,
  recipientSshdDown,
  sshSessionKilled,
} from "./ssh.ts";
import { windowEnds } from "./window.ts";

/** Every row of the fault matrix. */
export const faults: readonly Fault[] = [
  ...[killProvider, killAll, killCli, interruptOnce, interruptTwice, askedToStop],
  ...[sshSessionKilled, recipientSshdDown, recipientHostKeyChanged, silentDropRecipient, silentDropDonor],
  ...[killDonor, killRecipient, stopDonor, stopRecipient],
  ...[backupTruncated, backupByteFlipped, backupTableMissing, rowOnRecipient],
  ...[toolMissing, dumpOutOfMemory, loadOutOfMemory, passwordChanged, accountLocked, passwordExpired],
  ...[backupDiskFull, donorJournalFull, recipientJournalFull, donorDiskFull, recipientDiskFull, runnerDiskFull],
  ...[stopEarly, stopHangs, stopLies, comesBack, startedByHand, startFails],
  ...[clockForward, clockBack, serverClockForward, serverClockBack],
  ...[lockLive, lockStale, lockOfOtherBoot, windowEnds],
  ...[donorSyncFails, recipientSyncFails, donorSshdDown, donorHostKeyChanged, backupCutMeanwhile],
];
