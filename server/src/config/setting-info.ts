import { z } from 'zod';

/** What is said of a setting, beside the kind of its value. Flag and variable are made of its name unless they are given. */
export interface SettingInfo {
  readonly group: 'Network' | 'Answers' | 'Conversations' | 'Visitors' | 'Replies' | 'Operation';
  /** Without the two dashes; null: not as a flag, since the list of processes would show a secret. */
  readonly flag?: string | null;
  readonly variable?: string;
  /** What stands for the value in the help. Default: none, the flag alone switches it on. */
  readonly value?: string;
  /** What parts the values of a list in a variable; as a flag it is repeated. */
  readonly separator?: string;
  /** How a path that a file of settings gives is read. */
  readonly besideFile?: (value: string, folder: string) => string;
  /** Half a sentence for the help and the README. */
  readonly help: string;
}

/** What is said of each schema of a setting. */
export const settingInfo = z.registry<SettingInfo>();
